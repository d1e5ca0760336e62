package testtimeout

import (
	"testing"
	"time"
)

func TestQueueHoldsItsSize(t *testing.T) {
	q := NewQueue(2)
	q.Push("a")
	q.Push("b")
	if len(q.items) != 2 {
		t.Fatalf("held %d jobs", len(q.items))
	}
}

func TestQueueCloses(t *testing.T) {
	q := NewQueue(1)
	pushed := make(chan struct{})
	go func() {
		defer close(pushed)
		q.Push("a")
		q.Push("b")
	}()
	for len(q.items) == 0 {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(5 * time.Millisecond)
	q.Close()
	<-pushed
}

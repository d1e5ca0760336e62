package main

import (
	"context"
	"sync"
	"time"
)

// Each kind makes its objects anew, gives them to its goroutines and forgets them; the healthy ones also give them to a goroutine that goes on.
//
//go:noinline
func startAll() {
	for _, start := range []func(map[string][]uint64, bool){
		send, receive, choose, lockTwice, lockOrder, readTwice, group, condition, cancelled, channelAndLock, consume, once, stoppedTimer,
	} {
		start(stuck, false)
		start(healthy, true)
	}
	run(stuck, "nil channel", func() {
		var none chan int
		<-none
	})
	run(stuck, "empty select", func() { select {} })
}

func send(notes map[string][]uint64, isKept bool) {
	c := make(chan int)
	run(notes, "send", func() { c <- 1 })
	if isKept {
		keep(c)
	}
}

func receive(notes map[string][]uint64, isKept bool) {
	c := make(chan string)
	run(notes, "receive", func() { <-c })
	if isKept {
		keep(c)
	}
}

func choose(notes map[string][]uint64, isKept bool) {
	a, b := make(chan int), make(chan bool)
	run(notes, "select", func() {
		select {
		case a <- 1:
		case <-b:
		}
	})
	if isKept {
		keep(b)
	}
}

type guarded struct {
	name string
	mu   sync.Mutex
}

func lockTwice(notes map[string][]uint64, isKept bool) {
	g := &guarded{name: "twice"}
	run(notes, "double lock", func() {
		g.mu.Lock()
		g.mu.Lock()
	})
	if isKept {
		keep(g)
	}
}

func lockOrder(notes map[string][]uint64, isKept bool) {
	a, b := &guarded{name: "a"}, &guarded{name: "b"}
	var both sync.WaitGroup
	both.Add(2)
	take := func(first, second *guarded) func() {
		return func() {
			first.mu.Lock()
			both.Done()
			both.Wait()
			second.mu.Lock()
		}
	}
	run(notes, "lock order", take(a, b))
	run(notes, "lock order", take(b, a))
	if isKept {
		keep(a, b)
	}
}

func readTwice(notes map[string][]uint64, isKept bool) {
	lock := new(sync.RWMutex)
	reading, pending := make(chan struct{}), make(chan struct{})
	run(notes, "read recursion", func() {
		lock.RLock()
		close(reading)
		<-pending
		time.Sleep(100 * time.Millisecond)
		lock.RLock()
	})
	run(notes, "read recursion", func() {
		<-reading
		close(pending)
		lock.Lock()
	})
	if isKept {
		keep(lock)
	}
}

func group(notes map[string][]uint64, isKept bool) {
	wait := new(sync.WaitGroup)
	wait.Add(1)
	run(notes, "wait group", func() { wait.Wait() })
	if isKept {
		keep(wait)
	}
}

func condition(notes map[string][]uint64, isKept bool) {
	c := sync.NewCond(new(sync.Mutex))
	run(notes, "condition", func() {
		c.L.Lock()
		c.Wait()
	})
	if isKept {
		keep(c)
	}
}

func cancelled(notes map[string][]uint64, isKept bool) {
	ctx, cancel := context.WithCancel(context.Background())
	run(notes, "context", func() { <-ctx.Done() })
	if isKept {
		keep(cancel)
	}
	_ = cancel
}

func channelAndLock(notes map[string][]uint64, isKept bool) {
	g, c := &guarded{name: "mixed"}, make(chan int)
	locked := make(chan struct{})
	run(notes, "channel and lock", func() {
		g.mu.Lock()
		close(locked)
		c <- 1
		g.mu.Unlock()
	})
	run(notes, "channel and lock", func() {
		<-locked
		g.mu.Lock()
		<-c
		g.mu.Unlock()
	})
	if isKept {
		keep(c)
	}
}

func consume(notes map[string][]uint64, isKept bool) {
	work := make(chan int, 4)
	for i := 0; i < 3; i++ {
		run(notes, "worker", func() {
			for range work {
			}
		})
	}
	if isKept {
		keep(work)
	}
}

func once(notes map[string][]uint64, isKept bool) {
	o := new(sync.Once)
	run(notes, "once", func() {
		o.Do(func() { o.Do(func() {}) })
	})
	if isKept {
		keep(o)
	}
}

func stoppedTimer(notes map[string][]uint64, isKept bool) {
	t := time.NewTimer(time.Hour)
	if !isKept {
		t.Stop()
	}
	run(notes, "timer", func() { <-t.C })
}

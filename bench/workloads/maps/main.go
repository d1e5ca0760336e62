// Command maps works on two maps, one as fast as it can and one a thousand times a second, and says what an operation on the first one cost.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

type session struct{ hits int }

// The suspect: few operations, by a goroutine of its own.
func keepSessions(stop <-chan struct{}, done chan<- int) {
	sessions := map[string]*session{}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	count := 0
	for {
		select {
		case <-stop:
			done <- count
			return
		case <-tick.C:
			for i := 0; i < 10; i++ {
				key := "user-" + strconv.Itoa(count%100)
				if sessions[key] == nil {
					sessions[key] = &session{}
				}
				sessions[key].hits++
				count++
			}
		}
	}
}

func main() {
	seconds, err := strconv.Atoi(os.Args[1])
	if err != nil || seconds < 1 {
		fmt.Fprintln(os.Stderr, "usage: maps SECONDS")
		os.Exit(64)
	}
	stop, done := make(chan struct{}), make(chan int)
	go keepSessions(stop, done)

	counters := map[uint64]uint64{}
	start := time.Now()
	deadline := start.Add(time.Duration(seconds) * time.Second)
	operations := 0
	for time.Now().Before(deadline) {
		for i := uint64(0); i < 1000; i++ {
			counters[i] = counters[i^1] + 1
		}
		operations += 2000
	}
	elapsed := time.Since(start)
	close(stop)
	fmt.Printf("%.1f %d %d\n", float64(elapsed.Nanoseconds())/float64(operations), operations, <-done)
}

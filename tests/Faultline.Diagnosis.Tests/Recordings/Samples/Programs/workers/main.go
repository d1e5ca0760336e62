// Command workers runs eight goroutines for a second. Each has a function of its own at the root of its stack, which tells whose a
// sample is; all write maps, compute, wait for each other and give way, so that they change threads often.
package main

import (
	"runtime"
	"time"
)

var (
	until = time.Now().Add(time.Second)
	pipes [8]chan int
	sinks [8]int
)

func main() {
	for i := range pipes {
		pipes[i] = make(chan int, 1)
	}
	done := make(chan bool)
	for _, worker := range []func(chan bool){worker0, worker1, worker2, worker3, worker4, worker5, worker6, worker7} {
		go worker(done)
	}
	for range pipes {
		<-done
	}
}

//go:noinline
func worker0(done chan bool) { work(0); done <- true }

//go:noinline
func worker1(done chan bool) { work(1); done <- true }

//go:noinline
func worker2(done chan bool) { work(2); done <- true }

//go:noinline
func worker3(done chan bool) { work(3); done <- true }

//go:noinline
func worker4(done chan bool) { work(4); done <- true }

//go:noinline
func worker5(done chan bool) { work(5); done <- true }

//go:noinline
func worker6(done chan bool) { work(6); done <- true }

//go:noinline
func worker7(done chan bool) { work(7); done <- true }

//go:noinline
func work(n int) {
	table := map[int64]int{}
	for round := 0; time.Now().Before(until); round++ {
		if round%4 == 0 {
			table[int64(round%100)] = n
		}
		sinks[n] += compute(200 + 100*n)
		switch round % 16 {
		case 3:
			select {
			case pipes[(n+1)%8] <- round:
			default:
			}
		case 7:
			select {
			case <-pipes[n]:
			case <-time.After(100 * time.Microsecond):
			}
		case 11:
			runtime.Gosched()
		}
	}
}

//go:noinline
func compute(n int) int {
	if n == 0 {
		return 1
	}
	sum := 0
	for i := 0; i < n; i++ {
		sum = sum*31 + i
	}
	return sum + compute(n/2)
}

// Command contention writes to maps of its own and to a shared one under a lock, from several goroutines: map writes, futex calls, sleeps and
// thread switches, in a number that its arguments set.
package main

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"
)

// A map that nobody else sees would lie on its goroutine's stack, and move with it.
var kept [4]map[uint64]int

//go:noinline
func write(m map[uint64]int, first uint64, count int) {
	for i := 0; i < count; i++ {
		m[first+uint64(i%64)] = i
	}
}

func main() {
	rounds, _ := strconv.Atoi(os.Args[1])
	var lock sync.Mutex
	var group sync.WaitGroup
	shared := map[uint64]int{}
	for worker := uint64(0); worker < 4; worker++ {
		group.Add(1)
		go func(worker uint64) {
			defer group.Done()
			own := map[uint64]int{}
			kept[worker] = own
			for round := 0; round < rounds; round++ {
				write(own, worker, 20)
				lock.Lock()
				write(shared, worker, 10)
				lock.Unlock()
				time.Sleep(100 * time.Microsecond)
			}
		}(worker)
	}
	group.Wait()
	fmt.Println(len(shared))
}

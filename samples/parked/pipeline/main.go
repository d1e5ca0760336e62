// Command pipeline parks 1,000 goroutines in every way that Go code waits: channels in all directions, selects, locks, conditions, timers, groups; in
// closures, method values, generic code, deferred calls and deep recursion. Argument: a file (not used here).
package main

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

const rounds = 50

type stage[T any] struct {
	in, out chan T
	mu      sync.Mutex
	rw      sync.RWMutex
	cond    *sync.Cond
	done    sync.WaitGroup
}

var started atomic.Int64

func (s *stage[T]) send(value T)           { started.Add(1); s.out <- value }
func (s *stage[T]) receive() (value T)     { started.Add(1); return <-s.in }
func (s *stage[T]) lock()                  { started.Add(1); s.mu.Lock(); defer s.mu.Unlock() }
func (s *stage[T]) read()                  { started.Add(1); s.rw.RLock(); defer s.rw.RUnlock() }
func (s *stage[T]) write()                 { started.Add(1); s.rw.Lock(); defer s.rw.Unlock() }
func (s *stage[T]) finish()                { started.Add(1); s.done.Wait() }
func (s *stage[T]) ask(n int, f func(int)) { func() { defer f(n); f(n) }() }

func (s *stage[T]) await() {
	started.Add(1)
	s.cond.L.Lock()
	defer s.cond.L.Unlock()
	for {
		s.cond.Wait()
	}
}

func (s *stage[T]) choose(ctx context.Context, more ...chan T) {
	started.Add(1)
	var zero T
	select {
	case <-s.in:
	case s.out <- zero:
	case <-ctx.Done():
	case <-more[0]:
	}
}

func (s *stage[T]) drain() {
	started.Add(1)
	for range s.in {
	}
}

//go:noinline
func (s *stage[T]) deep(n int) int {
	if n == 0 {
		s.receive()
		return 0
	}
	return s.deep(n-1) + 1
}

func newStage[T any]() *stage[T] {
	s := &stage[T]{in: make(chan T), out: make(chan T)}
	s.cond = sync.NewCond(&sync.Mutex{})
	s.mu.Lock()
	s.rw.Lock()
	s.done.Add(1)
	return s
}

func park[T any](ctx context.Context, s *stage[T], value T) int {
	work := []func(){
		func() { s.send(value) },
		func() { s.receive() },
		s.lock, s.read, s.write, s.finish, s.await, s.drain,
		func() { s.choose(ctx, s.in) },
		func() { s.deep(20) },
		func() { s.ask(3, func(n int) { s.deep(n) }) },
		func() { started.Add(1); time.Sleep(time.Hour) },
		func() { started.Add(1); <-time.After(time.Hour) },
		func() { started.Add(1); <-(chan T)(nil) },
		func() { started.Add(1); (chan T)(nil) <- value },
		func() { started.Add(1); select {} },
		func() {
			started.Add(1)
			ticker := time.NewTicker(time.Hour)
			defer ticker.Stop()
			select {
			case <-ticker.C:
			case <-ctx.Done():
			}
		},
	}
	for _, f := range work {
		go f()
	}
	return len(work)
}

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	wanted := 0
	for i := 0; i < rounds; i++ {
		// A stage of its own each: nobody meets anybody.
		wanted += park(ctx, newStage[int](), i)
		wanted += park(ctx, newStage[string](), "value")
	}
	for started.Load() < int64(wanted) {
		runtime.Gosched()
	}
	time.Sleep(100 * time.Millisecond)
	fmt.Println("ready")
	select {}
}

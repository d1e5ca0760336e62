package main

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// What is between a goroutine's getting ready and its going to sleep for good.
const moment = 20 * time.Millisecond

var kinds = map[string]func(*scene){
	"send without receiver":     sendAlone,
	"receive without sender":    receiveAlone,
	"select without partner":    selectAlone,
	"full buffer":               fullBuffer,
	"range never closed":        rangeNeverClosed,
	"nil channel":               nilChannel,
	"empty select":              emptySelect,
	"channel ring":              channelRing,
	"token taken twice":         tokenTwice,
	"double lock":               doubleLock,
	"lock order":                lockOrder,
	"three locks":               threeLocks,
	"lock order of variables":   variableOrder,
	"abandoned lock":            abandonedLock,
	"read lock recursion":       readRecursion,
	"lock upgrade":              lockUpgrade,
	"once in itself":            onceInItself,
	"wait group never done":     groupNeverDone,
	"wait group in itself":      groupInItself,
	"condition lost":            conditionLost,
	"context never cancelled":   contextNever,
	"channel behind lock":       channelBehindLock,
	"results before collection": resultsFirst,

	// Healthy only: what code and frames suggest, and is not so.
	"lock taken by a helper": lockByHelper,
	"locks taken by helpers": locksByHelpers,
	"counter before a lock":  counterFirst,
	"lock given back before": unlockedBefore,
}

func sendAlone(s *scene) {
	c := make(chan int)
	s.wait(func() { c <- 1 })
	s.later(func() { <-c })
}

func receiveAlone(s *scene) {
	c := make(chan string)
	s.wait(func() { <-c })
	s.later(func() { c <- "late" })
}

func selectAlone(s *scene) {
	a, b := make(chan int), make(chan bool)
	s.wait(func() {
		select {
		case a <- 1:
		case <-b:
		}
	})
	s.later(func() { close(b) })
}

func fullBuffer(s *scene) {
	c := make(chan int, 2)
	s.wait(func() {
		for i := 0; i < 3; i++ {
			c <- i
		}
	})
	s.later(func() { <-c })
}

func rangeNeverClosed(s *scene) {
	work := make(chan int, 4)
	work <- 1
	for i := 0; i < 3; i++ {
		s.wait(func() {
			for range work {
			}
		})
	}
	s.later(func() { close(work) })
}

func nilChannel(s *scene) {
	var c chan int
	if s.isHealthy {
		c = make(chan int)
	}
	s.wait(func() { <-c })
	s.later(func() { close(c) })
}

func emptySelect(s *scene) {
	if s.isHealthy {
		return
	}
	s.wait(func() { select {} })
}

// Each stage hands its value on before it takes the one that is handed to it.
func channelRing(s *scene) {
	const stages = 3
	var ring [stages]chan int
	for i := range ring {
		ring[i] = make(chan int)
	}
	for i := range ring {
		from, to := ring[i], ring[(i+1)%stages]
		s.wait(func() {
			to <- 1
			<-from
		})
	}
	first := ring[0]
	s.later(func() {
		<-first
		first <- 1
	})
}

func tokenTwice(s *scene) {
	tokens := make(chan struct{}, 1)
	s.wait(func() {
		tokens <- struct{}{}
		tokens <- struct{}{}
	})
	s.later(func() { <-tokens })
}

type account struct {
	owner string
	mu    sync.Mutex
}

// In the healthy twins somebody has the lock who will give it back.
func (s *scene) holdFor(a *account, ready chan<- struct{}) {
	pause := s.pause
	go func() {
		a.mu.Lock()
		close(ready)
		time.Sleep(pause)
		a.mu.Unlock()
	}()
}

func doubleLock(s *scene) {
	a := &account{owner: "twice"}
	if s.isHealthy {
		ready := make(chan struct{})
		s.holdFor(a, ready)
		<-ready
		s.wait(func() { a.mu.Lock(); a.mu.Unlock() })
		return
	}
	s.wait(func() {
		a.mu.Lock()
		a.mu.Lock()
	})
}

func transfer(from, to *account, hold *sync.WaitGroup) {
	from.mu.Lock()
	defer from.mu.Unlock()
	if hold != nil {
		hold.Done()
		hold.Wait()
	}
	to.mu.Lock()
	defer to.mu.Unlock()
}

func lockOrder(s *scene) {
	a, b := &account{owner: "a"}, &account{owner: "b"}
	if s.isHealthy {
		ready := make(chan struct{})
		s.holdFor(b, ready)
		<-ready
		s.wait(func() { transfer(a, b, nil) })
		time.Sleep(moment)
		s.wait(func() { transfer(a, b, nil) })
		return
	}
	both := new(sync.WaitGroup)
	both.Add(2)
	s.wait(func() { transfer(a, b, both) })
	s.wait(func() { transfer(b, a, both) })
}

var left, right sync.Mutex

func leftThenRight(both *sync.WaitGroup) {
	left.Lock()
	defer left.Unlock()
	both.Done()
	both.Wait()
	right.Lock()
	defer right.Unlock()
}

func rightThenLeft(both *sync.WaitGroup) {
	right.Lock()
	defer right.Unlock()
	both.Done()
	both.Wait()
	left.Lock()
	defer left.Unlock()
}

// Anybody can reach a package's variables, so nothing but the code and the frames tells who is stuck.
func variableOrder(s *scene) {
	if s.isHealthy {
		return
	}
	both := new(sync.WaitGroup)
	both.Add(2)
	s.wait(func() { leftThenRight(both) })
	s.wait(func() { rightThenLeft(both) })
}

func threeLocks(s *scene) {
	a, b, c := &account{owner: "a"}, &account{owner: "b"}, &account{owner: "c"}
	if s.isHealthy {
		ready := make(chan struct{})
		s.holdFor(c, ready)
		<-ready
		s.wait(func() { transfer(b, c, nil) })
		time.Sleep(moment)
		s.wait(func() { transfer(a, b, nil) })
		return
	}
	all := new(sync.WaitGroup)
	all.Add(3)
	s.wait(func() { transfer(a, b, all) })
	s.wait(func() { transfer(b, c, all) })
	s.wait(func() { transfer(c, a, all) })
}

func abandonedLock(s *scene) {
	a := &account{owner: "nobody"}
	done := make(chan struct{})
	if s.isHealthy {
		s.holdFor(a, done)
	} else {
		go func() {
			a.mu.Lock()
			close(done)
		}()
	}
	<-done
	s.wait(func() { a.mu.Lock() })
}

type table struct {
	rw   sync.RWMutex
	rows []string
}

func (t *table) size() int {
	t.rw.RLock()
	defer t.rw.RUnlock()
	return len(t.rows)
}

func (t *table) report(between func()) int {
	t.rw.RLock()
	defer t.rw.RUnlock()
	between()
	return t.size()
}

func readRecursion(s *scene) {
	t := &table{}
	reading := make(chan struct{})
	if s.isHealthy {
		pause := s.pause
		go func() {
			t.rw.RLock()
			close(reading)
			time.Sleep(pause)
			t.rw.RUnlock()
		}()
		<-reading
		s.wait(func() { t.rw.Lock(); t.rw.Unlock() })
		time.Sleep(moment)
		s.wait(func() { t.size() })
		return
	}
	s.wait(func() { t.report(func() { close(reading); time.Sleep(5 * moment) }) })
	s.wait(func() {
		<-reading
		t.rw.Lock()
	})
}

func lockUpgrade(s *scene) {
	t := &table{}
	if s.isHealthy {
		readRecursion(s)
		return
	}
	s.wait(func() {
		t.rw.RLock()
		if len(t.rows) == 0 {
			t.rw.Lock()
			t.rows = append(t.rows, "new")
		}
	})
}

func onceInItself(s *scene) {
	o := new(sync.Once)
	if s.isHealthy {
		running := make(chan struct{})
		pause := s.pause
		go o.Do(func() { close(running); time.Sleep(pause) })
		<-running
		s.wait(func() { o.Do(func() {}) })
		return
	}
	s.wait(func() { o.Do(func() { o.Do(func() {}) }) })
}

func groupNeverDone(s *scene) {
	g := new(sync.WaitGroup)
	g.Add(1)
	s.wait(func() { g.Wait() })
	s.later(g.Done)
}

func groupInItself(s *scene) {
	g := new(sync.WaitGroup)
	g.Add(1)
	s.wait(func() {
		if s.isHealthy {
			g.Done()
		} else {
			defer g.Done()
		}
		g.Wait()
	})
}

func conditionLost(s *scene) {
	c := sync.NewCond(new(sync.Mutex))
	c.Signal()
	s.wait(func() {
		c.L.Lock()
		c.Wait()
		c.L.Unlock()
	})
	s.later(c.Broadcast)
}

func contextNever(s *scene) {
	ctx, cancel := context.WithCancel(context.Background())
	s.wait(func() { <-ctx.Done() })
	s.later(cancel)
	_ = cancel
}

func channelBehindLock(s *scene) {
	a, c := &account{owner: "mixed"}, make(chan int)
	locked := make(chan struct{})
	s.wait(func() {
		a.mu.Lock()
		close(locked)
		c <- 1
		a.mu.Unlock()
	})
	s.wait(func() {
		<-locked
		a.mu.Lock()
		<-c
		a.mu.Unlock()
	})
	s.later(func() {
		<-c
		c <- 1
	})
}

func resultsFirst(s *scene) {
	g, results := new(sync.WaitGroup), make(chan int)
	g.Add(2)
	for i := 0; i < 2; i++ {
		i := i
		s.wait(func() {
			defer g.Done()
			results <- i
		})
	}
	s.wait(func() {
		g.Wait()
		close(results)
		for range results {
		}
	})
	s.later(func() { <-results; <-results })
}

//go:noinline
func take(a *account) { a.mu.Lock() }

// The lock is had by a goroutine none of whose frames takes one.
func (s *scene) takeFor(a *account) {
	ready, pause := make(chan struct{}), s.pause
	go func() {
		take(a)
		close(ready)
		time.Sleep(pause)
		a.mu.Unlock()
	}()
	<-ready
}

// Who waits is past a lock and has the address of the one it waits for, like somebody who locks twice.
func lockByHelper(s *scene) {
	if !s.isHealthy {
		return
	}
	a, b := &account{owner: "a"}, &account{owner: "b"}
	s.takeFor(b)
	s.wait(func() { transfer(a, b, nil) })
}

//go:noinline
func three(own, first, second *account) string {
	own.mu.Lock()
	defer own.mu.Unlock()
	first.mu.Lock()
	defer first.mu.Unlock()
	return second.owner
}

// Each has the address of what the other one waits for, and is past a lock: a third one.
func locksByHelpers(s *scene) {
	if !s.isHealthy {
		return
	}
	a, b, x, y := &account{owner: "a"}, &account{owner: "b"}, &account{owner: "x"}, &account{owner: "y"}
	s.takeFor(a)
	s.takeFor(b)
	s.wait(func() { three(x, a, b) })
	s.wait(func() { three(y, b, a) })
}

func counterFirst(s *scene) {
	if !s.isHealthy {
		return
	}
	var calls int32
	a := &account{owner: "counted"}
	s.takeFor(a)
	s.wait(func() {
		atomic.AddInt32(&calls, 1)
		a.mu.Lock()
		a.mu.Unlock()
	})
}

func unlockedBefore(s *scene) {
	if !s.isHealthy {
		return
	}
	a, b := &account{owner: "a"}, &account{owner: "b"}
	s.takeFor(b)
	s.wait(func() {
		a.mu.Lock()
		a.owner = "was here"
		a.mu.Unlock()
		b.mu.Lock()
		b.mu.Unlock()
	})
}

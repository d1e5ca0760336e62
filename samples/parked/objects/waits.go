package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"example.com/faultline/samples/internal/goid"
)

type message struct {
	ID   int
	Text string
}

var (
	chanBuffered = make(chan message, 4)
	chanClosed   = make(chan int, 3)
	chanReceive  = make(chan string)
	chanSend     = make(chan message)
	chanSelectA  = make(chan int)
	chanSelectB  = make(chan bool)
	chanFull     = make(chan int, 2)
	chanTimer    <-chan time.Time
	mutex        sync.Mutex
	rwmutex      sync.RWMutex
	readers      sync.RWMutex
	group        sync.WaitGroup
	condLock     sync.Mutex
	cond         = sync.NewCond(&condLock)
	once         sync.Once
	started      sync.WaitGroup
	names        sync.Mutex
	spinning     = true
	neverWritten *os.File
)

// run starts a goroutine under a name that the truth knows.
func run(name string, body func()) {
	started.Add(1)
	go func() {
		names.Lock()
		said.Goroutines[name] = goid.Current()
		names.Unlock()
		started.Done()
		body()
	}()
}

func receiveOne() string { return <-chanReceive }

func sendOne(n int) { chanSend <- message{n, "sent"} }

func fillChannels() {
	chanBuffered <- message{1, "first"}
	chanBuffered <- message{2, "second"}
	chanBuffered <- message{3, "third"}
	<-chanBuffered
	chanClosed <- 7
	close(chanClosed)
	chanFull <- 1
	chanFull <- 2
	chanTimer = time.After(time.Hour)
	run("receiver 1", func() { receiveOne() })
	run("receiver 2", func() { receiveOne() })
	run("sender 1", func() { sendOne(1) })
	run("sender 2", func() { sendOne(2) })
	run("full sender", func() { chanFull <- 3 })
	run("selecting", func() {
		select {
		case chanSelectA <- 5:
		case <-chanSelectB:
		}
	})
	run("timer waiter", func() { <-chanTimer })
	run("nil receiver", func() {
		var none chan int
		<-none
	})
	run("select nothing", func() { select {} })
	said.addChan("main.chanBuffered", chanBuffered, []string{`main.message{ID:2, Text:"second"}`, `main.message{ID:3, Text:"third"}`}, nil, nil)
	said.addChan("main.chanClosed", chanClosed, []string{"7"}, nil, nil)
	closed := said.Channels["main.chanClosed"]
	closed.Closed = true
	said.Channels["main.chanClosed"] = closed
	said.addChan("main.chanReceive", chanReceive, nil, nil, []string{"receiver 1", "receiver 2"})
	said.addChan("main.chanSend", chanSend, nil, []string{"sender 1", "sender 2"}, nil)
	said.addChan("main.chanSelectA", chanSelectA, nil, []string{"selecting"}, nil)
	said.addChan("main.chanSelectB", chanSelectB, nil, nil, []string{"selecting"})
	said.addChan("main.chanFull", chanFull, []string{"1", "2"}, []string{"full sender"}, nil)
	said.addChan("main.chanTimer", chanTimer, nil, nil, []string{"timer waiter"})
}

func holdMutex(held chan struct{}) {
	mutex.Lock()
	defer mutex.Unlock()
	close(held)
	time.Sleep(time.Hour)
}

func readLocked(held chan struct{}) {
	rwmutex.RLock()
	defer rwmutex.RUnlock()
	close(held)
	time.Sleep(time.Hour)
}

func fillLocks() {
	held := make(chan struct{})
	run("mutex owner", func() { holdMutex(held) })
	<-held
	for i := 1; i <= 3; i++ {
		run(fmt.Sprint("mutex waiter ", i), func() {
			mutex.Lock()
			mutex.Unlock()
		})
	}
	held = make(chan struct{})
	run("reader", func() { readLocked(held) })
	<-held
	run("pending writer", func() { rwmutex.Lock() })
	readers.Lock()
	run("waiting reader", func() { readers.RLock() })
	group.Add(2)
	run("group waiter 1", func() { group.Wait() })
	run("group waiter 2", func() { group.Wait() })
	for i := 1; i <= 2; i++ {
		run(fmt.Sprint("cond waiter ", i), func() {
			condLock.Lock()
			cond.Wait()
		})
	}
	once.Do(func() {})
	said.addLock("main.mutex", "Mutex", unsafe.Pointer(&mutex), "mutex owner", "mutex waiter 1", "mutex waiter 2", "mutex waiter 3")
	said.addLock("main.rwmutex", "RWMutex", unsafe.Pointer(&rwmutex), "reader", "pending writer")
	said.addLock("main.readers", "RWMutex", unsafe.Pointer(&readers), "", "waiting reader")
	said.addLock("main.group", "WaitGroup", unsafe.Pointer(&group), "", "group waiter 1", "group waiter 2")
	said.addLock("main.cond", "Cond", unsafe.Pointer(cond), "", "cond waiter 1", "cond waiter 2")
	said.addLock("main.once", "Once", unsafe.Pointer(&once), "")
}

func recurse(n int, body func()) {
	if n > 0 {
		recurse(n-1, body)
		return
	}
	body()
}

func spin() {
	for n := 0; spinning; n++ {
		_ = n
	}
}

func fillGoroutines() {
	run("labelled", func() {
		pprof.Do(context.Background(), pprof.Labels("path", "/a b", "request", "42"), func(context.Context) { time.Sleep(time.Hour) })
	})
	run("deep", func() { recurse(200, func() { time.Sleep(time.Hour) }) })
	run("locked", func() {
		runtime.LockOSThread()
		time.Sleep(time.Hour)
	})
	run("in a system call", func() {
		var ends [2]int
		if err := syscall.Pipe(ends[:]); err != nil {
			panic(err)
		}
		var one [1]byte
		_, _ = syscall.Read(ends[0], one[:])
	})
	read, write, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	neverWritten = write
	run("network", func() {
		var one [1]byte
		_, _ = read.Read(one[:])
	})
	run("spinning", spin)
}

// settle gives the goroutines the time to reach the places where they wait.
func settle() {
	started.Wait()
	time.Sleep(200 * time.Millisecond)
}

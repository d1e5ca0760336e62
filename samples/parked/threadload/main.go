// Command threadload has goroutines that are locked to a thread each and keep it busy in one way: computing, in a system call, in a wait of the runtime. The file "truth" says which
// goroutine was on which thread, a line each: name, thread id, goroutine id. It ends with a panic.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

const length = 400 * time.Millisecond

var (
	truthLock sync.Mutex
	truth     strings.Builder
	ready     = make(chan string)
	release   = make(chan int)
	stay      = make(chan int)
)

// occupy gives a goroutine a thread of its own, on which it does its work and stays for good.
func occupy(name string, work func()) {
	go func() {
		runtime.LockOSThread()
		note(name)
		time.Sleep(time.Millisecond) // parks, so that a probe sees it
		ready <- name
		work()
		ready <- name
		<-stay
	}()
}

func note(name string) {
	stack := make([]byte, 64)
	stack = stack[:runtime.Stack(stack, false)]
	truthLock.Lock()
	defer truthLock.Unlock()
	fmt.Fprintln(&truth, name, syscall.Gettid(), strings.Fields(string(stack))[1])
}

func compute() {
	for end := time.Now().Add(length); time.Now().Before(end); {
	}
}

func call() {
	left := syscall.NsecToTimespec(int64(length))
	for syscall.Nanosleep(&left, &left) == syscall.EINTR {
	}
}

func wait() { <-release }

func main() {
	occupy("computing", compute)
	occupy("calling", call)
	occupy("waiting", wait)
	for i := 0; i < 3; i++ {
		<-ready
	}
	time.Sleep(length)
	release <- 1
	for i := 0; i < 3; i++ {
		<-ready
	}
	_ = os.WriteFile("truth", []byte(truth.String()), 0o644)
	panic("the end")
}

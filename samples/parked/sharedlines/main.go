// Command sharedlines has goroutines that work on different objects in one cache line, and twins that lie apart. It prints the addresses of the objects,
// one a line with their names, and then does what its argument says: locks, chans, maps and words end by themselves; heap waits for a line first; wait sleeps with goroutines that wait.
package main

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"
	"unsafe"
)

const rounds = 300

type near struct{ left, right int64 }

type apart struct {
	left  int64
	_     [64]byte
	right int64
}

type locks struct {
	a, b sync.Mutex
	_    [128]byte
	c    sync.Mutex
	_    [128]byte
	d    sync.RWMutex
}

var (
	together near
	separate apart
)

func say(name string, address any) { fmt.Printf("%s %p\n", name, address) }

// inTurn runs functions in goroutines of their own, one after the other, again and again.
func inTurn(functions ...func()) {
	turns := make([]chan bool, len(functions))
	for i := range turns {
		turns[i] = make(chan bool, 1)
	}
	var done sync.WaitGroup
	for i, function := range functions {
		done.Add(1)
		go func(i int, function func()) {
			for round := 0; round < rounds; round++ {
				<-turns[i]
				function()
				turns[(i+1)%len(turns)] <- true
			}
			done.Done()
		}(i, function)
	}
	turns[0] <- true
	done.Wait()
}

// crowd runs each function in two goroutines at once: a lock that they hold while others run is waited for.
func crowd(functions ...func()) {
	var done sync.WaitGroup
	for i := 0; i < 2*len(functions); i++ {
		done.Add(1)
		go func(function func()) {
			for round := 0; round < rounds; round++ {
				function()
			}
			done.Done()
		}(functions[i%len(functions)])
	}
	done.Wait()
}

func main() {
	guarded := new(locks)
	switch os.Args[1] {
	case "locks":
		sayLocks(guarded)
		crowd(
			func() { guarded.a.Lock(); time.Sleep(20 * time.Microsecond); guarded.a.Unlock() },
			func() { guarded.b.Lock(); time.Sleep(20 * time.Microsecond); guarded.b.Unlock() },
			func() { guarded.c.Lock(); time.Sleep(20 * time.Microsecond); guarded.c.Unlock() },
			func() { guarded.d.RLock(); time.Sleep(20 * time.Microsecond); guarded.d.RUnlock() })
	case "chans":
		channels := make([]chan struct{}, 6)
		for i := range channels {
			channels[i] = make(chan struct{}, 1)
			fmt.Printf("channel%d %p\n", i, channels[i])
		}
		var functions []func()
		for _, channel := range channels {
			channel := channel
			functions = append(functions, func() { channel <- struct{}{}; <-channel })
		}
		inTurn(functions...)
	case "maps":
		tables := make([]map[int]int, 6)
		for i := range tables {
			tables[i] = make(map[int]int)
			fmt.Printf("map%d %p\n", i, tables[i])
		}
		var functions []func()
		for i := range tables {
			table := tables[i]
			functions = append(functions, func() { table[1]++ })
		}
		inTurn(functions...)
	case "words":
		fmt.Printf("together %#x\nseparate %#x\n", uintptr(unsafe.Pointer(&together)), uintptr(unsafe.Pointer(&separate)))
		// Threads of their own, because perf knows no goroutines.
		inTurn(
			func() { runtime.LockOSThread(); together.left++ },
			func() { runtime.LockOSThread(); together.right++ },
			func() { runtime.LockOSThread(); separate.left++ },
			func() { runtime.LockOSThread(); separate.right++ })
	case "heap":
		// Tells where the object lies, and starts when a line comes in.
		object := new(near)
		fmt.Printf("object %p\n", object)
		fmt.Scanln()
		inTurn(
			func() { runtime.LockOSThread(); object.left++ },
			func() { runtime.LockOSThread(); object.right++ })
	case "wait":
		sayLocks(guarded)
		for _, lock := range []*sync.Mutex{&guarded.a, &guarded.b, &guarded.c} {
			lock.Lock()
			go lock.Lock()
		}
		time.Sleep(200 * time.Millisecond)
		fmt.Println("waiting")
		time.Sleep(time.Hour)
	}
	runtime.KeepAlive(guarded)
}

func sayLocks(guarded *locks) {
	say("a", &guarded.a)
	say("b", &guarded.b)
	say("c", &guarded.c)
	say("d", &guarded.d)
}

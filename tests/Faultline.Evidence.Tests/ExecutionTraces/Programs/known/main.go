// known does under trace what its test knows: who waits where, and who ends which wait. Its argument is the file to write, a second one
// keeps that small; it prints the ids of its goroutines by name. A comment "at NAME" marks a line that the test looks for.
package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/trace"
	"strings"
	"sync"
	"time"
)

const (
	producers = 3
	consumers = 5
	messages  = 40
	rounds    = 6
)

var printing sync.Mutex

func main() {
	out, err := os.Create(os.Args[1])
	if err != nil {
		panic(err)
	}
	if err := trace.Start(out); err != nil {
		panic(err)
	}
	name("main")
	ctx, order := trace.NewTask(context.Background(), "order")
	_, _ = trace.NewTask(ctx, "lost parcel")
	go forgotten(ctx)
	idle := make(chan int)
	go pool(idle)
	crowd()
	pair()
	fight()
	annotate(ctx)
	order.End()
	if len(os.Args) < 3 {
		// Each of these is thousands of events.
		runtime.GC()
		runtime.GC()
	}
	time.Sleep(300 * time.Millisecond)
	idle <- 1
	idle <- 2
	time.Sleep(200 * time.Millisecond) // in which the pool comes to wait again, on a busy machine too
	trace.Stop()
	_ = out.Close()
}

// forgotten never gets its message.
func forgotten(ctx context.Context) {
	name("forgotten")
	trace.StartRegion(ctx, "open end")
	<-make(chan int) // at forgotten
}

// pool waits for work all the time, and gets some.
func pool(work chan int) {
	name("pool")
	for range work { // at pool
	}
}

// crowd lets producers feed consumers, who wait first.
func crowd() {
	work := make(chan int)
	var receiving, sending sync.WaitGroup
	for index := 0; index < consumers; index++ {
		receiving.Add(1)
		go func() {
			defer receiving.Done()
			name("consumer")
			for range work { // at consumer
			}
		}()
	}
	time.Sleep(30 * time.Millisecond)
	for index := 0; index < producers; index++ {
		sending.Add(1)
		go func() {
			defer sending.Done()
			name("producer")
			for message := 0; message < messages; message++ {
				work <- message // at producer
			}
		}()
	}
	sending.Wait()
	close(work) // at close
	receiving.Wait()
}

// pair lets one goroutine wait for another, several times.
func pair() {
	ball := make(chan int)
	var group sync.WaitGroup
	group.Add(2)
	go func() {
		defer group.Done()
		name("catcher")
		for round := 0; round < rounds; round++ {
			<-ball // at catcher
		}
	}()
	go func() {
		defer group.Done()
		name("pitcher")
		for round := 0; round < rounds; round++ {
			time.Sleep(10 * time.Millisecond)
			ball <- round // at pitcher
		}
	}()
	group.Wait()
}

// fight lets one goroutine wait for a lock that another holds.
func fight() {
	var mutex sync.Mutex
	var group sync.WaitGroup
	held := make(chan int, 1)
	group.Add(2)
	go func() {
		defer group.Done()
		name("holder")
		mutex.Lock()
		held <- 1
		time.Sleep(40 * time.Millisecond)
		mutex.Unlock() // at holder
	}()
	go func() {
		defer group.Done()
		name("locker")
		<-held
		mutex.Lock() // at locker
		mutex.Unlock()
	}()
	group.Wait()
}

func annotate(ctx context.Context) {
	inner, parcel := trace.NewTask(ctx, "parcel")
	defer parcel.End()
	for turn := 0; turn < 3; turn++ {
		trace.WithRegion(inner, "pack", func() {
			defer trace.StartRegion(inner, "wrap").End()
			trace.Log(inner, "step", "wrapped")
			time.Sleep(time.Millisecond)
		})
	}
}

// name prints the number of the goroutine that calls it.
func name(what string) {
	text := make([]byte, 64)
	text = text[:runtime.Stack(text, false)]
	printing.Lock()
	defer printing.Unlock()
	fmt.Println(what, strings.Fields(string(text))[1])
}

// traced does a little of everything that an execution trace records. Its argument is the file to write.
package main

import (
	"context"
	"net"
	"os"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"sync"
	"time"
)

var sink [][]byte

func main() {
	profile, _ := os.Create(os.DevNull)
	_ = pprof.StartCPUProfile(profile)
	out, err := os.Create(os.Args[1])
	if err != nil {
		panic(err)
	}
	if err := trace.Start(out); err != nil {
		panic(err)
	}
	go func() { <-make(chan int) }() // never runs again
	for round := 0; round < 3; round++ {
		channels()
		locks()
		files()
		network()
		time.Sleep(2 * time.Millisecond)
		runtime.GC()
	}
	annotations()
	busy := time.Now()
	for time.Since(busy) < 60*time.Millisecond {
		sink = append(sink[:0], make([]byte, 4096))
	}
	trace.Stop()
	pprof.StopCPUProfile()
	_ = out.Close()
}

func channels() {
	work, done := make(chan int), make(chan int, 4)
	var group sync.WaitGroup
	for worker := 0; worker < 40; worker++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for value := range work {
				select {
				case done <- value:
				case <-time.After(time.Second):
				}
			}
		}()
	}
	go func() {
		for value := 0; value < 400; value++ {
			work <- value
		}
		close(work)
		group.Wait()
		close(done)
	}()
	for range done {
	}
}

func locks() {
	var mutex sync.Mutex
	var group sync.WaitGroup
	for worker := 0; worker < 8; worker++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for turn := 0; turn < 20; turn++ {
				mutex.Lock()
				runtime.Gosched()
				mutex.Unlock()
			}
		}()
	}
	group.Wait()
}

func files() {
	for turn := 0; turn < 50; turn++ {
		data, _ := os.ReadFile("/proc/self/stat")
		sink = append(sink[:0], data)
	}
}

func network() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() {
		connection, err := listener.Accept()
		if err == nil {
			_, _ = connection.Write([]byte("hello"))
			_ = connection.Close()
		}
	}()
	connection, err := net.Dial("tcp", listener.Addr().String())
	if err == nil {
		_, _ = connection.Read(make([]byte, 16))
		_ = connection.Close()
	}
	_ = listener.Close()
}

func annotations() {
	ctx, task := trace.NewTask(context.Background(), "order")
	defer task.End()
	trace.WithRegion(ctx, "pack", func() { trace.Log(ctx, "step", "wrapped \"well\"") })
	inner, child := trace.NewTask(ctx, "parcel")
	defer child.End()
	defer trace.StartRegion(inner, "send").End()
}

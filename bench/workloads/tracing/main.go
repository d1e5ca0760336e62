// tracing keeps channels, locks, timers, files and short-lived goroutines busy under runtime/trace until its trace has the size asked for:
//
//	tracing FILE MEGABYTES
package main

import (
	"bufio"
	"context"
	"os"
	"runtime/trace"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

const (
	pipelines = 20
	workers   = 10
	lockers   = 16
)

// counted knows how much of the trace has been written.
type counted struct {
	file *bufio.Writer
	size atomic.Int64
}

func (c *counted) Write(data []byte) (int, error) {
	count, err := c.file.Write(data)
	c.size.Add(int64(count))
	return count, err
}

func main() {
	megabytes, err := strconv.ParseInt(os.Args[2], 10, 64)
	if err != nil {
		panic(err)
	}
	file, err := os.Create(os.Args[1])
	if err != nil {
		panic(err)
	}
	out := &counted{file: bufio.NewWriterSize(file, 1<<20)}
	if err := trace.Start(out); err != nil {
		panic(err)
	}
	go func() { <-make(chan int) }() // never gets its message

	ctx, stop := context.WithCancel(context.Background())
	var group sync.WaitGroup
	start := func(count int, work func(context.Context)) {
		for ; count > 0; count-- {
			group.Add(1)
			go func() {
				defer group.Done()
				work(ctx)
			}()
		}
	}
	start(pipelines, pipeline)
	var mutex sync.Mutex
	start(lockers, func(ctx context.Context) { fight(ctx, &mutex) })
	start(4, burst)
	start(2, readFiles)
	for out.size.Load() < megabytes*1_000_000 {
		time.Sleep(50 * time.Millisecond)
	}
	stop()
	group.Wait()
	trace.Stop()
	if err := out.file.Flush(); err != nil {
		panic(err)
	}
	_ = file.Close()
}

// pipeline feeds workers over one channel and collects over another.
func pipeline(ctx context.Context) {
	work, done := make(chan int), make(chan int)
	var group sync.WaitGroup
	for worker := 0; worker < workers; worker++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for value := range work {
				done <- value
			}
		}()
	}
	go func() {
		defer func() {
			close(work)
			group.Wait()
			close(done)
		}()
		for value := 0; ctx.Err() == nil; value++ {
			select {
			case work <- value:
			case <-ctx.Done():
			}
		}
	}()
	for range done {
	}
}

func fight(ctx context.Context, mutex *sync.Mutex) {
	for ctx.Err() == nil {
		mutex.Lock()
		time.Sleep(10 * time.Microsecond)
		mutex.Unlock()
	}
}

// burst starts goroutines that end at once, each a task with a region.
func burst(ctx context.Context) {
	for ctx.Err() == nil {
		task, end := trace.NewTask(ctx, "burst")
		var group sync.WaitGroup
		for turn := 0; turn < 20; turn++ {
			group.Add(1)
			go func() {
				defer group.Done()
				defer trace.StartRegion(task, "turn").End()
				time.Sleep(time.Microsecond)
			}()
		}
		group.Wait()
		end.End()
	}
}

func readFiles(ctx context.Context) {
	for ctx.Err() == nil {
		_, _ = os.ReadFile("/proc/self/stat")
		time.Sleep(100 * time.Microsecond)
	}
}

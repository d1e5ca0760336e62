// Command chanclose has two owners that both think that they shut the worker down: close of a closed channel.
package main

import (
	"sync"
	"time"

	"example.com/faultline/samples/internal/deadline"
	"example.com/faultline/samples/internal/neighbours"
)

type worker struct {
	stop chan struct{}
	wg   sync.WaitGroup
}

func (w *worker) run() {
	defer w.wg.Done()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-w.stop:
			return
		}
	}
}

func (w *worker) drain() {
	time.Sleep(20 * time.Millisecond)
	close(w.stop) // cause:close
}

func (w *worker) shutdown() {
	w.wg.Wait()
	close(w.stop) // fault:close
}

func main() {
	deadline.Arm()
	neighbours.Start()
	w := &worker{stop: make(chan struct{})}
	w.wg.Add(1)
	go w.run()
	go w.drain()
	w.shutdown()
}

// Command deadlocks brings goroutines into every kind of deadlock, and beside each kind a healthy twin: goroutines that wait at the same lines, but for
// somebody who will come. Arguments: a file for the truth, then optionally a kind, then optionally "healthy".
//
// Without a kind it starts all of them with their twins, writes the numbers of the goroutines, prints "ready" and waits to be looked at. With a kind it
// starts that alone and waits for its goroutines: a sick one ends as "all goroutines are asleep", a healthy one in good order.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"

	"example.com/faultline/samples/internal/goid"
)

// scene is one kind, sick or healthy, and the goroutines that wait in it.
type scene struct {
	isHealthy bool
	pause     time.Duration
	mu        sync.Mutex
	ids       []uint64
	started   sync.WaitGroup
	ended     sync.WaitGroup
}

// wait starts a goroutine that will wait.
func (s *scene) wait(body func()) {
	s.started.Add(1)
	s.ended.Add(1)
	go func() {
		defer s.ended.Done()
		s.mu.Lock()
		s.ids = append(s.ids, goid.Current())
		s.mu.Unlock()
		s.started.Done()
		body()
	}()
}

// later starts a goroutine of the healthy twin that does after a while what the sick one lacks.
func (s *scene) later(body func()) {
	if !s.isHealthy {
		return
	}
	pause := s.pause
	go func() {
		time.Sleep(pause)
		body()
	}()
}

type truth struct {
	Stuck, Healthy map[string][]uint64
}

func write(path string, t truth) {
	text, err := json.Marshal(t)
	if err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func alone(path, name string, isHealthy bool) {
	start, ok := kinds[name]
	if !ok {
		fmt.Fprintln(os.Stderr, "no such kind:", name)
		os.Exit(64)
	}
	s := &scene{isHealthy: isHealthy, pause: 50 * time.Millisecond}
	start(s)
	s.started.Wait()
	s.mu.Lock()
	write(path, truth{Stuck: map[string][]uint64{name: s.ids}})
	s.mu.Unlock()
	s.ended.Wait()
	fmt.Println("done")
}

//go:noinline
func all(isHealthy bool) map[string][]uint64 {
	ids := map[string][]uint64{}
	for name, start := range kinds {
		s := &scene{isHealthy: isHealthy, pause: time.Hour}
		start(s)
		s.started.Wait()
		s.mu.Lock()
		ids[name] = s.ids
		s.mu.Unlock()
	}
	return ids
}

func main() {
	switch {
	case len(os.Args) < 2:
		fmt.Fprintln(os.Stderr, "usage: deadlocks TRUTH-FILE [KIND [healthy]]")
		os.Exit(64)
	case len(os.Args) > 2:
		alone(os.Args[1], os.Args[2], len(os.Args) > 3)
		return
	}
	t := truth{Stuck: all(false), Healthy: all(true)}
	time.Sleep(400 * time.Millisecond)
	runtime.GC()
	write(os.Args[1], t)
	fmt.Println("ready")
	time.Sleep(time.Hour)
}

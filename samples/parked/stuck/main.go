// Command stuck starts goroutines that nothing can wake any more, and beside each kind a healthy one that looks the same but can be woken. It
// writes the numbers of both to the file of its first argument, prints "ready" and waits to be looked at.
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

var (
	numbers sync.Mutex
	stuck   = map[string][]uint64{}
	healthy = map[string][]uint64{}
	started sync.WaitGroup
)

// run starts a goroutine that is noted under a name.
func run(notes map[string][]uint64, name string, body func()) {
	started.Add(1)
	go func() {
		numbers.Lock()
		notes[name] = append(notes[name], goid.Current())
		numbers.Unlock()
		started.Done()
		body()
	}()
}

// keep is a goroutine that can still reach what it was given, and will.
func keep(what ...interface{}) {
	go func() {
		time.Sleep(time.Hour)
		runtime.KeepAlive(what)
	}()
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: stuck TRUTH-FILE")
		os.Exit(64)
	}
	_ = os.Setenv("GODEBUG", "asynctimerchan=0")
	startAll()
	started.Wait()
	time.Sleep(300 * time.Millisecond)
	runtime.GC()
	text, err := json.Marshal(map[string]map[string][]uint64{"Stuck": stuck, "Healthy": healthy})
	if err == nil {
		err = os.WriteFile(os.Args[1], text, 0o600)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("ready")
	time.Sleep(time.Hour)
}

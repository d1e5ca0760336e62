// Command objects fills a process with maps, channels, slices, locks and goroutines in known states, writes down what it made (see
// truth.go) to the file of its first argument, prints "ready" and waits to be looked at: a core of it can be compared with what it wrote.
package main

import (
	"fmt"
	"os"
	"runtime"
	"time"
)

var said = &truth{
	Maps: map[string]mapTruth{}, Channels: map[string]chanTruth{}, Locks: map[string]lockTruth{},
	Slices: map[string]sliceTruth{}, Values: map[string]valueTruth{}, Goroutines: map[string]uint64{"main": 1},
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: objects TRUTH-FILE")
		os.Exit(64)
	}
	fillMaps()
	fillSyncMaps()
	fillSlices()
	fillValues()
	fillChannels()
	fillLocks()
	fillGoroutines()
	settle()
	runtime.GC()
	said.write(os.Args[1])
	fmt.Println("ready")
	time.Sleep(time.Hour)
}

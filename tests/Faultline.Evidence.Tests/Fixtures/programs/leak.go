// Command leak prints its goroutines after the runtime found one that nobody can wake (Go 1.26 and newer).
package main

import (
	"os"
	"runtime"
	"runtime/pprof"
	"time"
)

func main() {
	func() { c := make(chan int); go func() { c <- 1 }() }()
	time.Sleep(10 * time.Millisecond)
	runtime.GC()
	if profile := pprof.Lookup("goroutineleak"); profile != nil {
		profile.WriteTo(os.Stdout, 1)
	}
	panic("leaky")
}

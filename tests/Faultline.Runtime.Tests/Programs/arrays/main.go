// Command arrays has slices whose arrays the garbage collector knows in every way that there is. It prints a line for each (what is true of the array,
// the address of the slice, that of the array), then "ready", and waits.
package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"time"
	"unsafe"
)

var (
	kept   [9][]int
	fresh  []*int
	large  []byte
	table  [8]int
	static []int
)

// The three words of a slice that nothing holds any more; the collector does not look into it.
var stale [3]uintptr

func say(what string, slice unsafe.Pointer, array uintptr) {
	fmt.Printf("%s %d %d\n", what, uintptr(slice), array)
}

func main() {
	debug.SetGCPercent(-1)
	for i := range kept {
		kept[i] = make([]int, 64)
	}
	large = make([]byte, 100_000)
	static = table[2:]
	stale = [3]uintptr{uintptr(unsafe.Pointer(&kept[5][0])), 64, 64}
	kept[5] = nil
	runtime.GC()
	runtime.GC()
	fresh = make([]*int, 200)
	var numbers [16]int
	local := numbers[4:]
	say("marked", unsafe.Pointer(&kept[2]), uintptr(unsafe.Pointer(&kept[2][0])))
	say("marked", unsafe.Pointer(&large), uintptr(unsafe.Pointer(&large[0])))
	say("new", unsafe.Pointer(&fresh), uintptr(unsafe.Pointer(&fresh[0])))
	say("free", unsafe.Pointer(&stale), stale[0])
	say("data", unsafe.Pointer(&static), uintptr(unsafe.Pointer(&static[0])))
	fmt.Println("stack", uintptr(unsafe.Pointer(&local)), uintptr(unsafe.Pointer(&local[0])))
	fmt.Println("ready")
	time.Sleep(time.Hour)
	runtime.KeepAlive(local)
}

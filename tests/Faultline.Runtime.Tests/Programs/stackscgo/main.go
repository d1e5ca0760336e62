// Command stackscgo runs C code, also under Go code that C called. "stackscgo park" prints "ready" when all wait; "stackscgo step" steps
// through one call of C between two breakpoints.
package main

/*
#include <unistd.h>

extern int goCallback(int);

static int waits(int n) { volatile int room[16]; room[n % 16] = n; for (;;) sleep(1000); return room[3]; }
static int spins(int n) { volatile unsigned v = n; for (;;) v = v * 3 + 1; return v; }
static int adds(int n) { volatile int v = n; return v + 1; }
static int calls(int n) { volatile int room[8]; room[n % 8] = goCallback(n); return room[n % 8]; }
*/
import "C"

import (
	"fmt"
	"os"
	"runtime"
	"time"
)

var never = make(chan int)

func init() { runtime.LockOSThread() }

//export goCallback
func goCallback(n C.int) C.int {
	if n < 0 {
		return C.adds(n)
	}
	return C.int(deep(int(n)))
}

//go:noinline
func deep(n int) int {
	if n == 0 {
		return <-never
	}
	if n == 100 {
		return int(C.waits(1))
	}
	return deep(n-1) + 1
}

//go:noinline
func inC(n int) int { return int(C.waits(C.int(n))) + 1 }

//go:noinline
func inCallback(n int) int { return int(C.calls(C.int(n))) + 1 }

//go:noinline
func spinning(n int) int { return int(C.spins(C.int(n))) + 1 }

//go:noinline
func walk(n int) int { return int(C.adds(C.int(n))) + int(C.calls(C.int(-n))) }

func main() {
	if os.Args[1] == "step" {
		walk(1)
		runtime.Breakpoint()
		walk(2)
		runtime.Breakpoint()
		return
	}
	for i := 0; i < 5; i++ {
		go inC(i)
		go inCallback(i)
	}
	go inCallback(100)
	go spinning(1)
	time.Sleep(300 * time.Millisecond)
	fmt.Println("ready")
	time.Sleep(time.Hour)
}

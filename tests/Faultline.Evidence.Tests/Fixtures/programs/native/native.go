// Command native dies in C code, or calls back into Go that dies.
package main

/*
#include <stdlib.h>
#include <unistd.h>
static void crash(int *where) { *where = 1; }
static void park(void) { pause(); }
static void stop(void) { abort(); }
extern void goCallback(int);
static void callback(void) { goCallback(7); }
*/
import "C"

import (
	"os"
	"time"
)

//export goCallback
func goCallback(n C.int) { panic("called back") }

func main() {
	go C.park()
	time.Sleep(10 * time.Millisecond)
	switch os.Args[1] {
	case "segv":
		C.crash(nil)
	case "abort":
		C.stop()
	case "callback":
		C.callback()
	}
}

// Package deadline ends a sample that has not crashed in time, so that a run never hangs a test.
package deadline

import (
	"fmt"
	"os"
	"time"
)

// Limit is how long a sample may run before it gives up crashing.
const Limit = 20 * time.Second

// Arm starts the clock. A pending timer keeps the runtime's deadlock detector quiet, so samples of deadlocks do not use it.
func Arm() {
	time.AfterFunc(Limit, func() {
		fmt.Fprintln(os.Stderr, "no crash")
		os.Exit(0)
	})
}

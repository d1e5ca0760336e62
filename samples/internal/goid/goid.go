// Package goid tells goroutines their numbers, so that a program can write down the truth about itself.
package goid

import (
	"runtime"
	"strconv"
	"strings"
)

// Current reads the number from the first line of the goroutine's own stack: "goroutine N [running]:".
func Current() uint64 {
	var text [64]byte
	words := strings.Fields(string(text[:runtime.Stack(text[:], false)]))
	id, _ := strconv.ParseUint(words[1], 10, 64)
	return id
}

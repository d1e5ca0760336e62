// Command races has one data race of every kind that the race detector of Go reports. Arguments: a file for the truth, then a kind; without a kind it
// lists them. Built with -race it ends with 66 and one report or more; the truth names the variable, and of slices the headers and the indexes.
//
// Two goroutines do their accesses one after the other, without anything between them that orders them: the first is always the previous access.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"sync"
	"time"
	"unsafe"
)

// Between the two accesses: long enough for the first to be over, and no synchronisation.
const moment = 10 * time.Millisecond

// header is a slice as the program sees it, with the element that its goroutine touched.
type header struct {
	Name     string
	Pointer  uint64
	Length   int
	Capacity int
	Size     int
	Index    int
}

type truth struct {
	Kind     string
	Variable string
	Address  uint64
	Slices   []header
	// Element of the array from its beginning; -1 without an array.
	ArrayIndex int
	Array      uint64
}

var said = truth{ArrayIndex: -1}

// is notes the variable and where it lies.
func is(variable string, pointer unsafe.Pointer) {
	said.Variable = variable
	said.Address = uint64(uintptr(pointer))
}

// array notes where the array begins and which of its elements is raced for.
func array(pointer unsafe.Pointer, index int) {
	said.Array = uint64(uintptr(pointer))
	said.ArrayIndex = index
}

// ints notes a slice and the element that is touched through it.
func ints(name string, s []int, index int) {
	var data uint64
	if cap(s) > 0 {
		data = uint64(uintptr(unsafe.Pointer(&s[:1][0])))
	}
	said.Slices = append(said.Slices, header{name, data, len(s), cap(s), 8, index})
}

func raw(name string, s []byte, index int) {
	said.Slices = append(said.Slices, header{name, uint64(uintptr(unsafe.Pointer(&s[:1][0]))), len(s), cap(s), 1, index})
}

// pair runs two functions in goroutines of their own, the second after the first.
func pair(first, second func()) {
	var done sync.WaitGroup
	done.Add(2)
	go func() {
		defer done.Done()
		first()
	}()
	time.Sleep(moment)
	go func() {
		defer done.Done()
		second()
	}()
	done.Wait()
}

func main() {
	if len(os.Args) < 3 {
		var names []string
		for name := range kinds {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			fmt.Println(name)
		}
		return
	}
	run, ok := kinds[os.Args[2]]
	if !ok {
		fmt.Fprintln(os.Stderr, "no such kind:", os.Args[2])
		os.Exit(64)
	}
	said.Kind = os.Args[2]
	run()
	text, err := json.Marshal(said)
	if err == nil {
		err = os.WriteFile(os.Args[1], text, 0o600)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

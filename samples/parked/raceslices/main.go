// Command raceslices races for one element of an array that two slices share, and then waits to be looked at, with everything still in use. Arguments: a
// file for the truth, then a kind. Built with -race it prints one report, then "ready".
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"time"
	"unsafe"
)

// Between the two accesses: long enough for the first to be over, and no synchronisation.
const moment = 10 * time.Millisecond

type header struct {
	Name     string
	Pointer  uint64
	Length   int
	Capacity int
	Size     int
	Index    int
}

type truth struct {
	Address    uint64
	Slices     []header
	Array      uint64
	ArrayIndex int
}

var said truth

// note keeps what is known of a slice.
func note[T any](name string, s []T, index int) {
	said.Slices = append(said.Slices, header{name, uint64(uintptr(unsafe.Pointer(&s[:1][0]))), len(s), cap(s), int(unsafe.Sizeof(s[0])), index})
}

func is[T any](array []T, index int) {
	said.Array = uint64(uintptr(unsafe.Pointer(&array[0])))
	said.ArrayIndex = index
	said.Address = uint64(uintptr(unsafe.Pointer(&array[index])))
}

// pair runs two functions in goroutines of their own, the second after the first; both go on for ever.
func pair(first, second func()) {
	go first()
	time.Sleep(moment)
	go second()
	time.Sleep(moment)
}

// park waits and keeps what it is given.
func park[T any](s []T) {
	time.Sleep(time.Hour)
	runtime.KeepAlive(s)
}

var (
	table  = make([]int, 12)
	window []int
)

func globals() {
	window = table[4:8]
	note("main.window", window, 1)
	note("main.table", table, 5)
	is(table, 5)
	pair(func() {
		window[1] = 1 // race:first globals
		park(window)
	}, func() {
		table[5] = 2 // race:second globals
		park(table)
	})
}

func locals() {
	data := make([]int32, 10)
	left, right := data[3:6], data[4:7]
	note("left", left, 1)
	note("right", right, 0)
	is(data, 4)
	pair(func() {
		left[1] = 1 // race:first locals
		park(left)
	}, func() {
		right[0] = 2 // race:second locals
		park(right)
	})
	go park(data)
	time.Sleep(moment)
}

type point struct{ x, y, z int64 }

type batch struct {
	id    int
	items []point
}

type server struct {
	name  string
	batch *batch
}

//go:noinline
func (b *batch) fill(i int) {
	b.items[i].z = 7 // race:first fields
	time.Sleep(time.Hour)
	runtime.KeepAlive(b)
}

//go:noinline
func (s *server) view(i int) {
	tail := s.batch.items[2:]
	tail[i-2] = point{} // race:second fields
	park(tail)
	runtime.KeepAlive(s)
}

func fields() {
	s := &server{name: "one", batch: &batch{id: 3, items: make([]point, 6, 9)}}
	note("b.items", s.batch.items, 3)
	note("tail", s.batch.items[2:], 1)
	is(s.batch.items, 3)
	said.Address += uint64(unsafe.Offsetof(point{}.z))
	pair(func() { s.batch.fill(3) }, func() { s.view(3) })
}

var kinds = map[string]func(){"globals": globals, "locals": locals, "fields": fields}

func main() {
	if len(os.Args) < 3 || kinds[os.Args[2]] == nil {
		fmt.Fprintln(os.Stderr, "usage: raceslices TRUTH-FILE globals|locals|fields")
		os.Exit(64)
	}
	kinds[os.Args[2]]()
	text, err := json.Marshal(said)
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

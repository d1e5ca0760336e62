// Slices that one goroutine appends to while another still uses the array that an append left: in a field, a package variable, a
// captured variable, and through unsafe.Pointer; and a twin that keeps a lock around the header and the element. Each append and access is
// marked, and each pair takes turns by channels, so that the access always comes after the append, without hiding it from the code.
//
//	appendwindow [field|global|captured|unsafe|twin] ...   all of them without arguments; after "gc" with a collection in between
package main

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"unsafe"
)

type journal struct {
	name    string
	entries []int
}

type ledger struct {
	lock sync.Mutex
	rows []int
}

type buffer struct {
	bytes []int
}

var recent = make([]int, 4)

// turns lets the access happen after the append and tells the append's side when it has.
type turns struct {
	loaded, grown, done chan struct{}
}

// collects makes the append's side collect garbage before it tells: the array's memory can then be something else.
var collects bool

func (t turns) tell() {
	if collects {
		runtime.GC()
	}
	close(t.grown)
}

func newTurns() turns {
	return turns{make(chan struct{}), make(chan struct{}), make(chan struct{})}
}

//go:noinline
func (j *journal) add(n int) {
	j.entries = append(j.entries, n) // append:field
}

//go:noinline
func (j *journal) rewrite(t turns) {
	old := j.entries // load:field
	close(t.loaded)
	<-t.grown
	old[0] = 7 // access:field
	close(t.done)
}

func field() {
	j, t := &journal{name: "field", entries: make([]int, 4)}, newTurns()
	go j.rewrite(t)
	<-t.loaded
	j.add(5)
	t.tell()
	<-t.done
	fmt.Println(j.name, j.entries[0])
}

//go:noinline
func remember(n int) {
	recent = append(recent, n) // append:global
}

//go:noinline
func replace(t turns) {
	old := recent // load:global
	close(t.loaded)
	<-t.grown
	old[1] = 8 // access:global
	close(t.done)
}

func global() {
	t := newTurns()
	go replace(t)
	<-t.loaded
	remember(5)
	t.tell()
	<-t.done
	fmt.Println("global", recent[1])
}

func captured() {
	t := newTurns()
	var list []int
	list = make([]int, 4)
	go func() {
		old := list // load:captured
		close(t.loaded)
		<-t.grown
		old[2] = 9 // access:captured
		close(t.done)
	}()
	<-t.loaded
	list = append(list, 5) // append:captured
	t.tell()
	<-t.done
	fmt.Println("captured", list[2])
}

//go:noinline
func (b *buffer) push(n int) {
	b.bytes = append(b.bytes, n) // append:unsafe
}

//go:noinline
func (b *buffer) poke(t turns) {
	first := unsafe.Pointer(&b.bytes[0]) // load:unsafe
	close(t.loaded)
	<-t.grown
	*(*int)(first) = 10 // access:unsafe
	close(t.done)
}

func unsafePointer() {
	b, t := &buffer{bytes: make([]int, 4)}, newTurns()
	go b.poke(t)
	<-t.loaded
	b.push(5)
	t.tell()
	<-t.done
	fmt.Println("unsafe", b.bytes[0])
}

//go:noinline
func (l *ledger) add(n int) {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.rows = append(l.rows, n) // append:twin
}

//go:noinline
func (l *ledger) correct(n int) {
	l.lock.Lock()
	defer l.lock.Unlock()
	rows := l.rows[:len(l.rows)] // load:twin
	rows[0] = n                  // access:twin
}

func twin() {
	l := &ledger{rows: make([]int, 4)}
	var wait sync.WaitGroup
	wait.Add(1)
	go func() {
		defer wait.Done()
		for n := 0; n < 100; n++ {
			l.correct(n)
		}
	}()
	for n := 0; n < 100; n++ {
		l.add(n)
	}
	wait.Wait()
	fmt.Println("twin", l.rows[0] == 99)
}

func main() {
	kinds := map[string]func(){"field": field, "global": global, "captured": captured, "unsafe": unsafePointer, "twin": twin, "gc": func() { collects = true }}
	chosen := os.Args[1:]
	if len(chosen) == 0 {
		chosen = []string{"field", "global", "captured", "unsafe", "twin"}
	}
	for _, kind := range chosen {
		run, isKnown := kinds[kind]
		if !isKnown {
			fmt.Fprintln(os.Stderr, "no such kind:", kind)
			os.Exit(2)
		}
		run()
	}
}

// Structs with known layouts, some of them written by several goroutines. Marks say what a static reader must and must not find.
package main

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// counters is shared falsely: two goroutines write two fields of one line.
type counters struct {
	hits   int64
	misses int64
	name   string
}

// padded has the same fields a line apart.
type padded struct {
	hits   int64
	_      [56]byte
	misses int64
	_      [56]byte
}

// ordered is written by one goroutine only.
type ordered struct {
	first  int64
	second int64
}

// atomics is written with atomic instructions.
type atomics struct {
	sent     uint64
	received uint64
	done     uint32
}

// guarded holds a lock beside the data of another goroutine.
type guarded struct {
	mu    sync.Mutex
	total int64
	ticks int64
}

// named gets its number while it is made, from code with a slow path that copies memory; later only its hits are written.
type named struct {
	hits int64
	id   int64
}

// late gets its number when another goroutine has it already.
type late struct {
	hits int64
	id   int64
}

// holey wastes memory.
type holey struct {
	a bool
	b int64
	c bool
	d int32
	e bool
	f [3]inner
	g interface{}
	h complex64
	i struct{}
}

type inner struct {
	x byte
	y uint16
	z uint32
}

type embeds struct {
	inner
	*holey
	sync.RWMutex
	last [0]int64
}

type pair[K comparable, V any] struct {
	key K
	ok  bool
	val V
}

var global struct {
	counters
	more int
}

var shared counters

func (c *counters) hit() { c.hits++ }

//go:noinline
func (c *counters) miss() { c.misses += 2 }

func countHits(c *counters) {
	for {
		c.hit()
		time.Sleep(time.Microsecond)
	}
}

func countMisses(c *counters) {
	for {
		c.miss()
		time.Sleep(time.Microsecond)
	}
}

func send(a *atomics) {
	for {
		atomic.AddUint64(&a.sent, 1)
	}
}

func receive(a *atomics) {
	for atomic.LoadUint32(&a.done) == 0 {
		atomic.AddUint64(&a.received, 1)
	}
}

func lockTotal(g *guarded) {
	for {
		g.mu.Lock()
		g.total++
		g.mu.Unlock()
	}
}

func tick(g *guarded) {
	for {
		g.ticks++
	}
}

func fillPadded(p *padded) {
	for {
		p.hits++
	}
}

func drainPadded(p *padded) {
	for {
		p.misses++
	}
}

func fillOrdered(o *ordered) {
	for {
		o.first++
		o.second++
	}
}

var (
	names     [16][32]byte
	nameCount int64
)

// register gives a name a number; the compiler puts the copy behind the end of whoever calls it.
func register(name string) int64 {
	if nameCount >= int64(len(names)) {
		return 0
	}
	copy(names[nameCount][:], name)
	nameCount++
	return nameCount
}

func newNamed(name string) *named {
	n := &named{}
	n.id = register(name)
	return n
}

func hitNamed(n *named) {
	for {
		n.hits++
	}
}

func hitLate(l *late) {
	for {
		l.hits++
	}
}

//go:noinline
func argumentCount() int64 { return int64(len(os.Args)) }

func main() {
	c := &counters{name: os.Args[0]}
	c.hits = 1
	c.misses = argumentCount()
	go countHits(c)
	go countMisses(c)
	go countHits(&shared)
	go countMisses(&shared)
	a := &atomics{}
	go send(a)
	go receive(a)
	g := &guarded{}
	go lockTotal(g)
	go tick(g)
	p := &padded{}
	go fillPadded(p)
	go drainPadded(p)
	o := &ordered{}
	go fillOrdered(o)
	go hitNamed(newNamed("first"))
	l := &late{}
	go hitLate(l)
	l.id = register(os.Args[0])
	ch := make(chan pair[string, int8], 4)
	go func() {
		for v := range ch {
			fmt.Println(v)
		}
	}()
	ch <- pair[string, int8]{"a", true, 1}
	select {
	case ch <- pair[string, int8]{}:
	case <-time.After(time.Millisecond):
	default:
	}
	close(ch)
	fmt.Println(holey{}, embeds{}, &global, pair[int32, *holey]{}, len(ch), cap(ch))
	fmt.Println(map[pair[int32, string]]embeds{}, make(map[string]counters))
}

// Program entrypoints uses the language in every way that the compiler turns into a call of the runtime. It is built and read, never judged by its output.
package main

import (
	"fmt"
	"os"
	"runtime"
	"sync"
)

type wide struct{ a, b, c int }

type fat [1100]byte

type pointers struct {
	next *pointers
	name string
	list []int
}

func (p pointers) String() string { return p.name }

type other interface{ Other() int }

var (
	sink   any
	text   string
	number int
	keep   *pointers
	table  []pointers
	square [2]pointers
)

//go:noinline
func maps(n int, s string) {
	generic := make(map[wide]int)
	sized := make(map[wide]int, n)
	small := make(map[uint32]int)
	words := make(map[uint64]int)
	pointed := make(map[*int]int)
	strings := make(map[string]int)
	bulky := make(map[string]fat)
	sink = []any{generic, sized, small, words, pointed, strings, bulky}
	generic[wide{a: n}] = n
	small[uint32(n)] = n
	words[uint64(n)] = n
	pointed[&number] = n
	strings[s] = n
	number += generic[wide{b: n}] + small[uint32(n)] + words[uint64(n)] + strings[s]
	_, a := generic[wide{c: n}]
	_, b := small[uint32(n+1)]
	_, c := words[uint64(n+1)]
	_, d := strings[s+"x"]
	f := bulky[s]
	g, ok := bulky[text]
	if a || b || c || d || ok {
		number += int(f[n]) + int(g[n])
	}
	delete(generic, wide{a: n})
	delete(small, uint32(n))
	delete(words, uint64(n))
	delete(strings, s)
	for k, v := range words {
		number += int(k) + v
	}
	for k := range strings {
		delete(strings, k)
	}
}

//go:noinline
func channels(n int, c, d chan int) {
	e := make(chan int, n)
	c <- n
	number += <-d
	for v := range c {
		number += v
	}
	select {
	case c <- n:
	case v := <-d:
		number += v
	case <-e:
	}
	select {
	case c <- n:
	default:
	}
	select {
	case v := <-d:
		number += v
	default:
	}
	close(e)
}

//go:noinline
func forever() { select {} }

//go:noinline
func deferred(n int) {
	for i := 0; i < n; i++ {
		defer func() { number += i }()
	}
	defer func() {
		if r := recover(); r != nil {
			sink = r
		}
	}()
	if n > 100 {
		panic(n)
	}
}

// More than eight defers: none is open coded, and their records lie in the frame.
//
//go:noinline
func nine(n int) {
	defer note(n)
	defer note(n)
	defer note(n)
	defer note(n)
	defer note(n)
	defer note(n)
	defer note(n)
	defer note(n)
	defer note(n)
	number++
}

//go:noinline
func note(n int) { number += n }

//go:noinline
func bounds(list []int, s string, i, j int) int {
	var array [8]int
	copy(array[:], list)
	sub := list[i:j]
	head := list[:j]
	end := s[:j]
	return list[i] + array[j] + len(sub) + len(head) + len(end) + i/j + 1<<i
}

//go:noinline
func memory(n int, p *pointers, q []pointers) {
	keep = &pointers{next: p}
	table = append(table, *p)
	sink = make([]int, n)
	sink = make([]fat, n)
	for i := range q {
		q[i] = pointers{}
	}
	for i := range table {
		number += copy(table[i].list, p.list)
	}
	square[n] = square[number]
	keep.next, keep.list = p, p.list
	table[n] = *keep
	zeroed := make([]byte, 4096)
	for i := range zeroed {
		zeroed[i] = 0
	}
	sink = zeroed
	work := new(fat)
	*work = fat{}
	sink = work
}

//go:noinline
func interfaces(v, w any, x, y fmt.Stringer) bool {
	sink = *keep
	sink = wide{a: number}
	sink = number * 1000
	sink = text + "!"
	sink = table[1:]
	if s, ok := v.(fmt.Stringer); ok {
		text = s.String()
	}
	number += v.(other).Other()
	switch t := w.(type) {
	case fmt.Stringer:
		text += t.String()
	case other:
		number += t.Other()
	}
	number += w.(int) + x.(wideText).a
	return v == w && x == y
}

type wideText wide

func (w wideText) String() string { return fmt.Sprint(w.a) }

//go:noinline
func strings(a, b string, list []byte, runes []rune) {
	text = a + b
	text += a + b + a + text + b + a + b
	text += string(list) + string(runes) + string(rune(number))
	sink = []byte(a)
	sink = []rune(b)
	for _, r := range a {
		number += int(r)
	}
}

type guarded struct {
	mu   sync.Mutex
	rw   sync.RWMutex
	wg   sync.WaitGroup
	once sync.Once
}

//go:noinline
func locks(g *guarded) {
	g.mu.Lock()
	g.mu.Unlock()
	g.rw.RLock()
	g.rw.RUnlock()
	g.rw.Lock()
	g.rw.Unlock()
	g.wg.Add(1)
	g.wg.Done()
	g.wg.Wait()
	g.once.Do(func() { number++ })
}

func main() {
	n := len(os.Args)
	maps(n, os.Args[0])
	if n > 1 {
		go forever()
		channels(n, make(chan int), make(chan int))
		deferred(n)
		nine(n)
		number += bounds(make([]int, n), os.Args[0], n, number)
		memory(n, &pointers{}, table)
		number += map[bool]int{true: 1}[interfaces(sink, os.Args, keep, wideText{})]
		strings(os.Args[0], text, []byte(text), []rune(text))
		locks(new(guarded))
		newer(n)
		runtime.Goexit()
	}
}

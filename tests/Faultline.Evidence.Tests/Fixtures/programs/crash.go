// Command crash dies in the way that its first argument names, so that the logs in the folder above can be made again.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"sync"
	"time"
	"unsafe"
)

type store struct {
	mu    sync.Mutex
	items map[string]int
}

//go:noinline
func (s *store) put(key string, value int) { s.items[key] = value }

//go:noinline
func (s *store) get(key string) int { return s.items[key] }

func main() {
	way, known := ways[os.Args[1]]
	if !known {
		os.Exit(64)
	}
	way()
	time.Sleep(10 * time.Second)
}

var ways = map[string]func(){
	"mapww":     mapWrites,
	"maprw":     mapReadWrite,
	"mapiter":   mapIteration,
	"chain":     chain,
	"repanic":   repanic,
	"multiline": func() { panic("first line\nsecond line\n\nfourth [recovered]") },
	"errvalue":  func() { panic(fmt.Errorf("wrapped: %w", errors.New("inner"))) },
	"custom":    func() { panic(custom{1, "x"}) },
	"nilderef":  nilDereference,
	"fault":     func() { *(*int)(unsafe.Pointer(badAddress)) = 1 },
	"deep":      func() { deep(150) },
	"overflow":  func() { overflow(1) },
	"deadlock":  deadlock,
	"goexit":    func() { runtime.Goexit() },
	"goexits":   func() { go func() { panic("during goexit") }(); runtime.Goexit() },
	"unlock":    func() { go block(); var mu sync.Mutex; time.Sleep(10 * time.Millisecond); mu.Unlock() },
	"fatalinpanic": func() {
		var mu sync.Mutex
		defer mu.Unlock()
		panic("first")
	},
	"park":      park,
	"ancestors": func() { startFirst(); time.Sleep(time.Second) },
	"labels":    labels,
	"generic":   func() { (&pair[string, int]{key: "k"}).fail(badMap) },
	"arguments": func() { arguments(nested{1, inner{2, [2]int{3, 4}, "text"}}, []byte("abc"), 1.5, 7, nil, -1) },
	"dumps":     dumps,
	"noise":     noise,
}

var (
	badAddress uintptr = 0x123456789
	badMap     map[string]int
)

func block() { select {} }

func mapWrites() {
	s := &store{items: map[string]int{}}
	go block()
	go func() {
		for {
			s.put("a", 1)
		}
	}()
	for {
		s.put("b", 2)
	}
}

func mapReadWrite() {
	s := &store{items: map[string]int{"a": 1}}
	for i := 0; i < 3; i++ {
		go func(key string) {
			for {
				s.get(key)
			}
		}(fmt.Sprint("a", i))
	}
	for {
		s.put("b", 2)
	}
}

func mapIteration() {
	s := &store{items: map[string]int{"a": 1, "b": 2}}
	go func() {
		for {
			s.put("b", 2)
		}
	}()
	for {
		for range s.items {
		}
	}
}

func chain() {
	defer func() {
		defer func() { panic(fmt.Sprint("third after ", recover())) }()
		panic(errors.New("second"))
	}()
	panic("first")
}

func repanic() {
	defer func() {
		panic(recover())
	}()
	panic("one")
}

type custom struct {
	n int
	s string
}

func nilDereference() {
	var s *store
	fmt.Println(s.get("x"))
}

//go:noinline
func deep(n int) int {
	if n == 0 {
		panic("deep enough")
	}
	return deep(n-1) + 1
}

//go:noinline
func overflow(n int) int { return overflow(n+1) + overflow(n+2) }

func deadlock() {
	var a, b sync.Mutex
	var group sync.WaitGroup
	a.Lock()
	group.Add(1)
	go func() { b.Lock(); defer group.Done(); a.Lock() }()
	group.Wait()
}

func park() {
	var mu sync.Mutex
	var rw sync.RWMutex
	var group sync.WaitGroup
	cond := sync.NewCond(&mu)
	group.Add(1)
	rw.Lock()
	go group.Wait()
	go rw.RLock()
	go func() { mu.Lock(); cond.Wait() }()
	go func() { runtime.LockOSThread(); select {} }()
	go func() { var c chan int; <-c }()
	go func() { var c chan int; c <- 1 }()
	go func() { c := make(chan int); c <- 1 }()
	go func() { time.Sleep(time.Minute) }()
	go func() {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err == nil {
			listener.Accept()
		}
	}()
	go func() {
		for {
		}
	}()
	time.AfterFunc(time.Millisecond, block)
	time.Sleep(time.Minute)
}

func startFirst()  { go startSecond() }
func startSecond() { go startThird() }
func startThird()  { panic("grandchild") }

func labels() {
	set := pprof.Labels("path", "/a b/c", "req", "42", "odd", "q\"]: }{,\n\u00e9")
	go pprof.Do(context.Background(), set, func(context.Context) { select {} })
	time.Sleep(10 * time.Millisecond)
	panic("labelled")
}

type pair[K comparable, V any] struct {
	key   K
	value V
}

//go:noinline
func (p *pair[K, V]) fail(m map[K]V) { m[p.key] = p.value }

type inner struct {
	a int
	b [2]int
	s string
}

type nested struct {
	x int8
	i inner
}

//go:noinline
func arguments(n nested, b []byte, f float64, i uint8, e error, minus int) {
	panic(fmt.Sprint(n, b, f, i, e, minus))
}

// dumps logs stacks without dying, as servers do that recover.
func dumps() {
	done := make(chan bool)
	go block()
	for i := 0; i < 2; i++ {
		go func() {
			defer func() {
				fmt.Fprintf(os.Stderr, "2026/01/02 03:04:05 http: panic serving 127.0.0.1:4242: %v\n%s", recover(), debug.Stack())
				done <- true
			}()
			badMap["x"] = 1
		}()
		<-done
	}
	fmt.Fprintln(os.Stderr, "2026/01/02 03:04:05 all of them:")
	pprof.Lookup("goroutine").WriteTo(os.Stderr, 2)
	os.Exit(0)
}

// noise prints while it dies.
func noise() {
	for i := 0; i < 2; i++ {
		go func() {
			for n := 0; ; n++ {
				fmt.Fprintf(os.Stderr, "2026/01/02 03:04:05 served request %d (ok) in main.handler()\n", n)
			}
		}()
	}
	mapWrites()
}

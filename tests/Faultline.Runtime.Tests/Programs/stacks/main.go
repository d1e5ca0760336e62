// Command stacks makes stacks of many shapes.
//
//	stacks park N   N goroutines wait, on stacks that no two neighbours share; "ready" is printed, then the program waits to be killed
//	stacks busy     threads compute for ever; "ready" is printed first
//	stacks step     the main thread hits a breakpoint, runs through functions of all kinds once, and hits another
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

var (
	parked sync.WaitGroup
	never  = make(chan int)
	locked sync.Mutex
	sink   int
	text   string
)

func init() { runtime.LockOSThread() }

func main() {
	switch os.Args[1] {
	case "park":
		count, _ := strconv.Atoi(os.Args[2])
		park(count)
	case "busy":
		busy()
	case "step":
		debug.SetGCPercent(-1)
		grow(200)
		walk(1)
		runtime.Breakpoint()
		walk(2)
		runtime.Breakpoint()
	}
}

// Waiting, deep and shallow.

type waiter interface{ wait(n int) int }
type byValue struct{ pad [12]int }
type byPointer struct{ next waiter }

func (v byValue) wait(n int) int { v.pad[n%12] = n; parked.Done(); return v.pad[3] + <-never }
func (p *byPointer) wait(n int) int {
	if n > 0 {
		return p.next.wait(n-1) + 1
	}
	parked.Done()
	return <-never
}

func recurse(n int, f func() int) int {
	var room [20]int
	if n == 0 {
		return f()
	}
	room[n%20] = recurse(n-1, f)
	return room[n%20] + n
}

func inlinedOuter(n int) int { return inlinedMiddle(n) + 1 }
func inlinedMiddle(n int) int { return inlinedInner(n) + 2 }
func inlinedInner(n int) int {
	parked.Done()
	return n + <-never
}

func large(n int) int {
	var room [9000]byte
	for i := range room {
		room[i] = byte(i * n)
	}
	parked.Done()
	return int(room[<-never])
}

func generic[T any](value T, f func(T) int) int { return f(value) + 1 }

func deferred(n int) (result int) {
	defer func() {
		parked.Done()
		result = <-never
	}()
	return n * 2
}

func faulting(n int) (result int) {
	defer func() {
		recover()
	}()
	defer func() {
		parked.Done()
		<-never
	}()
	var nothing *[4]int
	return nothing[n%4] + leafFault(nothing, n)
}

//go:noinline
func leafFault(p *[4]int, n int) int { return p[n%4] }

func callNil() (result int) {
	defer func() {
		parked.Done()
		<-never
	}()
	var f func() int
	return f() + 1
}

func selecting(n int) int {
	other := make(chan int)
	parked.Done()
	select {
	case v := <-never:
		return v
	case v := <-other:
		return v + n
	}
}

func locking() int {
	parked.Done()
	locked.Lock()
	return 1
}

func sorting(n int) int {
	numbers := make([]int, n%30+2)
	done := false
	sort.Slice(numbers, func(i, j int) bool {
		if !done {
			done = true
			parked.Done()
			<-never
		}
		return i < j
	})
	return 0
}

func park(count int) {
	locked.Lock()
	parked.Add(count)
	for i := 0; i < count; i++ {
		n := i
		switch n % 12 {
		case 0:
			go recurse(n%150, func() int { return inlinedOuter(n) })
		case 1:
			go byValue{}.wait(n)
		case 2:
			go (&byPointer{&byPointer{byValue{}}}).wait(n % 3)
		case 3:
			go large(n)
		case 4:
			go recurse(n%9, func() int { return generic("x", func(s string) int { return inlinedOuter(len(s)) }) })
		case 5:
			go deferred(n)
		case 6:
			go recurse(n%5, func() int { return faulting(n) })
		case 7:
			go selecting(n)
		case 8:
			go locking()
		case 9:
			go sorting(n)
		case 10:
			go func() { parked.Done(); time.Sleep(time.Hour) }()
		case 11:
			go callNil()
		}
	}
	parked.Wait()
	for i := 0; i < 2; i++ {
		go spin(i)
	}
	time.Sleep(50 * time.Millisecond)
	fmt.Println("ready")
	time.Sleep(time.Hour)
}

func spin(n int) {
	for {
		sink += fib(20) + n
	}
}

//go:noinline
func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

// Running.

func busy() {
	for i := 0; i < 3; i++ {
		go func(i int) {
			for {
				walk(i)
				recurse(i*40, func() int { return walkAll(i) })
			}
		}(i)
	}
	fmt.Println("ready")
	time.Sleep(time.Hour)
}

func walkAll(n int) int {
	walk(n)
	garbage(n)
	return 1
}

//go:noinline
func garbage(n int) {
	kept := map[int][]byte{}
	for i := 0; i < 200; i++ {
		kept[i%50] = make([]byte, 100+i*n)
	}
	sink += len(kept)
}

//go:noinline
func grow(n int) int {
	var room [128]int
	if n == 0 {
		return 0
	}
	room[n%128] = grow(n - 1)
	return room[(n+1)%128]
}

//go:noinline
func frameless(a, b int) int { return a*3 + b }

//go:noinline
func many(a, b, c, d, e, f, g, h, i, j, k int) int { return frameless(a, k) + b*c - d + e*f + g - h*i + j }

//go:noinline
func fails(n int) error {
	if n > 0 {
		return fmt.Errorf("failed %d: %w", n, errors.New("inner"))
	}
	return nil
}

//go:noinline
func recovers(n int) (result int) {
	defer func() {
		if r := recover(); r != nil {
			result = n
		}
	}()
	panic(n)
}

//go:noinline
func bigFrame(n int) int {
	var room [400]int
	for i := 0; i < 20; i++ {
		room[(i*n)%400] = i
	}
	return room[n] + frameless(n, 1)
}

//go:noinline
func walk(n int) {
	sink += frameless(n, 2) + many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, n) + fib(5) + bigFrame(n)
	if err := fails(n); err != nil {
		sink += len(err.Error())
	}
	sink += recovers(n)
	text = strings.Repeat("ab", n+1) + strconv.Itoa(n)
	table := map[string]int{"a": n}
	for i := 0; i < 12; i++ {
		table[text[:i%len(text)]] += i
	}
	for key := range table {
		delete(table, key)
	}
	numbers := []int{5, 2, n, 9, 1, 7}
	sort.Ints(numbers)
	sink += numbers[0] + int(time.Now().UnixNano()&1)
	pipe := make(chan int, 1)
	pipe <- n
	sink += <-pipe
	func() {
		locked.Lock()
		defer locked.Unlock()
		sink++
	}()
	sink += generic(n, func(v int) int { return frameless(v, v) })
	runtime.Gosched()
}

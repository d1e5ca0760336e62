// Command shared has one variable for every way in which goroutines come to share one; the comments name what the compiler has to say.
package main

import (
	"fmt"
	"sync"
)

type counter struct{ n int }

type adder interface{ add(int) }

func (c *counter) add(n int) { c.n += n }

var kept *counter

func pair(first, second func()) {
	var done sync.WaitGroup // moved: two literals and two calls
	done.Add(2)
	go func() {
		defer done.Done()
		first()
	}()
	go func() {
		defer done.Done()
		second()
	}()
	done.Wait()
}

func closures() {
	total := 0 // moved: by reference, passed
	pair(func() { total++ }, func() { total += 2 })
	fmt.Println(total)
}

func direct() int {
	hits := 0               // moved: by reference, a go statement
	data := make([]int, 10) // copied: its array is on the heap
	few := make([]int, 3)   // stays, and so does its array
	few[1] = 2
	go func() {
		hits++
		data[3] = hits
	}()
	hits++
	return hits + few[1]
}

func work(p *int, done chan bool) { *p++; done <- true }

func call() {
	n := 0 // moved: its address is what the goroutine gets
	done := make(chan bool)
	go work(&n, done)
	n++
	<-done
}

func method() {
	c := counter{} // moved: the receiver of a goroutine's method
	go c.add(1)
	c.n++
}

func returned() func() int {
	next := 0 // moved: the literal is returned
	return func() int { next++; return next }
}

func leak(c *counter) *counter { return c }

func keep(c *counter) { kept = c }

func sized(n int) []int { s := make([]int, n); return s[:0] }

func main() {
	closures()
	direct()
	call()
	method()
	returned()()
	c := counter{}
	keep(leak(&c))
	var a adder = &c
	a.add(len(sized(4)))
}

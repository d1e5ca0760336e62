// Command stacks keeps all processors busy on stacks of many shapes until it is killed: recursion to different depths, code that is
// inlined, sorting with closures, maps, strings, channels, errors and garbage. bench/unwind records it.
package main

import (
	"errors"
	"fmt"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
)

type tree struct {
	left, right *tree
	key         int
}

func (t *tree) insert(key int) *tree {
	if t == nil {
		return &tree{key: key}
	}
	if key < t.key {
		t.left = t.left.insert(key)
	} else {
		t.right = t.right.insert(key)
	}
	return t
}

func (t *tree) sum() int {
	if t == nil {
		return 0
	}
	return t.left.sum() + t.key + t.right.sum()
}

func scaled(n int) int  { return shifted(n) * 3 }
func shifted(n int) int { return n<<1 + offset(n) }
func offset(n int) int  { return n % 7 }

func words(n int) map[string]int {
	counts := make(map[string]int)
	for _, word := range strings.Fields(strings.Repeat("alpha beta gamma delta "+strconv.Itoa(n)+" ", 20)) {
		counts[word] += scaled(n)
	}
	return counts
}

func ordered(counts map[string]int) []string {
	keys := make([]string, 0, len(counts))
	for key := range counts {
		keys = append(keys, key)
	}
	sort.Slice(keys, func(i, j int) bool { return counts[keys[i]] < counts[keys[j]] })
	return keys
}

func check(n int) error {
	if n%3 == 0 {
		return fmt.Errorf("request %d: %w", n, errors.New("refused"))
	}
	return nil
}

func nested(depth, n int, work func(int) int) int {
	if depth == 0 {
		return work(n)
	}
	return nested(depth-1, n, work) + offset(depth)
}

func serve(requests <-chan int, answers chan<- int) {
	for n := range requests {
		answers <- nested(n%25, n, func(n int) int {
			var root *tree
			for i := 0; i < 200; i++ {
				root = root.insert((i * 7919) % 1009)
			}
			if err := check(n); err != nil {
				n += len(err.Error())
			}
			return root.sum() + len(ordered(words(n)))
		})
	}
}

func main() {
	requests, answers := make(chan int), make(chan int)
	var servers sync.WaitGroup
	for i := 0; i < 4*runtime.GOMAXPROCS(0); i++ {
		servers.Add(1)
		go func() {
			defer servers.Done()
			serve(requests, answers)
		}()
	}
	go func() {
		for n := 0; ; n++ {
			requests <- n
		}
	}()
	for range answers {
	}
	servers.Wait()
}

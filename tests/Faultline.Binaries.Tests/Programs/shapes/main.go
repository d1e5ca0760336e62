// Command shapes holds what the tests look for: named maps, generic functions, chains of inlined calls, and one live
// variable of every type whose layout is in the table.
package main

import (
	"os"
	"sync"
	"time"
)

type session struct {
	id   int64
	hits map[string]int
}

type pair[K comparable, V any] struct {
	key   K
	value V
	seen  map[K]V
}

//go:noinline
func (p *pair[K, V]) put(key K, value V) {
	p.key, p.value = key, value
	p.seen[key] = value
}

//go:noinline
func sum[T int | int32 | float64](values []T) (total T) {
	for _, value := range values {
		total += value
	}
	return total
}

var (
	sessions = map[int64]*session{}
	byName   = map[string]session{}
	matrix   = map[[2]int32][]float64{}
	nested   = map[string]map[int]chan bool{}
	table    [16]uint64
	results  = make(chan int, 4)

	mutex     sync.Mutex
	readers   sync.RWMutex
	waiters   sync.WaitGroup
	condition = sync.NewCond(&mutex)
	once      sync.Once
	registry  sync.Map
)

func innermost(n int) int {
	table[n&15]++
	return n * 3
}

func middle(n int) int {
	return innermost(n) + 1
}

func outer(n int) int {
	total := middle(n)
	total += middle(n + 2)
	return total
}

//go:noinline
func work(n int) int {
	total := outer(n)
	func() {
		defer readers.RUnlock()
		readers.RLock()
		total += outer(n + 9)
	}()
	return total
}

func main() {
	once.Do(func() { registry.Store("start", time.Now()) })
	waiters.Add(1)
	go func() {
		defer waiters.Done()
		mutex.Lock()
		sessions[7] = &session{id: 7, hits: map[string]int{"a": 1}}
		condition.Broadcast()
		mutex.Unlock()
		select {
		case results <- work(len(os.Args)):
		case <-time.After(time.Second):
		}
	}()
	waiters.Wait()
	byName["x"] = *sessions[7]
	matrix[[2]int32{1, 2}] = []float64{sum([]float64{1, 2})}
	nested["y"] = map[int]chan bool{1: make(chan bool)}
	ints := &pair[int, string]{seen: map[int]string{}}
	ints.put(sum([]int{1, 2}), "v")
	names := &pair[string, *session]{seen: map[string]*session{}}
	names.put("z", sessions[7])
	if value, ok := registry.LoadOrStore("k", 1); ok {
		println(value)
	}
	for key := range nested {
		println(key, <-results, sum([]int32{1}))
	}
	delete(sessions, 7)
	time.AfterFunc(time.Hour, func() {}).Stop()
}

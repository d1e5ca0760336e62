// Command mapwindow TRUTH-FILE KIND has a map of 20,000 entries that one goroutine writes while another reads, or writes, it; it dies of that. Each says
// in the file, before every operation, which entry it is at: that is the element under the key too.
// KIND is uint64, uint32, string or pair; KIND-writes has two writers, KIND-deletes deletes and puts back, KIND-grows adds new entries.
package main

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"example.com/faultline/samples/internal/goid"
)

const entries = 20000

type pair struct{ left, right int64 }

// Two words for each side: its goroutine and its entry.
var truth *[4]uint64

func share(path string) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		panic(err)
	}
	if err := file.Truncate(4096); err != nil {
		panic(err)
	}
	memory, err := syscall.Mmap(int(file.Fd()), 0, 4096, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		panic(err)
	}
	truth = (*[4]uint64)(unsafe.Pointer(&memory[0]))
}

type store[K comparable] struct {
	entries map[K]int
	keyOf   func(int) K
	found   int
}

func run[K comparable](keyOf func(int) K, verb string) {
	s := &store[K]{make(map[K]int), keyOf, 0}
	for i := 0; i < entries; i++ {
		s.entries[keyOf(i)] = i
	}
	if verb == "writes" {
		go work(0, s.write)
	} else {
		go work(0, s.read)
	}
	switch verb {
	case "deletes":
		go work(1, s.replace)
	case "grows":
		go work(1, s.add)
	default:
		go work(1, s.write)
	}
	time.Sleep(20 * time.Second)
	println("no crash")
}

func work(side int, step func(i int, at *uint64)) {
	atomic.StoreUint64(&truth[2*side], goid.Current())
	for i := side * entries / 2; ; i += 7 {
		step(i, &truth[2*side+1])
	}
}

func (s *store[K]) read(i int, at *uint64) {
	key := s.keyOf(i % entries)
	atomic.StoreUint64(at, uint64(i%entries))
	s.found += s.entries[key]
}

func (s *store[K]) write(i int, at *uint64) {
	key := s.keyOf(i % entries)
	atomic.StoreUint64(at, uint64(i%entries))
	s.entries[key] = i % entries
}

func (s *store[K]) replace(i int, at *uint64) {
	key := s.keyOf(i % entries)
	atomic.StoreUint64(at, uint64(i%entries))
	delete(s.entries, key)
	s.entries[key] = i % entries
}

func (s *store[K]) add(i int, at *uint64) {
	key := s.keyOf(i + entries)
	atomic.StoreUint64(at, uint64(i+entries))
	s.entries[key] = i + entries
}

func main() {
	share(os.Args[1])
	kind, verb, _ := strings.Cut(os.Args[2], "-")
	switch kind {
	case "uint64":
		run(func(i int) uint64 { return uint64(i) * 2654435761 }, verb)
	case "uint32":
		run(func(i int) uint32 { return uint32(i) * 40503 }, verb)
	case "string":
		run(func(i int) string { return "user-" + strconv.Itoa(i) }, verb)
	case "pair":
		run(func(i int) pair { return pair{int64(i), int64(-i)} }, verb)
	}
}

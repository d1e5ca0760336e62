//go:build go1.21

// Command mapops performs every kind of map operation a known number of times and prints the address of each map that it used:
// what a recording of it has to hold is known to the last operation.
package main

import (
	"fmt"
	"maps"
	"reflect"
	"unsafe"
)

const rounds = 100

type wide struct{ bytes [1200]byte }

type pair struct{ left, right int64 }

// kept keeps every map alive and on the heap, so that no two of them ever share an address.
var kept []any

// report prints the map's address and how often each operation was performed on it.
func report(name string, m any, reads, writes, deletes, iterations, clears, clones int) {
	kept = append(kept, m)
	fmt.Printf("%s %#x read=%d write=%d delete=%d iterate=%d clear=%d clone=%d\n",
		name, uintptr((*[2]unsafe.Pointer)(unsafe.Pointer(&m))[1]), reads, writes, deletes, iterations, clears, clones)
}

func main() {
	words()
	numbers()
	pairs()
	wides()
	reflected()
	panic("all operations performed") // fault:panic
}

func words() {
	m := make(map[string]int)
	sum := 0
	for i := 0; i < rounds; i++ {
		m[fmt.Sprint(i)] = i
	}
	for i := 0; i < rounds; i++ {
		sum += m[fmt.Sprint(i)]
		if v, ok := m["none"]; ok {
			sum += v
		}
	}
	steps := 1 // the step that finds the end
	for range m {
		steps++
	}
	copied := maps.Clone(m)
	for i := 0; i < rounds/2; i++ {
		delete(m, fmt.Sprint(i))
	}
	clear(m)
	report("string", m, 2*rounds, rounds, rounds/2, steps, 1, 1)
	fmt.Println("copied", len(copied), sum)
}

func numbers() {
	m32 := make(map[uint32]uint32)
	m64 := make(map[int64]*int)
	for i := 0; i < rounds; i++ {
		m32[uint32(i)] = 1
		m64[int64(i)] = &i
	}
	found := 0
	for i := 0; i < 2*rounds; i++ {
		if m32[uint32(i)] == 1 {
			found++
		}
		if _, ok := m64[int64(i)]; ok {
			found++
		}
	}
	delete(m32, 1)
	delete(m64, 1)
	report("uint32", m32, 2*rounds, rounds, 1, 0, 0, 0)
	report("int64", m64, 2*rounds, rounds, 1, 0, 0, 0)
	fmt.Println("found", found)
}

func pairs() {
	m := make(map[pair]bool)
	found := 0
	for i := 0; i < rounds; i++ {
		m[pair{int64(i), 1}] = true
		if m[pair{int64(i), 2}] {
			found++
		}
		delete(m, pair{int64(i), 3})
	}
	report("pair", m, rounds, rounds, rounds, 0, 0, 0)
	fmt.Println("found", found)
}

func wides() {
	m := make(map[int]wide)
	total := 0
	for i := 0; i < rounds; i++ {
		m[i] = wide{}
		value := m[i]
		total += len(value.bytes)
		if value, ok := m[-1]; ok {
			total += len(value.bytes)
		}
	}
	report("wide", m, 2*rounds, rounds, 0, 0, 0, 0)
	fmt.Println("total", total)
}

func reflected() {
	m := make(map[string]string)
	v := reflect.ValueOf(m)
	for i := 0; i < rounds; i++ {
		v.SetMapIndex(reflect.ValueOf(fmt.Sprint(i)), reflect.ValueOf("x"))
		v.MapIndex(reflect.ValueOf("0"))
	}
	steps := 1
	for it := v.MapRange(); it.Next(); {
		steps++
	}
	for i := 0; i < rounds; i++ {
		v.SetMapIndex(reflect.ValueOf(fmt.Sprint(i)), reflect.Value{})
	}
	report("reflected", m, rounds, rounds, rounds, steps, 0, 0)
}

//go:build !go1.21

package main

func newer(int) {
	m := map[uint64]int{}
	sink = m
	for k := range m {
		delete(m, k)
	}
}

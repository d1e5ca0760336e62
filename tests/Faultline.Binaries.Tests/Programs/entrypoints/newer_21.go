//go:build go1.21

package main

import clones "maps"

func newer(n int) {
	m := map[uint64]int{uint64(n): n}
	sink = clones.Clone(m)
	later(n)
}

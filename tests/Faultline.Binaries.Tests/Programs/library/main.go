// Package main is a program, a C library, an archive and a plugin, depending on how it is built.
package main

/*
#include <stdlib.h>

static int twice(int n) { return n * 2 + abs(n); }
*/
import "C"

import "fmt"

type ledger struct{ rows map[string]int }

//go:noinline
func post(book *ledger, name string) int {
	book.rows[name]++
	return len(book.rows)
}

//export Post
func Post(count C.int) C.int {
	book := &ledger{rows: map[string]int{}}
	for row := 0; row < int(count); row++ {
		post(book, fmt.Sprint("row", C.twice(C.int(row))))
	}
	return C.int(len(book.rows))
}

func main() { fmt.Println(Post(3)) }

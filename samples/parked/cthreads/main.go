// Command cthreads has threads that C made: each sleeps in C, and calls into Go whenever it wakes. It says "ready" when all have, and then does what the lines of its
// standard input ask for: "fault" lets two of them write to a map until the runtime notices. Arguments: a file (not used here), how many threads.
package main

/*
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

extern void tick(int);

static void *run(void *argument) {
	int number = (int)(intptr_t)argument;
	for (;;) {
		usleep(1000);
		tick(number);
	}
	return 0;
}

static int start(int number) {
	pthread_t thread;
	return pthread_create(&thread, 0, run, (void *)(intptr_t)number);
}
*/
import "C"

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

var (
	faulty  int32
	met     sync.WaitGroup
	visited = map[int]int{}
	seen    [1000]int32
)

//export tick
func tick(number C.int) {
	if atomic.AddInt32(&seen[number], 1) == 1 {
		met.Done()
	}
	for atomic.LoadInt32(&faulty) != 0 && number < 2 {
		visit(int(number))
	}
}

//go:noinline
func visit(number int) {
	for i := 0; i < 1000; i++ {
		visited[i+number] = i // both-write
	}
}

func main() {
	threads, _ := strconv.Atoi(os.Args[2])
	met.Add(threads)
	for i := 0; i < threads; i++ {
		if failed := C.start(C.int(i)); failed != 0 {
			panic(failed)
		}
	}
	met.Wait()
	fmt.Println("ready")
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		switch words := strings.Fields(lines.Text()); words[0] {
		case "fault":
			atomic.StoreInt32(&faulty, 1)
			select {}
		case "exit":
			number, _ := strconv.Atoi(words[1])
			os.Exit(number)
		}
	}
}

// Command crowd parks goroutines and threads, says "ready", and then does what the lines of its standard input ask for: it is the subject of what
// watches a process from outside. Arguments: a file (not used here), how many goroutines, how many threads.
package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

var never = make(chan struct{})

//go:noinline
func parked(n int) int {
	if n > 0 {
		return parked(n-1) + 1
	}
	<-never
	return 0
}

// A thread of its own for each, waiting in the kernel.
func threaded(started *sync.WaitGroup) {
	runtime.LockOSThread()
	var ends [2]int
	if err := syscall.Pipe(ends[:]); err != nil {
		panic(err)
	}
	started.Done()
	syscall.Read(ends[0], make([]byte, 1))
}

func burn(until time.Time) int {
	work := 0
	for time.Now().Before(until) {
		for i := 0; i < 1000; i++ {
			work += i * i
		}
	}
	return work
}

// storm sends this process n signals that the program hears and n that only the runtime does.
func storm(n int) int {
	heard := make(chan os.Signal, n)
	signal.Notify(heard, syscall.SIGUSR1)
	for i := 0; i < n; i++ {
		syscall.Kill(os.Getpid(), syscall.SIGURG)
		syscall.Kill(os.Getpid(), syscall.SIGUSR1)
		<-heard
	}
	return n
}

func obey(words []string) {
	number := 0
	if len(words) > 1 {
		number, _ = strconv.Atoi(words[1])
	}
	switch words[0] {
	case "ping":
		fmt.Println("pong")
	case "exit":
		os.Exit(number)
	case "panic":
		panic("asked to")
	case "kill":
		syscall.Kill(os.Getpid(), syscall.Signal(number))
		<-never
	case "exec":
		fmt.Println(syscall.Exec(words[1], words[1:], os.Environ()))
	case "run":
		for i := 0; i < number; i++ {
			if err := exec.Command("/bin/true").Run(); err != nil {
				panic(err)
			}
		}
		fmt.Println("ran", number)
	case "storm":
		fmt.Println("heard", storm(number))
	case "threads":
		grow(0, number)
		fmt.Println("grown")
	case "burn":
		burn(time.Now().Add(time.Duration(number) * time.Millisecond))
		fmt.Println("burnt")
	}
}

func grow(goroutines, threads int) {
	for i := 0; i < goroutines; i++ {
		go parked(i % 20)
	}
	var started sync.WaitGroup
	started.Add(threads)
	for i := 0; i < threads; i++ {
		go threaded(&started)
	}
	started.Wait()
	runtime.Gosched()
}

func main() {
	goroutines, _ := strconv.Atoi(os.Args[2])
	threads, _ := strconv.Atoi(os.Args[3])
	grow(goroutines, threads)
	time.Sleep(20 * time.Millisecond)
	fmt.Println("ready")
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		obey(strings.Fields(lines.Text()))
	}
}

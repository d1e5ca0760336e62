// Command schedload gives the scheduler work of one kind for some milliseconds, to be watched with GODEBUG=schedtrace. The numbers of the
// goroutines that matter go to the file "truth", one a line.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

var kinds = map[string]func(){
	"healthy":   func() {},
	"saturated": saturate,
	"stuck":     stick,
	"syscalls":  block,
	"growing":   grow,
	"noisy":     chatter,
	"crash":     stick,
	"unstopped": refuse,
}

var (
	truthLock sync.Mutex
	truth     []string
)

func main() {
	if len(os.Args) != 3 || kinds[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: schedload KIND MILLISECONDS")
		os.Exit(64)
	}
	duration, _ := strconv.Atoi(os.Args[2])
	end := time.Now().Add(time.Duration(duration) * time.Millisecond)
	serve()
	kinds[os.Args[1]]()
	for time.Now().Before(end) {
		time.Sleep(5 * time.Millisecond)
	}
	truthLock.Lock()
	_ = os.WriteFile("truth", []byte(strings.Join(truth, "\n")), 0o644)
	if os.Args[1] == "crash" {
		panic("the end")
	}
}

// serve starts a few goroutines that are mostly asleep, share a lock and hand work on.
func serve() {
	jobs := make(chan int)
	var lock sync.Mutex
	done := 0
	for worker := 0; worker < 3; worker++ {
		go func(worker int) {
			for job := 0; ; job++ {
				time.Sleep(time.Duration(3+(job*7+worker*5)%11) * time.Millisecond)
				select {
				case jobs <- job:
				case <-jobs:
				case <-time.After(time.Millisecond):
				}
				lock.Lock()
				done++
				lock.Unlock()
			}
		}(worker)
	}
}

// saturate has more to compute than there are processors.
func saturate() {
	for i := 0; i < 8*runtime.GOMAXPROCS(0); i++ {
		go func() {
			for n := uint64(1); n != 0; {
				n = n*6364136223846793005 + 1442695040888963407 | 1
			}
		}()
	}
}

// stick leaves one goroutine on a channel that nobody sends to, holding a lock that another wants.
func stick() {
	var lock sync.Mutex
	held := make(chan bool)
	never := make(chan int)
	go func() {
		note()
		lock.Lock()
		held <- true
		<-never
		lock.Unlock()
	}()
	<-held
	go func() {
		note()
		lock.Lock()
		lock.Unlock()
	}()
}

// grow starts goroutines that do not end.
func grow() {
	go func() {
		for {
			go time.Sleep(time.Hour)
			time.Sleep(time.Millisecond)
		}
	}()
}

// chatter writes to standard error what gets into the scheduler's lines: short lines, lines with brackets, and lines without their ends.
func chatter() {
	for writer := 0; writer < 2; writer++ {
		go func(writer int) {
			for n := 0; ; n++ {
				switch n % 4 {
				case 0, 1:
					fmt.Fprintf(os.Stderr, "writer %d: request %d took [fast] time=%dms\n", writer, n, n%100)
				case 2:
					fmt.Fprintf(os.Stderr, "writer %d has begun ...", writer)
				default:
					fmt.Fprintf(os.Stderr, " and ended\n")
				}
				if n%4 == 3 {
					time.Sleep(200 * time.Microsecond)
				}
			}
		}(writer)
	}
}

// refuse runs without a safe point (with asyncpreemptoff=1) while a collection asks for one.
func refuse() {
	go func() {
		note()
		for n := uint64(1); n != 0; {
			n = n*6364136223846793005 + 1442695040888963407 | 1
		}
	}()
	go func() {
		time.Sleep(200 * time.Millisecond)
		runtime.GC()
	}()
}

func note() {
	var text [64]byte
	id := strings.Fields(string(text[:runtime.Stack(text[:], false)]))[1]
	truthLock.Lock()
	truth = append(truth, id)
	truthLock.Unlock()
}

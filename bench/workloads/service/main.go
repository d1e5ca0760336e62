// Command service answers its own HTTP requests for some seconds, with maps behind a lock, allocation and so garbage collection, and says what a
// request cost: the load of an ordinary service.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

const clients = 8

type account struct {
	Name   string
	Visits int
	Tags   []string
}

type store struct {
	mu       sync.Mutex
	accounts map[string]*account
}

func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Query().Get("name")
	s.mu.Lock()
	found := s.accounts[name]
	if found == nil {
		found = &account{Name: name, Tags: []string{"new", name}}
		s.accounts[name] = found
	}
	found.Visits++
	var answer bytes.Buffer
	err := json.NewEncoder(&answer).Encode(found)
	s.mu.Unlock()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Write(answer.Bytes())
}

func main() {
	seconds, err := strconv.Atoi(os.Args[1])
	if err != nil || seconds < 1 {
		fmt.Fprintln(os.Stderr, "usage: service SECONDS")
		os.Exit(64)
	}
	server := httptest.NewServer(&store{accounts: map[string]*account{}})
	start := time.Now()
	deadline := start.Add(time.Duration(seconds) * time.Second)
	var requests atomic.Int64
	var done sync.WaitGroup
	for i := 0; i < clients; i++ {
		done.Add(1)
		go func(client *http.Client) {
			defer done.Done()
			for n := 0; time.Now().Before(deadline); n++ {
				answer, err := client.Get(server.URL + "/?name=user-" + strconv.Itoa(n%5000))
				if err != nil {
					panic(err)
				}
				io.Copy(io.Discard, answer.Body)
				answer.Body.Close()
				requests.Add(1)
			}
		}(&http.Client{Transport: &http.Transport{}})
	}
	done.Wait()
	fmt.Printf("%.1f %d\n", float64(time.Since(start).Nanoseconds())/float64(requests.Load()), requests.Load())
}

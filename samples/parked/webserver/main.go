// Command webserver keeps 400 connections to itself open over HTTP: most are idle, some are in the middle of a request whose handler waits. It is a
// process with the goroutines of a real service. Argument: a file (not used here).
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	idle    = 300
	pending = 100
)

type gate struct {
	mu      sync.Mutex
	arrived sync.WaitGroup
}

// ServeHTTP answers at once, or, asked to wait, stands behind a lock until the process ends.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/wait" {
		g.arrived.Done()
		g.mu.Lock()
		defer g.mu.Unlock()
	}
	io.WriteString(w, "ok")
}

func get(client *http.Client, url string) error {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return err
}

func main() {
	door := &gate{}
	door.mu.Lock()
	door.arrived.Add(pending)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(listener, door)
	base := "http://" + listener.Addr().String()
	var opened sync.WaitGroup
	for i := 0; i < idle; i++ {
		opened.Add(1)
		// A transport of its own is a connection of its own.
		client := &http.Client{Transport: &http.Transport{}}
		go func() {
			defer opened.Done()
			if err := get(client, base+"/"); err != nil {
				panic(err)
			}
		}()
	}
	for i := 0; i < pending; i++ {
		client := &http.Client{Transport: &http.Transport{}}
		go get(client, base+"/wait")
	}
	opened.Wait()
	door.arrived.Wait()
	time.Sleep(100 * time.Millisecond)
	fmt.Println("ready")
	select {}
}

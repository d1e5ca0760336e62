// Command manygoroutines parks N goroutines (100,000 unless the first argument says otherwise) on a handful of distinct stacks and
// then lets two more race on a map: with GOTRACEBACK=all the log holds N+3 goroutines.
package main

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"example.com/faultline/samples/internal/deadline"
	"example.com/faultline/samples/ledger"
)

type client struct {
	id      uint32
	inbox   chan []byte
	limiter *sync.Mutex
}

type hub struct {
	mu      sync.Mutex
	gate    sync.RWMutex
	parked  sync.WaitGroup
	ready   *sync.Cond
	closing chan struct{}
	online  map[uint32]*client
	id      ledger.Map
}

var (
	siteSeen = ledger.NewSite(ledger.Read, "race:read")
	siteJoin = ledger.NewSite(ledger.Write, "race:write")
)

func (h *hub) receive(c *client, topic string) []byte {
	h.parked.Done()
	return <-c.inbox
}

func (h *hub) subscribe(c *client, topic string, depth int) []byte {
	if depth > 0 {
		return h.subscribe(c, topic, depth-1)
	}
	return h.receive(c, topic)
}

func (h *hub) publish(c *client, body []byte) {
	h.parked.Done()
	select {
	case c.inbox <- body:
	case <-h.closing:
	}
}

func (h *hub) throttle(c *client, weight float64) {
	h.parked.Done()
	c.limiter.Lock()
	defer c.limiter.Unlock()
}

func (h *hub) await(c *client, quorum int) {
	h.ready.L.Lock()
	defer h.ready.L.Unlock()
	h.parked.Done()
	for h.online != nil {
		h.ready.Wait()
	}
}

func (h *hub) inspect(c *client) int {
	h.parked.Done()
	h.gate.RLock()
	defer h.gate.RUnlock()
	return len(h.online)
}

func (h *hub) serve(c *client) {
	switch c.id % 6 {
	case 0:
		h.subscribe(c, "prices", int(c.id%5))
	case 1:
		h.publish(c, []byte{1, 2, 3})
	case 2:
		h.throttle(c, 0.5)
	case 3:
		h.await(c, 3)
	case 4:
		h.inspect(c)
	default:
		h.receive(c, "news")
	}
}

func (h *hub) seen() {
	log := ledger.Open("reader")
	found := 0
	for n := uint32(0); ; n++ {
		log.Enter(siteSeen, h.id)
		c := h.online[n%4096] // race:read
		log.Exit()
		if c != nil {
			found++
		}
	}
}

func (h *hub) join() {
	log := ledger.Open("writer")
	for n := uint32(0); ; n++ {
		c := &client{id: n}
		log.Enter(siteJoin, h.id)
		h.online[n%4096] = c // race:write
		log.Exit()
	}
}

func main() {
	count := 100_000
	if len(os.Args) > 1 {
		n, err := strconv.Atoi(os.Args[1])
		if err != nil || n < 0 {
			fmt.Fprintln(os.Stderr, "usage: manygoroutines [N]")
			os.Exit(64)
		}
		count = n
	}
	deadline.Arm()
	h := &hub{closing: make(chan struct{}), online: make(map[uint32]*client)}
	h.id = ledger.NewMap("hub.online", h.online)
	h.ready = sync.NewCond(&h.mu)
	h.gate.Lock()
	limiter := new(sync.Mutex)
	limiter.Lock()
	h.parked.Add(count)
	for i := 0; i < count; i++ {
		go h.serve(&client{id: uint32(i), inbox: make(chan []byte), limiter: limiter})
	}
	h.parked.Wait()
	time.Sleep(20 * time.Millisecond)
	go h.seen()
	go h.join()
	select {}
}

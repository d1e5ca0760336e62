// Command maphandlers has 200 connection handlers, each with its own mutex around a registry that they share. Every request is
// registered by a short-lived goroutine that has exited long before anybody looks.
package main

import (
	"sync"
	"time"

	"example.com/faultline/samples/internal/deadline"
	"example.com/faultline/samples/internal/neighbours"
	"example.com/faultline/samples/ledger"
)

type request struct {
	connection int
	started    time.Time
}

type registry struct {
	inflight map[uint64]*request
	id       ledger.Map
}

type handler struct {
	mu         sync.Mutex
	registry   *registry
	connection int
}

var (
	sitePreload  = ledger.NewSite(ledger.Write, "decoy:write startup")
	siteRegister = ledger.NewSite(ledger.Write, "race:write register")
	siteFinish   = ledger.NewSite(ledger.Delete, "race:delete finish")
)

func newRegistry(warm int) *registry {
	r := &registry{inflight: make(map[uint64]*request)}
	r.id = ledger.NewMap("registry.inflight", r.inflight)
	log := ledger.Open("main")
	for i := 0; i < warm; i++ {
		log.Enter(sitePreload, r.id)
		r.inflight[uint64(i)] = &request{connection: -1} // decoy:write startup
		log.Exit()
	}
	return r
}

func (h *handler) register(key uint64) {
	log := ledger.Open("register")
	defer log.Close()
	h.mu.Lock()
	defer h.mu.Unlock()
	fresh := &request{connection: h.connection, started: time.Now()}
	log.Enter(siteRegister, h.registry.id)
	h.registry.inflight[key] = fresh // race:write register
	log.Exit()
}

func (h *handler) finish(key uint64) {
	log := ledger.Open("finish")
	defer log.Close()
	h.mu.Lock()
	defer h.mu.Unlock()
	log.Enter(siteFinish, h.registry.id)
	delete(h.registry.inflight, key) // race:delete finish
	log.Exit()
}

func (h *handler) serve() {
	for n := uint64(0); ; n++ {
		key := uint64(h.connection)<<32 | n
		go h.register(key)
		time.Sleep(5 * time.Millisecond)
		go h.finish(key)
		time.Sleep(5 * time.Millisecond)
	}
}

func main() {
	deadline.Arm()
	shared := newRegistry(256)
	neighbours.Start()
	for i := 0; i < 200; i++ {
		h := &handler{registry: shared, connection: i}
		go h.serve()
	}
	select {}
}

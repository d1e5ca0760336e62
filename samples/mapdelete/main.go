// Command mapdelete has a connection table that a reaper deletes from under a lock that the router does not take.
package main

import (
	"sync"

	"example.com/faultline/samples/internal/deadline"
	"example.com/faultline/samples/internal/neighbours"
	"example.com/faultline/samples/ledger"
)

type connID uint32

type conn struct {
	peer  string
	bytes int64
}

type connTable struct {
	sync.Mutex
	conns map[connID]*conn
	id    ledger.Map
}

var (
	siteAccept = ledger.NewSite(ledger.Write, "decoy:write startup")
	siteRoute  = ledger.NewSite(ledger.Read, "race:read")
	siteReap   = ledger.NewSite(ledger.Delete, "race:delete")
)

func (t *connTable) accept(log *ledger.Slot, key connID) {
	t.Lock()
	defer t.Unlock()
	c := &conn{peer: "10.0.0.1:443"}
	log.Enter(siteAccept, t.id)
	t.conns[key] = c // decoy:write startup
	log.Exit()
}

func (t *connTable) route(log *ledger.Slot, key connID) *conn {
	log.Enter(siteRoute, t.id)
	c, ok := t.conns[key] // race:read
	log.Exit()
	if !ok {
		return nil
	}
	return c
}

func (t *connTable) reap(log *ledger.Slot, idle []connID) {
	for _, key := range idle {
		t.Lock()
		log.Enter(siteReap, t.id)
		delete(t.conns, key) // race:delete
		log.Exit()
		t.Unlock()
	}
}

func main() {
	deadline.Arm()
	t := &connTable{conns: make(map[connID]*conn)}
	t.id = ledger.NewMap("connTable.conns", t.conns)
	log := ledger.Open("main")
	for key := connID(0); key < 512; key++ {
		t.accept(log, key)
	}
	neighbours.Start()
	go func() {
		log := ledger.Open("router")
		routed := 0
		for key := connID(0); ; key = (key + 1) % 512 {
			if t.route(log, key) != nil {
				routed++
			}
		}
	}()
	go func() {
		log := ledger.Open("reaper")
		idle := make([]connID, 64)
		for base := connID(256); ; base += 64 {
			for i := range idle {
				idle[i] = base + connID(i)
			}
			t.reap(log, idle)
		}
	}()
	select {}
}

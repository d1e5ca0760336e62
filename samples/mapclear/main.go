//go:build go1.21

// Command mapclear has a batch buffer that is flushed with clear while another goroutine still asks it for duplicates.
package main

import (
	"sync"

	"example.com/faultline/samples/internal/deadline"
	"example.com/faultline/samples/internal/neighbours"
	"example.com/faultline/samples/ledger"
)

type event struct {
	source string
	weight int
}

type batch struct {
	mu      sync.Mutex
	pending map[uint64]event
	id      ledger.Map
}

var (
	siteSeen  = ledger.NewSite(ledger.Read, "race:read")
	siteAdd   = ledger.NewSite(ledger.Write, "race:write add")
	siteFlush = ledger.NewSite(ledger.Clear, "race:clear flush")
)

func (b *batch) seen(log *ledger.Slot, key uint64) bool {
	log.Enter(siteSeen, b.id)
	_, ok := b.pending[key] // race:read
	log.Exit()
	return ok
}

func (b *batch) add(log *ledger.Slot, key uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	log.Enter(siteAdd, b.id)
	b.pending[key] = event{source: "sensor", weight: 1} // race:write add
	log.Exit()
}

func (b *batch) flush(log *ledger.Slot) {
	b.mu.Lock()
	defer b.mu.Unlock()
	log.Enter(siteFlush, b.id)
	clear(b.pending) // race:clear flush
	log.Exit()
}

func main() {
	deadline.Arm()
	b := &batch{pending: make(map[uint64]event)}
	b.id = ledger.NewMap("batch.pending", b.pending)
	neighbours.Start()
	go func() {
		log := ledger.Open("deduplicator")
		duplicates := 0
		for key := uint64(0); ; key++ {
			if b.seen(log, key%256) {
				duplicates++
			}
		}
	}()
	go func() {
		log := ledger.Open("collector")
		for {
			for key := uint64(0); key < 256; key++ {
				b.add(log, key)
			}
			b.flush(log)
		}
	}()
	select {}
}

// Command mapstring has a name cache with string keys; an embedded cache type carries the map, and the bug is the unlocked read on
// the fast path of a double-checked lookup.
package main

import (
	"strconv"
	"sync"
	"time"

	"example.com/faultline/samples/internal/deadline"
	"example.com/faultline/samples/internal/neighbours"
	"example.com/faultline/samples/ledger"
)

type answer struct {
	addresses []string
	fetched   time.Time
}

type nameCache struct {
	mu      sync.Mutex
	answers map[string]answer
	id      ledger.Map
}

type resolver struct {
	nameCache
	suffix string
}

var (
	siteFast  = ledger.NewSite(ledger.Read, "race:read")
	siteSlow  = ledger.NewSite(ledger.Read, "decoy:read locked")
	siteStore = ledger.NewSite(ledger.Write, "race:write")
)

func (r *resolver) resolve(log *ledger.Slot, host string) answer {
	name := host + r.suffix
	log.Enter(siteFast, r.id)
	a, ok := r.answers[name] // race:read
	log.Exit()
	if ok && time.Since(a.fetched) < 20*time.Microsecond {
		return a
	}

	r.mu.Lock()
	defer r.mu.Unlock()
	log.Enter(siteSlow, r.id)
	a, ok = r.answers[name] // decoy:read locked
	log.Exit()
	if ok && time.Since(a.fetched) < 20*time.Microsecond {
		return a
	}
	a = answer{addresses: []string{"192.0.2." + strconv.Itoa(len(host))}, fetched: time.Now()}
	log.Enter(siteStore, r.id)
	r.answers[name] = a // race:write
	log.Exit()
	return a
}

func lookups(r *resolver, offset int) {
	log := ledger.Open("client")
	hosts := make([]string, 16)
	for i := range hosts {
		hosts[i] = "node-" + strconv.Itoa(i)
	}
	for i := offset; ; i++ {
		r.resolve(log, hosts[i%len(hosts)])
	}
}

func main() {
	deadline.Arm()
	r := &resolver{suffix: ".example.net"}
	r.answers = make(map[string]answer)
	r.id = ledger.NewMap("nameCache.answers", r.answers)
	neighbours.Start()
	for i := 0; i < 4; i++ {
		go lookups(r, i*4)
	}
	select {}
}

// Package neighbours runs the other goroutines that a service has besides the ones that misbehave. All of them are correct:
// each map here is either locked or owned by one goroutine.
package neighbours

import (
	"strconv"
	"sync"
	"time"

	"example.com/faultline/samples/ledger"
)

var (
	siteCount   = ledger.NewSite(ledger.Write, "innocent:count")
	siteSum     = ledger.NewSite(ledger.Iterate, "innocent:sum")
	siteAllow   = ledger.NewSite(ledger.Write, "innocent:allow")
	siteResolve = ledger.NewSite(ledger.Write, "innocent:resolve")
)

// Start runs six neighbours: two busy, two periodic, two parked.
func Start() {
	m := newMetrics()
	go m.countRequests()
	go limitRates()
	go m.report(5 * time.Millisecond)
	go resolveNames(2 * time.Millisecond)
	jobs := make(chan string)
	go drain(jobs)
	go watch(jobs, make(chan struct{}))
}

type metrics struct {
	mu       sync.Mutex
	counters map[string]int64
	id       ledger.Map
}

func newMetrics() *metrics {
	m := &metrics{counters: make(map[string]int64)}
	m.id = ledger.NewMap("metrics.counters", m.counters)
	return m
}

func (m *metrics) countRequests() {
	log := ledger.Open("neighbour countRequests")
	names := []string{"http.requests", "http.errors", "db.queries", "cache.hits", "cache.misses"}
	for i := 0; ; i++ {
		m.mu.Lock()
		log.Enter(siteCount, m.id)
		m.counters[names[i%len(names)]]++ // innocent:count
		log.Exit()
		m.mu.Unlock()
		if i%4096 == 0 {
			time.Sleep(50 * time.Microsecond)
		}
	}
}

func (m *metrics) report(every time.Duration) {
	log := ledger.Open("neighbour report")
	var total int64
	for range time.Tick(every) {
		m.mu.Lock()
		log.Enter(siteSum, m.id)
		for _, n := range m.counters { // innocent:sum
			log.Step()
			total += n
		}
		log.Exit()
		m.mu.Unlock()
	}
	_ = total
}

func limitRates() {
	log := ledger.Open("neighbour limitRates")
	tokens := make(map[uint32]float64)
	id := ledger.NewMap("limitRates.tokens", tokens)
	for i := uint32(0); ; i++ {
		client := i * 2654435761 % 512
		log.Enter(siteAllow, id)
		tokens[client] = tokens[client]*0.9 + 1 // innocent:allow
		log.Exit()
		if i%4096 == 0 {
			time.Sleep(50 * time.Microsecond)
		}
	}
}

func resolveNames(every time.Duration) {
	log := ledger.Open("neighbour resolveNames")
	cache := make(map[string][]byte)
	id := ledger.NewMap("resolveNames.cache", cache)
	for i := 0; ; i++ {
		host := "host-" + strconv.Itoa(i%64)
		log.Enter(siteResolve, id)
		cache[host] = []byte{10, 0, 0, byte(i)} // innocent:resolve
		log.Exit()
		time.Sleep(every)
	}
}

func drain(jobs <-chan string) {
	for range jobs {
	}
}

func watch(jobs chan<- string, stop <-chan struct{}) {
	hourly := time.NewTicker(time.Hour)
	defer hourly.Stop()
	for {
		select {
		case <-hourly.C:
			jobs <- "hourly"
		case <-stop:
			return
		}
	}
}

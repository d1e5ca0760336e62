// Command maprare has a feature-flag table that is rewritten for some microseconds every 200 microseconds while three readers ask
// it all the time. The start-up write happens before any goroutine exists and is innocent.
package main

import (
	"strconv"
	"sync"
	"time"

	"example.com/faultline/samples/internal/deadline"
	"example.com/faultline/samples/internal/neighbours"
	"example.com/faultline/samples/ledger"
)

type flag struct {
	name    string
	percent int
}

type flagTable struct {
	mu    sync.Mutex
	flags map[string]flag
	id    ledger.Map
}

var (
	siteLoad    = ledger.NewSite(ledger.Write, "decoy:write startup")
	siteEnabled = ledger.NewSite(ledger.Read, "race:read")
	siteReload  = ledger.NewSite(ledger.Write, "race:write")
)

func loadDefaults(names []string) *flagTable {
	t := &flagTable{flags: make(map[string]flag)}
	t.id = ledger.NewMap("flagTable.flags", t.flags)
	log := ledger.Open("main")
	for _, name := range names {
		log.Enter(siteLoad, t.id)
		t.flags[name] = flag{name: name, percent: 50} // decoy:write startup
		log.Exit()
	}
	return t
}

func (t *flagTable) enabled(log *ledger.Slot, name string, user int) bool {
	log.Enter(siteEnabled, t.id)
	f, ok := t.flags[name] // race:read
	log.Exit()
	return ok && user%100 < f.percent
}

func (t *flagTable) reload(log *ledger.Slot, names []string, percent int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, name := range names {
		log.Enter(siteReload, t.id)
		t.flags[name] = flag{name: name, percent: percent} // race:write
		log.Exit()
	}
}

func poll(t *flagTable, names []string, every time.Duration) {
	log := ledger.Open("writer")
	for percent := 0; ; percent = (percent + 1) % 100 {
		t.reload(log, names, percent)
		time.Sleep(every)
	}
}

func serve(t *flagTable, names []string) {
	log := ledger.Open("reader")
	served := 0
	for user := 0; ; user++ {
		if t.enabled(log, names[user%len(names)], user) {
			served++
		}
	}
}

func main() {
	deadline.Arm()
	names := make([]string, 64)
	for i := range names {
		names[i] = "feature-" + strconv.Itoa(i)
	}
	table := loadDefaults(names)
	neighbours.Start()
	for i := 0; i < 3; i++ {
		go serve(table, names)
	}
	go poll(table, names, 200*time.Microsecond)
	select {}
}

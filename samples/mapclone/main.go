//go:build go1.21

// Command mapclone has settings that are copied with maps.Clone for every request while an administrator changes them.
package main

import (
	"maps"
	"strconv"

	"example.com/faultline/samples/internal/deadline"
	"example.com/faultline/samples/internal/neighbours"
	"example.com/faultline/samples/ledger"
)

type settings struct {
	values map[string]string
	id     ledger.Map
}

var (
	siteDefault = ledger.NewSite(ledger.Write, "decoy:write startup")
	siteClone   = ledger.NewSite(ledger.Clone, "race:clone")
	siteSet     = ledger.NewSite(ledger.Write, "race:write")
)

func (s *settings) snapshot(log *ledger.Slot) map[string]string {
	log.Enter(siteClone, s.id)
	copied := maps.Clone(s.values) // race:clone
	log.Exit()
	return copied
}

func (s *settings) set(log *ledger.Slot, name, value string) {
	log.Enter(siteSet, s.id)
	s.values[name] = value // race:write
	log.Exit()
}

func main() {
	deadline.Arm()
	s := &settings{values: make(map[string]string)}
	s.id = ledger.NewMap("settings.values", s.values)
	names := make([]string, 40)
	log := ledger.Open("main")
	for i := range names {
		names[i] = "setting-" + strconv.Itoa(i)
		log.Enter(siteDefault, s.id)
		s.values[names[i]] = "default" // decoy:write startup
		log.Exit()
	}
	neighbours.Start()
	go func() {
		log := ledger.Open("request")
		for size := 0; ; {
			size += len(s.snapshot(log))
		}
	}()
	go func() {
		log := ledger.Open("administrator")
		for i := 0; ; i++ {
			s.set(log, names[i%len(names)], "changed")
		}
	}()
	select {}
}

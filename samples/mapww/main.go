// Command mapww has two middlewares that count into one package-level map without a lock: two writers on different lines.
package main

import (
	"example.com/faultline/samples/internal/deadline"
	"example.com/faultline/samples/internal/neighbours"
	"example.com/faultline/samples/ledger"
)

type route struct {
	method string
	path   string
}

var (
	hits      = make(map[string]int)
	hitsID    = ledger.NewMap("hits", hits)
	siteHit   = ledger.NewSite(ledger.Write, "race:write hit")
	siteMiss  = ledger.NewSite(ledger.Write, "race:write miss")
	allRoutes = []route{{"GET", "/"}, {"GET", "/login"}, {"POST", "/login"}, {"GET", "/items"}, {"PUT", "/items"}}
)

func countHit(log *ledger.Slot, r route) {
	key := r.method + " " + r.path
	log.Enter(siteHit, hitsID)
	hits[key]++ // race:write hit
	log.Exit()
}

func countMiss(log *ledger.Slot, r route) {
	key := r.method + " " + r.path
	log.Enter(siteMiss, hitsID)
	hits[key]-- // race:write miss
	log.Exit()
}

func accessLog() {
	log := ledger.Open("writer hit")
	for i := 0; ; i++ {
		countHit(log, allRoutes[i%len(allRoutes)])
	}
}

func notFoundLog() {
	log := ledger.Open("writer miss")
	for i := 0; ; i++ {
		countMiss(log, allRoutes[i%len(allRoutes)])
	}
}

func main() {
	deadline.Arm()
	neighbours.Start()
	go accessLog()
	go notFoundLog()
	select {}
}

// Command mapmethodvalue hands method values of one inventory to a worker pool, so that the frames and the go statements name the
// pool and not the inventory.
package main

import (
	"example.com/faultline/samples/internal/deadline"
	"example.com/faultline/samples/internal/neighbours"
	"example.com/faultline/samples/ledger"
)

type sku uint64

type inventory struct {
	warehouse string
	stock     map[sku]int
	reserved  map[sku]int
	id        ledger.Map
	idHeld    ledger.Map
}

var (
	siteStock   = ledger.NewSite(ledger.Write, "decoy:write startup")
	siteReserve = ledger.NewSite(ledger.Write, "decoy:write reserved")
	siteTake    = ledger.NewSite(ledger.Write, "race:write take")
	siteRestock = ledger.NewSite(ledger.Write, "race:write restock")
)

func newInventory(items int) *inventory {
	v := &inventory{warehouse: "north", stock: make(map[sku]int), reserved: make(map[sku]int)}
	v.id, v.idHeld = ledger.NewMap("inventory.stock", v.stock), ledger.NewMap("inventory.reserved", v.reserved)
	log := ledger.Open("main")
	for i := 0; i < items; i++ {
		log.Enter(siteStock, v.id)
		v.stock[sku(i)] = 100 // decoy:write startup
		log.Exit()
	}
	return v
}

func (v *inventory) take(log *ledger.Slot, item sku) {
	log.Enter(siteTake, v.id)
	v.stock[item]-- // race:write take
	log.Exit()
}

func (v *inventory) restock(log *ledger.Slot, item sku) {
	log.Enter(siteRestock, v.id)
	v.stock[item] += 10 // race:write restock
	log.Exit()
}

func (v *inventory) reserve(log *ledger.Slot, item sku) {
	log.Enter(siteReserve, v.idHeld)
	v.reserved[item]++ // decoy:write reserved
	log.Exit()
}

type pool struct {
	jobs []func(*ledger.Slot, sku)
}

func (p *pool) submit(job func(*ledger.Slot, sku)) { p.jobs = append(p.jobs, job) }

func (p *pool) start() {
	for _, job := range p.jobs {
		job := job
		go p.work(job)
	}
}

func (p *pool) work(job func(*ledger.Slot, sku)) {
	log := ledger.Open("pool worker")
	for item := sku(0); ; item = (item + 1) % 128 {
		job(log, item)
	}
}

func main() {
	deadline.Arm()
	v := newInventory(128)
	neighbours.Start()
	p := &pool{}
	p.submit(v.take)
	p.submit(v.restock)
	p.submit(v.reserve)
	p.start()
	select {}
}

// Command mapgeneric has a generic cache with struct keys (the slow, untyped map entry points) that is used at two types; only one
// of the two instances is shared.
package main

import (
	"example.com/faultline/samples/internal/deadline"
	"example.com/faultline/samples/internal/neighbours"
	"example.com/faultline/samples/ledger"
)

type tile struct {
	zoom, x, y int32
}

type cache[K comparable, V any] struct {
	entries map[K]V
	id      ledger.Map
}

var (
	siteGet = ledger.NewSite(ledger.Read, "race:read")
	sitePut = ledger.NewSite(ledger.Write, "race:write")
)

func newCache[K comparable, V any](name string) *cache[K, V] {
	c := &cache[K, V]{entries: make(map[K]V)}
	c.id = ledger.NewMap(name, c.entries)
	return c
}

func (c *cache[K, V]) get(log *ledger.Slot, key K) (V, bool) {
	log.Enter(siteGet, c.id)
	value, ok := c.entries[key] // race:read
	log.Exit()
	return value, ok
}

func (c *cache[K, V]) put(log *ledger.Slot, key K, value V) {
	log.Enter(sitePut, c.id)
	c.entries[key] = value // race:write
	log.Exit()
}

func render(tiles *cache[tile, []byte]) {
	log := ledger.Open("writer")
	image := make([]byte, 64)
	for n := int32(0); ; n++ {
		tiles.put(log, tile{zoom: 3, x: n % 32, y: n / 32 % 32}, image)
	}
}

func serveTiles(tiles *cache[tile, []byte]) {
	log := ledger.Open("reader")
	served := 0
	for n := int32(0); ; n++ {
		if image, ok := tiles.get(log, tile{zoom: 3, x: n % 32, y: n / 32 % 32}); ok {
			served += len(image)
		}
	}
}

func countStyles() {
	log := ledger.Open("private writer")
	styles := newCache[string, int]("styles")
	names := []string{"road", "river", "park"}
	for n := 0; ; n++ {
		name := names[n%len(names)]
		used, _ := styles.get(log, name)
		styles.put(log, name, used+1)
	}
}

func main() {
	deadline.Arm()
	tiles := newCache[tile, []byte]("tiles")
	neighbours.Start()
	go render(tiles)
	go serveTiles(tiles)
	go countStyles()
	select {}
}

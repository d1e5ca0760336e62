// Command mapclosure has route handlers that are closures over one application struct; the map hangs off that struct and is
// touched only inside the closures.
package main

import (
	"example.com/faultline/samples/internal/deadline"
	"example.com/faultline/samples/internal/neighbours"
	"example.com/faultline/samples/ledger"
)

type cart struct {
	items int
	total int64
}

type application struct {
	name  string
	state struct {
		carts map[int64]cart
	}
	id ledger.Map
}

type handlerFunc func(log *ledger.Slot, user int64)

var (
	siteView = ledger.NewSite(ledger.Read, "race:read")
	siteAdd  = ledger.NewSite(ledger.Write, "race:write")
)

func routes(app *application) map[string]handlerFunc {
	viewed := 0
	return map[string]handlerFunc{
		"view": func(log *ledger.Slot, user int64) {
			log.Enter(siteView, app.id)
			c := app.state.carts[user] // race:read
			log.Exit()
			viewed += c.items
		},
		"add": func(log *ledger.Slot, user int64) {
			next := cart{items: int(user % 7), total: user * 100}
			log.Enter(siteAdd, app.id)
			app.state.carts[user] = next // race:write
			log.Exit()
		},
	}
}

func serve(role string, handle handlerFunc) {
	log := ledger.Open(role)
	for user := int64(0); ; user++ {
		handle(log, user%300)
	}
}

func main() {
	deadline.Arm()
	app := &application{name: "shop"}
	app.state.carts = make(map[int64]cart)
	app.id = ledger.NewMap("application.state.carts", app.state.carts)
	table := routes(app)
	neighbours.Start()
	go serve("reader", table["view"])
	go serve("writer", table["add"])
	select {}
}

// Command chanclosenil closes the done channel of a connection that was never dialled.
package main

import (
	"example.com/faultline/samples/internal/deadline"
	"example.com/faultline/samples/internal/neighbours"
)

type connection struct {
	address string
	done    chan struct{}
}

func (c *connection) dial() { c.done = make(chan struct{}) }

func (c *connection) hangUp() {
	close(c.done) // fault:close
}

func main() {
	deadline.Arm()
	neighbours.Start()
	pool := []*connection{{address: "10.0.0.1:5432"}, {address: "10.0.0.2:5432"}}
	pool[0].dial()
	for _, c := range pool {
		c.hangUp()
	}
}

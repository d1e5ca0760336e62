// Command nilderef has an order whose customer was not found; the nil is dereferenced two calls later in another goroutine.
package main

import (
	"example.com/faultline/samples/internal/deadline"
	"example.com/faultline/samples/internal/neighbours"
)

type customer struct {
	id    int
	email string
}

type order struct {
	number int
	buyer  *customer
}

type directory map[int]*customer

func (d directory) find(id int) *customer { return d[id] }

func (o *order) recipient() string {
	return o.buyer.email // fault:deref
}

func confirm(orders <-chan *order, sent chan<- string) {
	for o := range orders {
		sent <- o.recipient()
	}
}

func main() {
	deadline.Arm()
	neighbours.Start()
	known := directory{1: {id: 1, email: "a@example.com"}, 2: {id: 2, email: "b@example.com"}}
	orders, sent := make(chan *order), make(chan string)
	go confirm(orders, sent)
	for number := 1; ; number++ {
		orders <- &order{number: number, buyer: known.find(number)} // cause:nil
		<-sent
	}
}

// Command deferpanic has a transaction whose rollback panics while an earlier panic is on its way up.
package main

import (
	"fmt"

	"example.com/faultline/samples/internal/deadline"
	"example.com/faultline/samples/internal/neighbours"
)

type transaction struct {
	id   int
	open bool
}

func (t *transaction) rollback() {
	if !t.open {
		panic(fmt.Sprintf("transaction %d is not open", t.id)) // fault:panic
	}
	t.open = false
}

func (t *transaction) insert(row []string) {
	t.open = false
	_ = row[3] // cause:panic
}

func save(id int, row []string) {
	t := &transaction{id: id, open: true}
	defer t.rollback()
	t.insert(row)
}

func main() {
	deadline.Arm()
	neighbours.Start()
	done := make(chan struct{})
	go func() {
		defer close(done)
		save(7, []string{"a", "b"})
	}()
	<-done
}

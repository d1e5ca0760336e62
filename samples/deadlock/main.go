// Command deadlock has two accounts that are locked in opposite orders, an auditor that waits for both transfers and an unread
// channel: in the end all goroutines are asleep.
package main

import (
	"fmt"
	"sync"
)

type account struct {
	mu      sync.Mutex
	name    string
	balance int64
}

type bank struct {
	transfers sync.WaitGroup
	receipts  chan string
}

func (b *bank) transfer(from, to *account, amount int64, ready, other chan struct{}) {
	defer b.transfers.Done()
	from.mu.Lock() // cause:lock
	defer from.mu.Unlock()
	close(ready)
	<-other
	to.mu.Lock() // fault:lock
	defer to.mu.Unlock()
	from.balance -= amount
	to.balance += amount
}

func (b *bank) print() {
	b.receipts <- "opening" // fault:send
	close(b.receipts)
}

func main() {
	b := &bank{receipts: make(chan string)}
	alice, bob := &account{name: "alice", balance: 100}, &account{name: "bob", balance: 100}
	first, second := make(chan struct{}), make(chan struct{})
	b.transfers.Add(2)
	go b.transfer(alice, bob, 10, first, second)
	go b.transfer(bob, alice, 20, second, first)
	go b.print()
	b.transfers.Wait() // fault:wait
	fmt.Println(<-b.receipts)
}

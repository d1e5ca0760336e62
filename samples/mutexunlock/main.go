// Command mutexunlock has a ledger account whose error path unlocks a mutex that the caller's defer unlocks again.
package main

import (
	"errors"
	"fmt"
	"sync"

	"example.com/faultline/samples/internal/deadline"
	"example.com/faultline/samples/internal/neighbours"
)

var errFunds = errors.New("insufficient funds")

type account struct {
	mu      sync.Mutex
	owner   string
	balance int64
}

func (a *account) withdraw(amount int64) error {
	a.mu.Lock()
	defer a.mu.Unlock() // fault:unlock
	if amount > a.balance {
		a.mu.Unlock() // cause:unlock
		return errFunds
	}
	a.balance -= amount
	return nil
}

func main() {
	deadline.Arm()
	neighbours.Start()
	a := &account{owner: "alice", balance: 1000}
	for i := 0; ; i++ {
		if err := a.withdraw(30); err != nil {
			fmt.Println("withdraw:", err)
		}
	}
}

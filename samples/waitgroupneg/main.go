// Command waitgroupneg has a crawler that calls Done once in the fetch and once more in its error path.
package main

import (
	"errors"
	"sync"

	"example.com/faultline/samples/internal/deadline"
	"example.com/faultline/samples/internal/neighbours"
)

type crawler struct {
	pending sync.WaitGroup
	failed  int
}

func (c *crawler) get(page int) error {
	if page%7 == 6 {
		return errors.New("timeout")
	}
	return nil
}

func (c *crawler) fetch(page int) {
	defer c.pending.Done() // fault:done
	if err := c.get(page); err != nil {
		c.failed++
		c.pending.Done() // cause:done
	}
}

func main() {
	deadline.Arm()
	neighbours.Start()
	c := &crawler{}
	for page := 0; ; page++ {
		c.pending.Add(1)
		go c.fetch(page)
		c.pending.Wait()
	}
}

// Command pingpong has two partners that hand a ball to each other over two channels, until one of them drops it: then each waits for the other, and main for both.
package main

import "sync"

const rounds = 50

type court struct {
	there, back chan int
	players     sync.WaitGroup
}

func (c *court) ping() {
	defer c.players.Done()
	for {
		c.there <- 1
		<-c.back // at ping
	}
}

func (c *court) pong() {
	defer c.players.Done()
	for hit := 0; ; hit++ {
		ball := <-c.there // at pong
		if hit < rounds {
			c.back <- ball
		}
	}
}

func main() {
	c := &court{there: make(chan int), back: make(chan int)}
	c.players.Add(2)
	go c.ping()
	go c.pong()
	c.players.Wait()
}

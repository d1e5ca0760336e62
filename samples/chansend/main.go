// Command chansend has a broker that closes a subscriber's channel while a publisher is about to send on it.
package main

import (
	"time"

	"example.com/faultline/samples/internal/deadline"
	"example.com/faultline/samples/internal/neighbours"
)

type message struct {
	topic string
	body  []byte
}

type subscriber struct {
	name string
	feed chan message
}

func (s *subscriber) read() {
	for m := range s.feed {
		_ = m.topic
	}
}

type broker struct {
	subscribers []*subscriber
}

func (b *broker) publish(topic string) {
	for n := 0; ; n++ {
		for _, s := range b.subscribers {
			s.feed <- message{topic: topic, body: []byte{byte(n)}} // fault:send
		}
	}
}

func (b *broker) expire(after time.Duration) {
	time.Sleep(after)
	for _, s := range b.subscribers {
		close(s.feed) // cause:close
	}
}

func main() {
	deadline.Arm()
	neighbours.Start()
	b := &broker{}
	for _, name := range []string{"audit", "billing", "search"} {
		s := &subscriber{name: name, feed: make(chan message, 16)}
		b.subscribers = append(b.subscribers, s)
		go s.read()
	}
	go b.publish("orders")
	go b.expire(50 * time.Millisecond)
	select {}
}

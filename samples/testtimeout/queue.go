// Package testtimeout has a bounded queue whose Close takes the lock that a blocked Push holds; its test runs into the time limit
// of go test.
package testtimeout

import "sync"

// Queue is a bounded queue of job names.
type Queue struct {
	mu    sync.Mutex
	items chan string
}

// NewQueue makes a queue that holds size jobs.
func NewQueue(size int) *Queue { return &Queue{items: make(chan string, size)} }

// Push adds a job, waiting for room.
func (q *Queue) Push(job string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.items <- job // cause:send
}

// Close ends the queue.
func (q *Queue) Close() {
	q.mu.Lock() // fault:lock
	defer q.mu.Unlock()
	close(q.items)
}

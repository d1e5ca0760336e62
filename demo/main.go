// Command maphot has a session store whose reader forgot the lock: one reader and one writer in tight loops.
package main

import (
	"sync"
	"time"

	"example.com/faultline/samples/internal/deadline"
	"example.com/faultline/samples/internal/neighbours"
	"example.com/faultline/samples/ledger"
)

type session struct {
	user    string
	expires time.Time
}

type sessionStore struct {
	mu       sync.RWMutex
	sessions map[uint64]*session
	id       ledger.Map
}

var (
	siteLookup = ledger.NewSite(ledger.Read, "race:read")
	siteTouch  = ledger.NewSite(ledger.Write, "race:write")
)

func newSessionStore() *sessionStore {
	s := &sessionStore{sessions: make(map[uint64]*session)}
	s.id = ledger.NewMap("sessionStore.sessions", s.sessions)
	return s
}

func (s *sessionStore) lookup(log *ledger.Slot, key uint64) *session {
	log.Enter(siteLookup, s.id)
	found := s.sessions[key] // race:read
	log.Exit()
	return found
}

func (s *sessionStore) touch(log *ledger.Slot, key uint64, user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fresh := &session{user: user, expires: time.Now().Add(time.Hour)}
	log.Enter(siteTouch, s.id)
	s.sessions[key] = fresh // race:write
	log.Exit()
}

func serveRequests(s *sessionStore, seen *int) {
	log := ledger.Open("reader")
	for key := uint64(0); ; key++ {
		if s.lookup(log, key%1024) != nil {
			*seen++
		}
	}
}

func refreshSessions(s *sessionStore) {
	log := ledger.Open("writer")
	for key := uint64(0); ; key++ {
		s.touch(log, key%1024, "alice")
	}
}

func main() {
	deadline.Arm()
	store := newSessionStore()
	neighbours.Start()
	var seen int
	go serveRequests(store, &seen)
	go refreshSessions(store)
	select {}
}

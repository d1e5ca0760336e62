// Command mapiter has a chat room that is listed, unlocked, while members join and leave.
package main

import (
	"strconv"
	"sync"

	"example.com/faultline/samples/internal/deadline"
	"example.com/faultline/samples/internal/neighbours"
	"example.com/faultline/samples/ledger"
)

type member struct {
	name string
	seat int
}

type room struct {
	mu      sync.Mutex
	members map[int]member
	id      ledger.Map
}

var (
	siteSeat  = ledger.NewSite(ledger.Write, "decoy:write startup")
	siteList  = ledger.NewSite(ledger.Iterate, "race:iterate")
	siteJoin  = ledger.NewSite(ledger.Write, "race:write join")
	siteLeave = ledger.NewSite(ledger.Delete, "race:delete leave")
)

func newRoom(seats int) *room {
	r := &room{members: make(map[int]member)}
	r.id = ledger.NewMap("room.members", r.members)
	log := ledger.Open("main")
	for seat := 0; seat < seats; seat++ {
		guest := member{name: "guest-" + strconv.Itoa(seat), seat: seat}
		log.Enter(siteSeat, r.id)
		r.members[seat] = guest // decoy:write startup
		log.Exit()
	}
	return r
}

func (r *room) list(log *ledger.Slot) []string {
	names := make([]string, 0, 64)
	log.Enter(siteList, r.id)
	for _, m := range r.members { // race:iterate
		log.Step()
		names = append(names, m.name)
	}
	log.Exit()
	return names
}

func (r *room) join(log *ledger.Slot, seat int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	log.Enter(siteJoin, r.id)
	r.members[seat] = member{name: "newcomer", seat: seat} // race:write join
	log.Exit()
}

func (r *room) leave(log *ledger.Slot, seat int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	log.Enter(siteLeave, r.id)
	delete(r.members, seat) // race:delete leave
	log.Exit()
}

func main() {
	deadline.Arm()
	r := newRoom(48)
	neighbours.Start()
	go func() {
		log := ledger.Open("lister")
		for listed := 0; ; {
			listed += len(r.list(log))
		}
	}()
	go func() {
		log := ledger.Open("door")
		for seat := 0; ; seat = (seat + 1) % 64 {
			r.join(log, 100+seat)
			r.leave(log, 100+(seat+32)%64)
		}
	}()
	select {}
}

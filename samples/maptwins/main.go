// Command maptwins has three maps of one type. The staff directory is locked by everybody, the search index never leaves its
// goroutine, and the guest book is raced: only its lines are to blame, though the writers of the other two are just as busy.
package main

import (
	"strconv"
	"sync"

	"example.com/faultline/samples/internal/deadline"
	"example.com/faultline/samples/internal/neighbours"
	"example.com/faultline/samples/ledger"
)

type person struct {
	name   string
	visits int
}

type staff struct {
	mu     sync.Mutex
	people map[string]*person
	id     ledger.Map
}

type guestBook struct {
	title  string
	people map[string]*person
	id     ledger.Map
}

var (
	siteHire  = ledger.NewSite(ledger.Write, "decoy:write locked")
	siteIndex = ledger.NewSite(ledger.Write, "decoy:write private")
	siteFind  = ledger.NewSite(ledger.Read, "race:read")
	siteSign  = ledger.NewSite(ledger.Write, "race:write")
)

func (s *staff) hire(log *ledger.Slot, p *person) {
	s.mu.Lock()
	defer s.mu.Unlock()
	log.Enter(siteHire, s.id)
	s.people[p.name] = p // decoy:write locked
	log.Exit()
}

func (g *guestBook) find(log *ledger.Slot, name string) *person {
	log.Enter(siteFind, g.id)
	found := g.people[name] // race:read
	log.Exit()
	return found
}

func (g *guestBook) sign(log *ledger.Slot, p *person) {
	log.Enter(siteSign, g.id)
	g.people[p.name] = p // race:write
	log.Exit()
}

func buildIndex(everybody []*person) {
	log := ledger.Open("indexer")
	for {
		index := make(map[string]*person)
		for _, p := range everybody {
			log.Enter(siteIndex, 0)
			index[p.name] = p // decoy:write private
			log.Exit()
		}
		if len(index) != len(everybody) {
			return
		}
	}
}

func main() {
	deadline.Arm()
	s := &staff{people: make(map[string]*person)}
	s.id = ledger.NewMap("staff.people", s.people)
	g := &guestBook{title: "lobby", people: make(map[string]*person)}
	g.id = ledger.NewMap("guestBook.people", g.people)
	everybody := make([]*person, 100)
	for i := range everybody {
		everybody[i] = &person{name: "person-" + strconv.Itoa(i)}
	}
	neighbours.Start()
	go buildIndex(everybody)
	for i := 0; i < 2; i++ {
		go func() {
			log := ledger.Open("personnel")
			for n := 0; ; n++ {
				s.hire(log, everybody[n%len(everybody)])
			}
		}()
	}
	go func() {
		log := ledger.Open("receptionist")
		for n := 0; ; n++ {
			g.sign(log, everybody[n%len(everybody)])
		}
	}()
	go func() {
		log := ledger.Open("porter")
		known := 0
		for n := 0; ; n++ {
			if g.find(log, everybody[n%len(everybody)].name) != nil {
				known++
			}
		}
	}()
	select {}
}

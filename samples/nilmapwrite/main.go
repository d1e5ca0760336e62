// Command nilmapwrite has a tally whose map is made by only one of its two constructors.
package main

import (
	"example.com/faultline/samples/internal/deadline"
	"example.com/faultline/samples/internal/neighbours"
)

type tally struct {
	region string
	votes  map[string]int
}

func newTally(region string) *tally { return &tally{region: region, votes: make(map[string]int)} }

func tallyOf(region string) *tally { return &tally{region: region} } // cause:make

func (t *tally) add(candidate string) {
	t.votes[candidate]++ // fault:write
}

func main() {
	deadline.Arm()
	neighbours.Start()
	for _, t := range []*tally{newTally("north"), tallyOf("south")} {
		for _, candidate := range []string{"a", "b", "a"} {
			t.add(candidate)
		}
	}
}

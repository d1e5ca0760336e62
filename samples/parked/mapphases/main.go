// Command mapphases writes, reads and deletes map entries on one goroutine, so that a debugger can step through the runtime's map
// functions: nine entries make a small map grow, seventy a map of several tables or buckets.
package main

type pair struct{ left, right int64 }

var sum int

//go:noinline
func numbers(m map[uint64]int, count uint64) {
	for i := uint64(0); i < count; i++ {
		m[i%20] = 1
	}
	for i := uint64(0); i < count; i++ {
		sum += m[2*i]
	}
}

//go:noinline
func words(m map[string]int, keys []string) {
	for _, key := range keys {
		m[key] = 1
	}
}

//go:noinline
func pairs(m map[pair]int, count int64) {
	for i := int64(0); i < count; i++ {
		m[pair{i, i}] = 1
	}
	for i := int64(0); i < 2*count; i += 3 {
		delete(m, pair{i, i})
	}
}

func main() {
	println("ready")
	numbers(make(map[uint64]int), 24)
	text := "abcdefghijklmnopqrstuvwxyz"
	keys := []string{}
	for i := 0; i < 12; i++ {
		keys = append(keys, text[i:i+2])
	}
	words(make(map[string]int), append(keys, keys...))
	pairs(make(map[pair]int), 12)
	println("done", sum)
}

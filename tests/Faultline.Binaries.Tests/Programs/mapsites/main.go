// Command mapsites has one map operation per way in which code can come to a map. A mark at the end of a line says what the analysis of the
// machine code has to find there: the operation, the map's type, its home, and which map of the running program it is (the label after
// "is"). Two marks that share a label are the same map, so their operands must never be proven different. The home can be
// "global NAME", "field TYPE+OFFSET", "made" or "private"; "open" instead says that completeness is not demanded.
package main

import "sync"

// Package-level variables.

var sessions map[string]int

var state struct {
	hits   int
	misses map[string]int
}

var directory cache // has methods: its map is seen as a field of cache too

var current *cache

//go:noinline
func useGlobals(k string) {
	sessions[k] = 1        // site: Write map[string]int; global main.sessions; is sessions
	state.misses[k]++      // site: Write map[string]int; global main.state+8; is misses
	delete(sessions, k)    // site: Delete map[string]int; global main.sessions; is sessions
	directory.items[k] = 2 // site: Write map[string]int; global main.directory+8; is directory,shared
	_ = current.items[k]   // site: Read map[string]int; field main.cache+8; is shared,directory
	for range sessions {   // site: Iterate map[string]int; global main.sessions; is sessions
		tick++
	}
}

var tick int

// Fields.

type cache struct {
	n     int
	items map[string]int
}

//go:noinline
func newCache() *cache {
	return &cache{items: make(map[string]int)}
}

//go:noinline
func (c *cache) get(k string) int {
	return c.items[k] // site: Read map[string]int; field main.cache+8; is shared,directory
}

//go:noinline
func (c *cache) each() (n int) {
	for k, v := range c.items { // site: Iterate map[string]int; field main.cache+8; is shared,directory
		n += v + len(k)
	}
	return n
}

//go:noinline
func drop(c *cache) {
	for k := range c.items { // site: Clear map[string]int; field main.cache+8; is shared,directory
		delete(c.items, k)
	}
}

type shelf struct {
	label string
	books map[int]string
}

type room struct {
	number int
	shelf  shelf
	more   []shelf
	next   *room
	fixed  [2]shelf
}

//go:noinline
func (s *shelf) title(k int) string {
	return s.books[k] // site: Read map[int]string; field main.shelf+16; is books
}

//go:noinline
func (r *room) direct(k int) string {
	return r.shelf.books[k] // site: Read map[int]string; field main.shelf+16; is books
}

//go:noinline
func (r *room) indexed(i, k int) string {
	return r.more[i].books[k] // site: Read map[int]string; field main.shelf+16; is books
}

//go:noinline
func (r *room) inArray(i, k int) string {
	return r.fixed[i&1].books[k] // site: Read map[int]string; field main.shelf+16; is books
}

//go:noinline
func (r *room) last(k int) string {
	for r.next != nil {
		r = r.next
	}
	return r.shelf.books[k] // site: Read map[int]string; field main.shelf+16; is books
}

//go:noinline
func put(books *map[int]string, k int) {
	(*books)[k] = "x" // site: Write map[int]string; field main.shelf+16; is books
}

// A constructor that fills the map before it becomes a field, and one that takes over the caller's.

type index struct {
	words map[string]int32
}

type options struct {
	words map[string]int32
	depth int
}

//go:noinline
func filledIndex(k string) *index {
	words := make(map[string]int32)
	words[k] = 1 // site: Write map[string]int32; made; is filled
	return &index{words: words}
}

//go:noinline
func takenIndex(o *options) *index {
	return &index{words: o.words}
}

//go:noinline
func (i *index) find(k string) int32 {
	return i.words[k] // site: Read map[string]int32; field main.index+0; is filled,taken
}

//go:noinline
func (o *options) note(k string) {
	o.words[k] = 2 // site: Write map[string]int32; field main.options+0; is taken
}

// A struct in the frame, seen by its methods as one of many; one that is copied as a whole; and a map among more arguments than there
// are registers.

type ledger struct {
	rows  map[string]int16
	total int
}

//go:noinline
func (l *ledger) sum() int {
	return int(l.rows["a"]) + l.total // site: Read map[string]int16; field main.ledger+0; open; is rows,copied
}

//go:noinline
func inFrame(k string) int {
	var l ledger
	l.rows = make(map[string]int16)
	l.rows[k] = 1 // site: Write map[string]int16; made; is rows
	return l.sum()
}

type archive struct {
	front [20]int
	book  ledger
	back  [40]int
}

//go:noinline
func copied(a *archive, k string) {
	var b archive
	b.front[3] = 3
	b.book.rows = make(map[string]int16)
	b.book.rows[k] = 2 // site: Write map[string]int16; made; open; is copied
	*a = b
}

//go:noinline
func byStack(a, b, c, d, e, f, g, h, i int, m map[string]int16) int {
	m["s"] = int16(a + b + c + d + e + f + g + h + i) // site: Write map[string]int16; made; is stacked
	return len(m)
}

//go:noinline
func onStack() int {
	m := make(map[string]int16)
	m["t"] = 1 // site: Write map[string]int16; made; is stacked
	return byStack(1, 2, 3, 4, 5, 6, 7, 8, 9, m)
}

// Two fields of one type, never mixed: they must come out apart.

type pair struct {
	left  map[string]uint8
	right map[string]uint8
}

//go:noinline
func newPair() *pair {
	return &pair{left: make(map[string]uint8), right: make(map[string]uint8)}
}

//go:noinline
func (p *pair) toLeft(k string) {
	p.left[k] = 1 // site: Write map[string]uint8; field main.pair+0; is left; apart from right
}

//go:noinline
func (p *pair) toRight(k string) {
	p.right[k] = 1 // site: Write map[string]uint8; field main.pair+8; is right; apart from left
}

// Parameters, results, closures.

//go:noinline
func param(m map[int]int, k int) {
	m[k]++ // site: Write map[int]int; made; is passed,byValue
}

//go:noinline
func run(f func()) {
	f()
}

//go:noinline
func makeCounts() map[int]int {
	return make(map[int]int)
}

//go:noinline
func closures(wg *sync.WaitGroup) {
	byValue := makeCounts()
	byReference := make(map[int]int)
	wg.Add(3)
	go func() { // go: main.closures.func1
		byValue[1] = 1 // site: Write map[int]int; made; is byValue
		wg.Done()
	}()
	run(func() {
		byReference[1]++ // site: Write map[int]int; made; open; is byReference
	})
	run(func() {
		byReference = map[int]int{7: 7} // site: Write map[int]int; made; is byReference
	})
	go param(byValue, 2) // go: main.param
	defer func() {
		delete(byReference, 1) // site: Delete map[int]int; made; open; is byReference
	}()
	go func() {
		defer wg.Done()
		func(m map[int]int) {
			m[4] = 4 // site: Write map[int]int; open; is byValue
		}(byValue)
	}()
	wg.Done()
}

//go:noinline
func methodValue(c *cache) func(string) int {
	return c.get
}

// Private maps.

//go:noinline
func count(words []string) int {
	seen := make(map[string]bool)
	for _, w := range words {
		seen[w] = true // site: Write map[string]bool; private; is seen
	}
	n := 0
	for w := range seen { // site: Iterate map[string]bool; private; is seen
		n += len(w)
	}
	return n
}

//go:noinline
func countMany(words []string, hint int) int {
	seen := make(map[string]bool, hint)
	for _, w := range words {
		if seen[w] { // site: Read map[string]bool; private; is seenMany
			delete(seen, w) // site: Delete map[string]bool; private; is seenMany
		}
	}
	return len(seen)
}

var leaked map[string]bool

//go:noinline
func leak(words []string) {
	kept := make(map[string]bool)
	for _, w := range words {
		kept[w] = true // site: Write map[string]bool; made; is leaked
	}
	leaked = kept
}

//go:noinline
func readLeaked(w string) bool {
	return leaked[w] // site: Read map[string]bool; global main.leaked; is leaked
}

// Maps behind what the code does not show.

//go:noinline
func throughInterface(v any) {
	v.(map[string]int)["i"] = 1 // site: Write map[string]int; open; is sessions
}

//go:noinline
func throughChannel(c chan map[string]int) {
	m := <-c
	m["c"] = 1 // site: Write map[string]int; open; is sessions,shared
}

//go:noinline
func ofMaps(m map[int]map[string]int) {
	m[1]["m"] = 1 // site: Write map[string]int; open; is sessions
}

// Generic code.

type box[K comparable, V any] struct {
	name string
	held map[K]V
}

//go:noinline
func newBox[K comparable, V any]() *box[K, V] {
	return &box[K, V]{held: make(map[K]V)}
}

//go:noinline
func (b *box[K, V]) set(k K, v V) {
	b.held[k] = v // site: Write map[string]*main.cache|map[int64]float64; field main.box[...]+16; is boxed
}

//go:noinline
func setAll[K comparable, V any](m map[K]V, ks []K, v V) {
	for _, k := range ks {
		m[k] = v // site: Write map[uint16]string|map[string]complex128; made; is generic
	}
}

func main() {
	sessions = map[string]int{}
	state.misses = make(map[string]int)
	directory.items = make(map[string]int)
	current = newCache()
	useGlobals("a")
	tick += directory.get("a") + current.get("b") + current.each()
	drop(current)

	r := &room{shelf: shelf{books: map[int]string{}}, next: &room{}}
	r.more = append(r.more, r.shelf)
	r.next.shelf.books = make(map[int]string)
	r.fixed[1].books = make(map[int]string)
	put(&r.shelf.books, 1)
	kept = r
	tick += len(r.shelf.title(1)) + len(r.direct(1)) + len(r.indexed(0, 1)) + len(r.last(1)) + len(r.inArray(1, 1))

	o := &options{words: make(map[string]int32)}
	keptOptions = o
	tick += int(filledIndex("w").find("w") + takenIndex(o).find("w"))
	o.note("n")
	keptArchive = new(archive)
	copied(keptArchive, "c")
	tick += inFrame("f") + onStack() + keptArchive.book.sum()
	p := newPair()
	keptPair = p
	p.toLeft("l")
	p.toRight("r")

	var wg sync.WaitGroup
	closures(&wg)
	param(makeCounts(), 3)
	tick += methodValue(current)("v")
	tick += count([]string{"x"}) + countMany([]string{"y"}, tick)
	leak([]string{"z"})
	if readLeaked("z") {
		tick++
	}
	throughInterface(sessions)
	c := make(chan map[string]int, 1)
	c <- sessions
	throughChannel(c)
	ofMaps(map[int]map[string]int{1: sessions})

	newBox[string, *cache]().set("k", current)
	newBox[int64, float64]().set(1, 2)
	setAll(map[uint16]string{}, []uint16{1}, "v")
	setAll(map[string]complex128{}, []string{"k"}, 1i)
	println(tick)
}

var (
	kept        *room
	keptOptions *options
	keptPair    *pair
	keptArchive *archive
)

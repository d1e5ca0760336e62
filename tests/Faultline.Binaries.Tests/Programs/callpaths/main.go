// Command callpaths comes to one function in every way in which Go code can call another, and prints the stack each time: that is what the
// search for call paths has to find. A line is "stack", a label and the return addresses, innermost first; "created" says where the goroutine
// comes from. The label begins with "wide" where the call cannot be followed in machine code: through slices, maps and channels of functions.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sort"
	"strings"
	"sync"
	"time"
)

var output sync.Mutex

//go:noinline
func leaf(label string) {
	var pcs [64]uintptr
	n := runtime.Callers(1, pcs[:])
	line := "stack " + label
	for _, pc := range pcs[:n] {
		line += fmt.Sprintf(" %x", pc)
	}
	text := make([]byte, 1<<14)
	text = text[:runtime.Stack(text, false)]
	if at := strings.Index(string(text), "created by "); at >= 0 {
		creator := string(text)[at+len("created by "):]
		creator = strings.SplitN(creator, "\n", 2)[0]
		line += " created " + strings.SplitN(creator, " ", 2)[0]
	}
	output.Lock()
	fmt.Println(line)
	output.Unlock()
}

// Direct calls.

func small(label string) { leaf(label) } // inlined

//go:noinline
func direct() { small("direct") }

//go:noinline
func recurse(n int) {
	if n == 0 {
		leaf("recursion")
		return
	}
	recurseOther(n - 1)
}

//go:noinline
func recurseOther(n int) { recurse(n) }

//go:noinline
func generic[T any](v T) { leaf("generic") }

type list[T any] struct{ items []T }

//go:noinline
func (l *list[T]) each(f func(T)) {
	for _, item := range l.items {
		f(item)
	}
}

// Func values.

//go:noinline
func call(f func()) { f() }

//go:noinline
func pass(f func()) { call(f); fmt.Fprint(sink{}, "") }

//go:noinline
func makeClosure(label string) func() {
	return func() { leaf(label) }
}

func plain() { leaf("function passed") }

type holder struct {
	name string
	hook func()
}

//go:noinline
func (h *holder) run() { h.hook() }

var hook func()

//go:noinline
func runHook() { hook() }

func staticHook() { leaf("variable set at link time") }

var linked = staticHook

//go:noinline
func runLinked() { linked() }

// Laid out by the linker: no code names the function.
var commands = []struct {
	name string
	run  func()
}{{"first", tableCommand}, {"second", tableCommand}}

func tableCommand() { leaf("wide: table in data") }

//go:noinline
func runCommand(name string) {
	for _, command := range commands {
		if command.name == name {
			command.run()
		}
	}
}

type worker struct{ label string }

//go:noinline
func (w *worker) work() { leaf(w.label) }

type small2 struct{ a, b int }

//go:noinline
func (s small2) work() { leaf("value receiver") }

//go:noinline
func byCapture(f func()) {
	g := func() { f(); fmt.Fprint(sink{}, "") }
	call(g)
}

// Interfaces.

type doer interface{ do() }

type two interface {
	another()
	do()
}

type first struct{ n int }

//go:noinline
func (f *first) do() { leaf("interface parameter") }

//go:noinline
func (f *first) another() {}

type second struct{ name string }

//go:noinline
func (s second) do() { leaf("interface with value receiver") }

type outer struct {
	*inner
	m int
}

type inner struct{ n int }

//go:noinline
func (i *inner) do() { leaf("promoted method") }

//go:noinline
func useDoer(d doer) { d.do(); fmt.Fprint(sink{}, "") }

type engine struct {
	n int
	d doer
}

//go:noinline
func (e *engine) run() { e.d.do(); e.n++ }

var current doer

//go:noinline
func useGlobal() { current.do(); fmt.Fprint(sink{}, "") }

//go:noinline
func useAssertion(v any) {
	if t, ok := v.(two); ok {
		t.do()
	}
}

//go:noinline
func useSwitch(v any) {
	switch t := v.(type) {
	case two:
		t.do()
	case doer:
		t.do()
	}
}

type sink struct{}

func (sink) Write(p []byte) (int, error) { return len(p), nil }

type teller struct{ n int }

//go:noinline
func (t *teller) Write(p []byte) (int, error) {
	leaf("io.Writer in the standard library")
	return len(p), nil
}

type textual struct{ n int }

//go:noinline
func (t *textual) String() string {
	leaf("fmt.Stringer in the standard library")
	return ""
}

type byLength []string

func (b byLength) Len() int      { return len(b) }
func (b byLength) Swap(i, j int) { b[i], b[j] = b[j], b[i] }

//go:noinline
func (b byLength) Less(i, j int) bool {
	leaf("sort.Interface")
	return len(b[i]) < len(b[j])
}

// Deferred calls.

//go:noinline
func deferOnce() {
	defer leafDeferred("deferred in the open")
	fmt.Fprint(sink{}, "")
}

//go:noinline
func leafDeferred(label string) { leaf(label) }

//go:noinline
func deferInLoop(n int) {
	for i := 0; i < n; i++ {
		defer func() { leaf("deferred in a loop") }()
	}
}

//go:noinline
func deferPanic() {
	defer func() {
		leaf("deferred, run by a panic")
		_ = recover()
	}()
	panic(errors.New("expected"))
}

//go:noinline
func deferValue(f func()) {
	for i := 0; i < 1; i++ {
		defer f()
	}
}

// Goroutines.

//go:noinline
func spawn(group *sync.WaitGroup, f func()) {
	group.Add(1)
	go func() {
		defer group.Done()
		f()
	}()
}

//go:noinline
func entry(group *sync.WaitGroup, label string) {
	leaf(label)
	group.Done()
}

type server struct {
	group sync.WaitGroup
	d     doer
}

//go:noinline
func (s *server) loop() {
	s.d.do()
	s.group.Done()
}

func main() {
	direct()
	recurse(3)
	generic(1)
	generic("text")
	(&list[int]{items: []int{1}}).each(func(int) { leaf("closure passed to a generic method") })

	pass(func() { leaf("closure passed on") })
	pass(plain)
	makeClosure("closure returned")()
	h := &holder{hook: makeClosure("closure in a field")}
	h.run()
	(&holder{hook: func() { leaf("literal in a field") }}).run()
	hook = func() { leaf("closure in a variable") }
	runHook()
	runLinked()
	w := &worker{"method value"}
	pass(w.work)
	pass(small2{len(os.Args), 2}.work)
	expression := (*worker).work
	expression(&worker{"method expression"})
	byCapture(func() { leaf("closure captured by a closure") })
	names := []string{"b", "a", "c"}
	sort.Slice(names, func(i, j int) bool {
		leaf("callback of sort.Slice")
		return names[i] < names[j]
	})
	strings.Map(func(r rune) rune {
		leaf("callback of strings.Map")
		return r
	}, "ab")
	var once sync.Once
	once.Do(func() { leaf("callback of sync.Once") })
	pool := sync.Pool{New: func() any {
		leaf("callback of sync.Pool")
		return 1
	}}
	pool.Get()

	runCommand("first")
	table := []func(){func() { leaf("wide: slice of functions") }, func() { leaf("wide: slice of functions, second") }}
	for _, f := range table[:1+len(os.Args)%2] {
		f()
	}
	named := map[string]func(){"x": func() { leaf("wide: map of functions") }}
	named["x"]()
	queue := make(chan func(), 1)
	queue <- func() { leaf("wide: channel of functions") }
	(<-queue)()

	useDoer(&first{1})
	useDoer(second{names[0]})
	useDoer(outer{&inner{1}, 2})
	(&engine{d: &first{2}}).run()
	current = &first{3}
	useGlobal()
	useAssertion(&first{4})
	useSwitch(second{names[1]})
	useSwitch(&first{5})
	fmt.Fprintf(&teller{1}, "x")
	_ = fmt.Sprint(&textual{1})
	sort.Sort(byLength(names))

	deferOnce()
	deferInLoop(2)
	deferPanic()
	deferValue(makeClosure("func value deferred in a loop"))

	var group sync.WaitGroup
	spawn(&group, func() { leaf("closure run by a goroutine") })
	group.Wait()
	group.Add(1)
	go entry(&group, "go statement with arguments")
	group.Wait()
	s := &server{d: &first{6}}
	s.group.Add(1)
	go s.loop()
	s.group.Wait()
	group.Add(1)
	time.AfterFunc(time.Millisecond, func() {
		leaf("wide: timer")
		group.Done()
	})
	group.Wait()
}

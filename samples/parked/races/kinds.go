package main

import (
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

var kinds = map[string]func(){
	"mapread":       mapRead,
	"mapwrite":      mapWrite,
	"mapdelete":     mapDelete,
	"mapiterate":    mapIterate,
	"maplen":        mapLen,
	"element":       element,
	"elementstruct": elementStruct,
	"elementbytes":  elementBytes,
	"overlap":       overlap,
	"overlapcapped": overlapCapped,
	"overlaparray":  overlapArray,
	"overlapnested": overlapNested,
	"appendwithin":  appendWithin,
	"appendgrow":    appendGrow,
	"copy":          copyInto,
	"copyrange":     copyRange,
	"range":         rangeOver,
	"sliceheader":   sliceHeader,
	"stringheader":  stringHeader,
	"stringofbytes": stringOfBytes,
	"interface":     interfaceWord,
	"closure":       closure,
	"loopvariable":  loopVariable,
	"field":         field,
	"fieldnested":   fieldNested,
	"fieldmethod":   fieldMethod,
	"global":        global,
	"globalarray":   globalArray,
	"globalmain":    globalMain,
	"atomic":        atomicMixed,
	"waitgroup":     waitGroup,
	"channelslice":  channelSlice,
	"channelclose":  channelClose,
	"pool":          pool,
	"unsafe":        unsafeElement,
	"pointer":       pointer,
	"generic":       generic,
	"flag":          flag,
}

//go:noinline
func use(n int) {
	if n == -1 {
		println("unlikely")
	}
}

func mapRead() {
	sessions := map[string]int{"a": 1}
	is("sessions", *(*unsafe.Pointer)(unsafe.Pointer(&sessions)))
	pair(func() {
		sessions["b"] = 2 // race:first mapread
	}, func() {
		use(sessions["a"]) // race:second mapread
	})
}

func mapWrite() {
	counts := map[int]int{1: 1}
	is("counts", *(*unsafe.Pointer)(unsafe.Pointer(&counts)))
	pair(func() {
		counts[2] = 2 // race:first mapwrite
	}, func() {
		counts[3] = 3 // race:second mapwrite
	})
}

func mapDelete() {
	users := map[uint32]string{1: "x"}
	is("users", *(*unsafe.Pointer)(unsafe.Pointer(&users)))
	pair(func() {
		delete(users, 1) // race:first mapdelete
	}, func() {
		users[7] = "y" // race:second mapdelete
	})
}

func mapIterate() {
	routes := map[string]int{"a": 1}
	is("routes", *(*unsafe.Pointer)(unsafe.Pointer(&routes)))
	pair(func() {
		routes["b"] = 2 // race:first mapiterate
	}, func() {
		for _, v := range routes { // race:second mapiterate
			use(v)
		}
	})
}

func mapLen() {
	peers := map[string]int{"a": 1}
	is("peers", *(*unsafe.Pointer)(unsafe.Pointer(&peers)))
	pair(func() {
		peers["b"] = 2 // race:first maplen
	}, func() {
		use(len(peers)) // race:second maplen
	})
}

func element() {
	scores := make([]int, 8)
	is("scores", unsafe.Pointer(&scores[3]))
	ints("scores", scores, 3)
	array(unsafe.Pointer(&scores[0]), 3)
	pair(func() {
		scores[3] = 1 // race:first element
	}, func() {
		scores[3] = 2 // race:second element
	})
}

type item struct {
	name  string
	count int
}

func elementStruct() {
	items := make([]item, 5)
	is("items.count", unsafe.Pointer(&items[2].count))
	said.Slices = append(said.Slices, header{"items", uint64(uintptr(unsafe.Pointer(&items[0]))), len(items), cap(items), 24, 2})
	array(unsafe.Pointer(&items[0]), 2)
	pair(func() {
		items[2].count = 1 // race:first elementstruct
	}, func() {
		use(items[2].count) // race:second elementstruct
	})
}

func elementBytes() {
	buffer := make([]byte, 40)
	is("buffer", unsafe.Pointer(&buffer[21]))
	raw("buffer", buffer, 21)
	array(unsafe.Pointer(&buffer[0]), 21)
	pair(func() {
		buffer[21] = 'x' // race:first elementbytes
	}, func() {
		use(int(buffer[21])) // race:second elementbytes
	})
}

func overlap() {
	data := make([]int, 10)
	left, right := data[3:6], data[4:7]
	is("left", unsafe.Pointer(&data[4]))
	ints("left", left, 1)
	ints("right", right, 0)
	array(unsafe.Pointer(&data[0]), 4)
	pair(func() {
		left[1] = 1 // race:first overlap
	}, func() {
		right[0] = 2 // race:second overlap
	})
}

func overlapCapped() {
	data := make([]int, 16)
	head, tail := data[2:9:10], data[8:12]
	is("head", unsafe.Pointer(&data[8]))
	ints("head", head, 6)
	ints("tail", tail, 0)
	array(unsafe.Pointer(&data[0]), 8)
	pair(func() {
		use(head[6]) // race:first overlapcapped
	}, func() {
		tail[0] = 2 // race:second overlapcapped
	})
}

func overlapArray() {
	grid := new([12]int)
	low, high := grid[1:7], grid[5:]
	is("low", unsafe.Pointer(&grid[6]))
	ints("low", low, 5)
	ints("high", high, 1)
	array(unsafe.Pointer(&grid[0]), 6)
	pair(func() {
		low[5] = 1 // race:first overlaparray
	}, func() {
		high[1] = 2 // race:second overlaparray
	})
}

func overlapNested() {
	data := make([]int, 20)
	outer := data[4:18]
	inner := outer[3:9]
	is("outer", unsafe.Pointer(&data[10]))
	ints("outer", outer, 6)
	ints("inner", inner, 3)
	array(unsafe.Pointer(&data[0]), 10)
	pair(func() {
		outer[6]++ // race:first overlapnested
	}, func() {
		inner[3]++ // race:second overlapnested
	})
}

func appendWithin() {
	base := make([]int, 4, 16)
	is("base", unsafe.Pointer(&base[:5][4]))
	ints("base", base, 4)
	array(unsafe.Pointer(&base[0]), 4)
	pair(func() {
		use(len(append(base, 1))) // race:first appendwithin
	}, func() {
		use(len(append(base, 2))) // race:second appendwithin
	})
}

func appendGrow() {
	full := make([]int, 4)
	is("full", unsafe.Pointer(&full[2]))
	ints("full", full, 2)
	array(unsafe.Pointer(&full[0]), 2)
	pair(func() {
		full[2] = 1 // race:first appendgrow
	}, func() {
		use(len(append(full, 2))) // race:second appendgrow
	})
}

func copyInto() {
	target, source := make([]int, 8), []int{1, 2, 3}
	is("target", unsafe.Pointer(&target[2]))
	ints("target", target, 2)
	array(unsafe.Pointer(&target[0]), 2)
	pair(func() {
		target[2] = 1 // race:first copy
	}, func() {
		copy(target[2:], source) // race:second copy
	})
}

// The copy begins two elements before the one that was written: two addresses in one report.
func copyRange() {
	target, source := make([]int, 8), []int{1, 2, 3, 4}
	is("target", unsafe.Pointer(&target[3]))
	ints("target", target, 3)
	array(unsafe.Pointer(&target[0]), 3)
	pair(func() {
		target[3] = 1 // race:first copyrange
	}, func() {
		copy(target[1:], source) // race:second copyrange
	})
}

func rangeOver() {
	values := make([]int, 6)
	is("values", unsafe.Pointer(&values[5]))
	ints("values", values, 5)
	array(unsafe.Pointer(&values[0]), 5)
	pair(func() {
		values[5] = 1 // race:first range
	}, func() {
		for _, v := range values { // race:second range
			use(v)
		}
	})
}

var queue []int

func sliceHeader() {
	is("main.queue", unsafe.Pointer(&queue))
	pair(func() {
		queue = make([]int, 3) // race:first sliceheader
	}, func() {
		use(len(queue)) // race:second sliceheader
	})
}

var banner string

func stringHeader() {
	is("main.banner", unsafe.Pointer(&banner))
	pair(func() {
		banner = "hello" // race:first stringheader
	}, func() {
		use(len(banner)) // race:second stringheader
	})
}

var kept string

func stringOfBytes() {
	text := make([]byte, 64)
	is("text", unsafe.Pointer(&text[9]))
	raw("text", text, 9)
	array(unsafe.Pointer(&text[0]), 9)
	pair(func() {
		text[9] = 'x' // race:first stringofbytes
	}, func() {
		kept = string(text) // race:second stringofbytes
	})
}

var failure error

type refusal struct{ code int }

func (r *refusal) Error() string { return "refused" }

func interfaceWord() {
	is("main.failure", unsafe.Pointer(&failure))
	pair(func() {
		failure = &refusal{3} // race:first interface
	}, func() {
		if failure != nil { // race:second interface
			use(1)
		}
	})
}

func closure() {
	total := 0
	is("total", unsafe.Pointer(&total))
	pair(func() {
		total++ // race:first closure
	}, func() {
		total += 2 // race:second closure
	})
}

func loopVariable() {
	var done sync.WaitGroup
	done.Add(1)
	turn := 0
	is("turn", unsafe.Pointer(&turn))
	for turn = 0; turn < 2; turn++ { // race:second loopvariable
		if turn == 0 {
			go func() {
				use(turn) // race:first loopvariable
				done.Done()
			}()
		}
		time.Sleep(moment)
	}
	done.Wait()
}

type stats struct {
	name  string
	hits  int
	inner struct{ depth int }
}

func field() {
	page := &stats{}
	is("page.hits", unsafe.Pointer(&page.hits))
	pair(func() {
		page.hits = 1 // race:first field
	}, func() {
		use(page.hits) // race:second field
	})
}

func fieldNested() {
	page := &stats{}
	is("page.inner.depth", unsafe.Pointer(&page.inner.depth))
	pair(func() {
		page.inner.depth = 1 // race:first fieldnested
	}, func() {
		use(page.inner.depth) // race:second fieldnested
	})
}

func (s *stats) hit() {
	s.hits++ // race:first fieldmethod
}

func (s *stats) count() int {
	return s.hits // race:second fieldmethod
}

func fieldMethod() {
	page := &stats{}
	is("s.hits", unsafe.Pointer(&page.hits))
	pair(func() {
		page.hit()
	}, func() {
		use(page.count())
	})
}

var limit int

func global() {
	is("main.limit", unsafe.Pointer(&limit))
	pair(func() {
		limit = 5 // race:first global
	}, func() {
		use(limit) // race:second global
	})
}

var table [16]int

func globalArray() {
	is("main.table", unsafe.Pointer(&table[7]))
	ints("table", table[:], 7)
	array(unsafe.Pointer(&table[0]), 7)
	pair(func() {
		table[7] = 5 // race:first globalarray
	}, func() {
		use(table[7]) // race:second globalarray
	})
}

var level int

func globalMain() {
	is("main.level", unsafe.Pointer(&level))
	go func() {
		level = 5 // race:first globalmain
	}()
	time.Sleep(moment)
	use(level) // race:second globalmain
}

var served int64

func atomicMixed() {
	is("main.served", unsafe.Pointer(&served))
	pair(func() {
		atomic.AddInt64(&served, 1) // race:first atomic
	}, func() {
		served = 0 // race:second atomic
	})
}

func waitGroup() {
	var jobs sync.WaitGroup
	is("jobs", unsafe.Pointer(&jobs))
	pair(func() {
		jobs.Add(1) // race:first waitgroup
		time.Sleep(2 * moment)
		jobs.Done()
	}, func() {
		jobs.Wait() // race:second waitgroup
	})
}

func channelSlice() {
	parts := make(chan []int, 1)
	batch := make([]int, 6)
	is("batch", unsafe.Pointer(&batch[4]))
	ints("batch", batch, 4)
	ints("got", batch, 4)
	array(unsafe.Pointer(&batch[0]), 4)
	pair(func() {
		parts <- batch
		batch[4] = 1 // race:first channelslice
	}, func() {
		got := <-parts
		use(got[4]) // race:second channelslice
	})
}

func channelClose() {
	events := make(chan int, 4)
	is("events", unsafe.Add(*(*unsafe.Pointer)(unsafe.Pointer(&events)), 16))
	pair(func() {
		events <- 1 // race:first channelclose
	}, func() {
		close(events) // race:second channelclose
	})
}

func pool() {
	const many = 32
	var buffers sync.Pool
	mine := map[*[16]int]bool{}
	var first *[16]int
	pair(func() {
		for i := 0; i < many; i++ {
			b := new([16]int)
			mine[b] = true
			buffers.Put(b)
		}
		for b := range mine {
			b[5] = 1 // race:first pool
		}
	}, func() {
		for first == nil {
			first, _ = buffers.Get().(*[16]int)
		}
		first[5] = 2 // race:second pool
	})
	is("first", unsafe.Pointer(&first[5]))
	ints("b", first[:], 5)
	ints("first", first[:], 5)
	array(unsafe.Pointer(first), 5)
}

func unsafeElement() {
	cells := make([]int, 9)
	is("cells", unsafe.Pointer(&cells[6]))
	ints("cells", cells, 6)
	array(unsafe.Pointer(&cells[0]), 6)
	pair(func() {
		*(*int)(unsafe.Add(unsafe.Pointer(&cells[0]), 6*8)) = 1 // race:first unsafe
	}, func() {
		use(cells[6]) // race:second unsafe
	})
}

func pointer() {
	value := new(int)
	is("value", unsafe.Pointer(value))
	pair(func() {
		*value = 1 // race:first pointer
	}, func() {
		use(*value) // race:second pointer
	})
}

type ring[T any] struct {
	slots []T
}

func (r *ring[T]) put(at int, value T) {
	r.slots[at] = value // race:first generic
}

func (r *ring[T]) get(at int) T {
	return r.slots[at] // race:second generic
}

func generic() {
	r := &ring[int]{make([]int, 7)}
	is("r.slots", unsafe.Pointer(&r.slots[2]))
	ints("r.slots", r.slots, 2)
	array(unsafe.Pointer(&r.slots[0]), 2)
	pair(func() {
		r.put(2, 1)
	}, func() {
		use(r.get(2))
	})
}

func flag() {
	stop := false
	is("stop", unsafe.Pointer(&stop))
	pair(func() {
		stop = true // race:first flag
	}, func() {
		if stop { // race:second flag
			use(1)
		}
	})
}

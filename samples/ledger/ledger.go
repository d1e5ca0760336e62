// Package ledger keeps, in a memory-mapped file that outlives the process, what every goroutine of a sample was doing to which
// map: the ground truth that a diagnosis is judged by. FORMAT.md describes the file.
//
// The file is named by the environment variable FAULTLINE_LEDGER. Without it every call is a nil check.
package ledger

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// Kind is what an operation does to a map.
type Kind uint32

const (
	Read Kind = 1 + iota
	Write
	Iterate
	Delete
	Clear
	Clone
)

// Site is a line of the sample that operates on a map; its label is the comment that marks the line.
type Site uint32

// Map is the identity of one map of the process.
type Map uint32

var (
	file  []byte
	head  *header
	start time.Time
	base  int64

	writeSites [tableSize]bool
)

func init() {
	path := os.Getenv("FAULTLINE_LEDGER")
	if path == "" {
		return
	}
	if err := create(path); err != nil {
		fmt.Fprintln(os.Stderr, "ledger:", err)
		os.Exit(66)
	}
}

func create(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Truncate(fileSize); err != nil {
		return err
	}
	file, err = syscall.Mmap(int(f.Fd()), 0, fileSize, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		return err
	}
	start, base = time.Now(), monotonic()
	h := (*header)(unsafe.Pointer(&file[0]))
	h.version, h.slotCount, h.slotSize, h.ringLength = version, slotCount, slotSize, ringLength
	h.siteTable, h.mapTable, h.slotTable, h.tableSize = siteTable, mapTable, slotTable, tableSize
	h.baseMonotonic, h.pid = base, uint64(os.Getpid())
	copy(h.goVersion[:len(h.goVersion)-1], runtime.Version())
	copy(h.magic[:], magic)
	head = h
	return nil
}

// NewSite registers a line under the text of its marker comment.
func NewSite(kind Kind, label string) Site {
	if head == nil {
		return 0
	}
	id := atomic.AddUint32(&head.siteCount, 1)
	if id >= tableSize {
		panic("ledger: too many sites")
	}
	writeSites[id] = kind == Write || kind == Delete || kind == Clear
	entry := (*siteEntry)(unsafe.Pointer(&file[siteTable+id*entrySize]))
	entry.kind = kind
	copy(entry.label[:len(entry.label)-1], label)
	return Site(id)
}

// NewMap registers a map under a name, with the address of its header. Maps past the size of the table share identity 0.
func NewMap(name string, m any) Map {
	if head == nil {
		return 0
	}
	id := atomic.AddUint32(&head.mapCount, 1)
	if id >= tableSize {
		return 0
	}
	entry := (*mapEntry)(unsafe.Pointer(&file[mapTable+id*entrySize]))
	entry.address = uint64((*[2]uintptr)(unsafe.Pointer(&m))[1])
	copy(entry.name[:len(entry.name)-1], name)
	return Map(id)
}

// Open gives the calling goroutine a slot. Slots are taken in turn, so the oldest is used again after slotCount goroutines.
func Open(role string) *Slot {
	if head == nil {
		return nil
	}
	index := (atomic.AddUint64(&head.slotsOpened, 1) - 1) % slotCount
	s := (*Slot)(unsafe.Pointer(&file[slotTable+index*slotSize]))
	*s = Slot{goid: goid(), opened: now()}
	copy(s.role[:len(s.role)-1], role)
	return s
}

// Close notes that the goroutine is about to end.
func (s *Slot) Close() {
	if s != nil {
		s.closed = now()
	}
}

// Enter notes that the goroutine is about to operate on a map.
func (s *Slot) Enter(site Site, table Map) {
	if s != nil {
		s.enter(site, table)
	}
}

// Exit notes that the operation last entered has returned.
func (s *Slot) Exit() {
	if s != nil {
		s.exit()
	}
}

// Step notes that the iteration last entered is about to take its next step.
func (s *Slot) Step() {
	if s != nil {
		s.step()
	}
}

// The stores are plain: only this goroutine writes the slot, and nobody reads it before the process is dead.
//
// Writes have a ring of their own: a rival that reads on while the process dies must not lose the write that killed it.
func (s *Slot) enter(site Site, table Map) {
	isWrite := writeSites[site]
	number := s.count + 1
	index := (s.count - s.writes) % ringLength
	if isWrite {
		index = ringLength + s.writes%ringLength
	}
	r := &s.rings[index]
	r.site, r.table, r.number = site, table, number
	r.exit = 0
	s.last = uint32(index)
	if isWrite {
		s.writes++
	}
	s.count = number
	r.enter = now()
}

func (s *Slot) exit() {
	s.rings[s.last].exit = now()
}

func (s *Slot) step() {
	s.rings[s.last].enter = now()
}

func now() int64 { return base + int64(time.Since(start)) }

// monotonic is CLOCK_MONOTONIC, the clock that perf and strace stamp their events with.
func monotonic() int64 {
	var ts syscall.Timespec
	const clockMonotonic = 1
	if _, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&ts)), 0); errno != 0 {
		return 0
	}
	return ts.Nano()
}

// goid reads the number from the first line of the goroutine's own stack: "goroutine N [running]:".
func goid() uint64 {
	var buffer [64]byte
	text := buffer[:runtime.Stack(buffer[:], false)]
	text = bytes.TrimPrefix(text, []byte("goroutine "))
	if end := bytes.IndexByte(text, ' '); end > 0 {
		if id, err := strconv.ParseUint(string(text[:end]), 10, 64); err == nil {
			return id
		}
	}
	return 0
}

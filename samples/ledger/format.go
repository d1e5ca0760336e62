package ledger

// The layout of the file; FORMAT.md describes it for readers in other languages.
const (
	magic      = "FLTLEDG1"
	version    = 2
	tableSize  = 256
	entrySize  = 64
	siteTable  = 4096
	mapTable   = siteTable + tableSize*entrySize
	slotTable  = mapTable + tableSize*entrySize
	slotCount  = 1 << 16
	slotSize   = 64 + 2*ringLength*32
	ringLength = 32
	fileSize   = slotTable + slotCount*slotSize
)

type header struct {
	magic         [8]byte
	version       uint32
	slotCount     uint32
	slotSize      uint32
	ringLength    uint32
	siteTable     uint32
	mapTable      uint32
	slotTable     uint32
	tableSize     uint32
	siteCount     uint32
	mapCount      uint32
	slotsOpened   uint64
	baseMonotonic int64
	pid           uint64
	goVersion     [32]byte
}

type siteEntry struct {
	kind  Kind
	label [60]byte
}

type mapEntry struct {
	address uint64
	name    [56]byte
}

// Slot is the part of the file that belongs to one goroutine. Only that goroutine writes it.
type Slot struct {
	goid   uint64
	opened int64
	closed int64
	count  uint64
	writes uint64
	last   uint32
	role   [20]byte
	rings  [2 * ringLength]record
}

type record struct {
	enter  int64
	exit   int64
	site   Site
	table  Map
	number uint64
}

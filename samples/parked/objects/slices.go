package main

import "unsafe"

type ring struct {
	Label string
	Items []int64
}

type node struct {
	Next  *node
	Value uint8
	Any   interface{}
	Shape shape
	Call  func(int) int
	Pipe  chan int
	Words map[string]int
	Raw   [5]byte
	Point *point
}

var (
	sliceWhole   []int64
	sliceMiddle  []int64
	sliceStale   []string
	sliceGrown   []string
	sliceHolder  *ring
	sliceUnowned []byte
	sliceBytes   = []byte("bytes of a slice")
	valueNode    *node
	valueRing    ring
	valueText    = "text with \x00 and \u00e9"
	valueSquare  shape
)

func fillSlices() {
	sliceWhole = make([]int64, 10, 16)
	sliceMiddle = sliceWhole[4:8]
	sliceHolder = &ring{"in the heap", sliceWhole[6:12]}
	sliceStale = make([]string, 2, 2)
	sliceStale[0] = "first"
	sliceGrown = append(sliceStale, "grown")
	said.addSlice("main.sliceWhole", unsafe.Pointer(&sliceWhole), sliceWhole)
	said.addSlice("main.sliceMiddle", unsafe.Pointer(&sliceMiddle), sliceMiddle)
	said.addSlice("main.sliceHolder.Items", unsafe.Pointer(&sliceHolder.Items), sliceHolder.Items)
	said.addSlice("main.sliceStale", unsafe.Pointer(&sliceStale), sliceStale)
	said.addSlice("main.sliceGrown", unsafe.Pointer(&sliceGrown), sliceGrown)
	said.addSlice("main.sliceUnowned", unsafe.Pointer(&sliceUnowned), sliceUnowned)
}

func fillValues() {
	valueRing = ring{"ring", []int64{1, -2, 3}}
	valueSquare = square{1.5}
	valueNode = &node{Value: 255, Any: point{1, 2}, Shape: square{2.5}, Raw: [5]byte{1, 2, 3, 4, 5}}
	said.addValue("main.valueRing", &valueRing)
	said.addValue("main.valueText", &valueText)
	said.addValue("main.sliceBytes", &sliceBytes)
	said.addValue("main.valueNode", valueNode)
	said.addValue("main.valueSquare", &valueSquare)
}

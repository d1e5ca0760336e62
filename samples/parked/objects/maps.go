package main

import (
	"fmt"
	"math"
	"reflect"
	"sync"
	"unsafe"
)

type point struct{ X, Y int16 }

type entry struct {
	Name  string
	Count int
	Tags  []string
	Rate  float64
	Flag  bool
}

type wide struct{ Words [40]int64 }

type shape interface{ Area() float64 }

type square struct{ Side float64 }

func (s square) Area() float64 { return s.Side * s.Side }

var (
	mapEmpty     = map[string]int{}
	mapSmall     = map[int]string{1: "one", 2: "two", -3: "minus three"}
	mapBig       = map[string]int{}
	mapStruct    = map[point]entry{}
	mapPointer   = map[uint32]*entry{}
	mapWide      = map[string]wide{}
	mapWideKey   = map[wide]bool{}
	mapAny       = map[interface{}]interface{}{}
	mapSet       = map[string]struct{}{}
	mapHalf      = map[int]int{}
	mapGrowing   = map[int]uint8{}
	mapGrowing2  = map[string]string{}
	mapNested    = map[string]map[string]int{}
	mapShapes    = map[string]shape{}
	mapFloat     = map[float64]float32{}
	mapArray     = map[[3]byte][]int{}
	mapWriting   = map[int64]int64{}
	mapNotShared map[int]int
	syncPlain    sync.Map
	syncAmended  sync.Map
	syncExpunged sync.Map
)

func fillMaps() {
	for i := 0; i < 5000; i++ {
		mapBig[fmt.Sprintf("key-%d", i)] = i * i
	}
	for i := int16(0); i < 40; i++ {
		mapStruct[point{i, -i}] = entry{Name: fmt.Sprint("entry ", i), Count: int(i), Tags: []string{"a", "b\n\"c\""}[:i%3], Rate: float64(i) / 4, Flag: i%2 == 0}
		mapPointer[uint32(i)] = &entry{Name: "behind a pointer"}
		mapSet[fmt.Sprint(i)] = struct{}{}
		mapArray[[3]byte{byte(i), 2, 3}] = make([]int, i%4)
		mapFloat[float64(i)+0.5] = float32(i) / 3
	}
	for i := int64(0); i < 12; i++ {
		w := wide{}
		w.Words[i] = i
		mapWide[fmt.Sprint("wide ", i)] = w
		mapWideKey[w] = i%2 == 1
	}
	mapAny[1] = "one"
	mapAny["two"] = 2
	mapAny[3.5] = point{3, 5}
	mapAny[point{1, 2}] = nil
	mapAny[true] = int8(-4)
	mapAny[uint16(7)] = complex(1, -2)
	for i := 0; i < 1000; i++ {
		mapHalf[i] = -i
	}
	for i := 0; i < 1000; i++ {
		if i%3 != 0 {
			delete(mapHalf, i)
		}
	}
	// One more than 6.5 entries a bucket starts a classic map's growth; the next few writes move only a few buckets.
	for i := 0; i <= 6656+2; i++ {
		mapGrowing[i] = uint8(i)
	}
	for i := 0; i <= 832+1; i++ {
		mapGrowing2[fmt.Sprint(i)] = fmt.Sprint("value ", i)
	}
	mapNested["inner"] = map[string]int{"x": 1}
	mapShapes["square"] = square{2}
	mapShapes["pointer"] = &square{3}
	mapShapes["none"] = nil
	mapFloat[math.Inf(1)] = 1
	for i := int64(0); i < 20; i++ {
		mapWriting[i] = i
	}
	said.addMap("main.mapEmpty", mapEmpty)
	said.addMap("main.mapSmall", mapSmall)
	said.addMap("main.mapBig", mapBig)
	said.addMap("main.mapStruct", mapStruct)
	said.addMap("main.mapPointer", mapPointer)
	said.addMap("main.mapWide", mapWide)
	said.addMap("main.mapWideKey", mapWideKey)
	said.addMap("main.mapAny", mapAny)
	said.addMap("main.mapSet", mapSet)
	said.addMap("main.mapHalf", mapHalf)
	said.addMap("main.mapGrowing", mapGrowing)
	said.addMap("main.mapGrowing2", mapGrowing2)
	said.addMap("main.mapNested", mapNested)
	said.addMap("main.mapShapes", mapShapes)
	said.addMap("main.mapFloat", mapFloat)
	said.addMap("main.mapArray", mapArray)
	said.addMap("main.mapWriting", mapWriting)
	said.addMap("main.mapNotShared", mapNotShared)
	markWriting(pointerOf(mapWriting))
}

// markWriting leaves the mark of a write in progress, as a core taken in the middle of one has it: nothing touches the map from here on.
func markWriting(m unsafe.Pointer) {
	if isSwiss() {
		*(*byte)(unsafe.Add(m, 34)) = 1
	} else {
		*(*byte)(unsafe.Add(m, 8)) |= 4
	}
}

// isSwiss tells the two implementations apart by the size of the descriptor's Bucket or Group type name.
func isSwiss() bool {
	t := reflect.TypeOf(mapWriting)
	bucket := *(*unsafe.Pointer)(unsafe.Add(pointerOf(t), 64))
	fields := *(*int)(unsafe.Add(bucket, 64))
	return fields == 2 || fields == 3
}

func fillSyncMaps() {
	for i := 0; i < 100; i++ {
		syncPlain.Store(i, fmt.Sprint("value ", i))
		syncAmended.Store(fmt.Sprint(i), i)
		syncExpunged.Store(i, i)
	}
	for i := 0; i < 300; i++ {
		syncPlain.Load(i % 100)
		syncAmended.Load(fmt.Sprint(i % 100))
		syncExpunged.Load(i % 100)
	}
	for i := 0; i < 10; i++ {
		syncPlain.Delete(i)
		syncExpunged.Delete(i)
	}
	syncAmended.Store("new", -1)
	syncAmended.Load("new")
	syncAmended.Load("absent")
	syncExpunged.Store("new", "added")
	for name, m := range map[string]*sync.Map{"main.syncPlain": &syncPlain, "main.syncAmended": &syncAmended, "main.syncExpunged": &syncExpunged} {
		described := mapTruth{Address: hex(unsafe.Pointer(m)), Type: "sync.Map", Entries: [][2]string{}}
		m.Range(func(key, value interface{}) bool {
			described.Entries = append(described.Entries, [2]string{fmt.Sprintf("%#v", key), fmt.Sprintf("%#v", value)})
			return true
		})
		described.Length = len(described.Entries)
		// Range itself promotes an amended map: make the new state again.
		said.Maps[name] = described
	}
	syncAmended.Store("newer", -2)
	described := said.Maps["main.syncAmended"]
	described.Entries = append(described.Entries, [2]string{`"newer"`, "-2"})
	described.Length++
	said.Maps["main.syncAmended"] = described
	syncAmended.Load("absent")
}

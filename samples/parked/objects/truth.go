package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"sort"
	"unsafe"
)

// truth is what the program says about its own objects. Addresses are hexadecimal without a prefix, values in the syntax of %#v.
type truth struct {
	Maps       map[string]mapTruth
	Channels   map[string]chanTruth
	Locks      map[string]lockTruth
	Slices     map[string]sliceTruth
	Values     map[string]valueTruth
	Goroutines map[string]uint64
}

type mapTruth struct {
	Address string
	Type    string
	Length  int
	Entries [][2]string
}

type chanTruth struct {
	Address  string
	Type     string
	Length   int
	Capacity int
	Closed   bool
	Items    []string
	Senders  []string
	Receiver []string
}

type lockTruth struct {
	Address string
	Kind    string
	Waiters []string
	Owner   string
}

type sliceTruth struct {
	Address  string
	Array    string
	Type     string
	Length   int
	Capacity int
}

type valueTruth struct {
	Address string
	Type    string
	Text    string
}

func hex(p unsafe.Pointer) string { return fmt.Sprintf("%x", uintptr(p)) }

// pointerOf is the one word that a map, channel, pointer or function is.
func pointerOf(v interface{}) unsafe.Pointer {
	return (*[2]unsafe.Pointer)(unsafe.Pointer(&v))[1]
}

func (t *truth) addMap(name string, m interface{}) {
	v := reflect.ValueOf(m)
	described := mapTruth{Address: hex(pointerOf(m)), Type: v.Type().String(), Length: v.Len(), Entries: [][2]string{}}
	for it := v.MapRange(); it.Next(); {
		described.Entries = append(described.Entries, [2]string{syntax(it.Key()), syntax(it.Value())})
	}
	sort.Slice(described.Entries, func(i, j int) bool { return described.Entries[i][0] < described.Entries[j][0] })
	t.Maps[name] = described
}

func (t *truth) addChan(name string, c interface{}, items []string, senders, receivers []string) {
	v := reflect.ValueOf(c)
	t.Channels[name] = chanTruth{
		Address: hex(pointerOf(c)), Type: v.Type().String(), Length: v.Len(), Capacity: v.Cap(),
		Items: items, Senders: senders, Receiver: receivers,
	}
}

func (t *truth) addLock(name, kind string, p unsafe.Pointer, owner string, waiters ...string) {
	t.Locks[name] = lockTruth{Address: hex(p), Kind: kind, Waiters: waiters, Owner: owner}
}

func (t *truth) addSlice(name string, header unsafe.Pointer, s interface{}) {
	v := reflect.ValueOf(s)
	t.Slices[name] = sliceTruth{Address: hex(header), Array: fmt.Sprintf("%x", v.Pointer()), Type: v.Type().String(), Length: v.Len(), Capacity: v.Cap()}
}

func (t *truth) addValue(name string, p interface{}) {
	v := reflect.ValueOf(p).Elem()
	t.Values[name] = valueTruth{Address: hex(pointerOf(p)), Type: v.Type().String(), Text: syntax(v)}
}

func syntax(v reflect.Value) string { return fmt.Sprintf("%#v", v.Interface()) }

func (t *truth) write(path string) {
	text, err := json.MarshalIndent(t, "", " ")
	if err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

package filter

import (
	"math"
	"unsafe"
)

// Kind says what a Value holds.
type Kind uint8

// The kinds of values. Missing is the zero Kind: null, NaN, and a field that
// this alert's schema version does not have are all the same to a filter.
const (
	Missing Kind = iota
	Bool
	Int
	Float
	String
	Bytes
	List
	Map
	Record
	// Array is a block of numbers of one type, such as an image: a list to a
	// filter, whose items become values only where they are gone through one
	// by one.
	Array
)

var kindNames = [...]string{"missing", "bool", "int", "float", "string", "bytes", "list", "map", "record", "array"}

// String returns the kind's name as error messages use it.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// Value is one field of one alert: a tagged scalar, or a reference to a list
// or map. It is copied freely and never owns memory.
//
// Invariants:
//   - NaN is never held: FloatOf(NaN) is Missing.
//   - Integers keep all 64 bits.
//   - Strings, bytes, lists and maps point into the record's bytes or into the
//     alert's arena: they are valid until the alert is Reset.
type Value struct {
	ptr  unsafe.Pointer // first byte, element or entry
	num  uint64         // the scalar's bits, or the length behind ptr
	kind Kind
}

// Entry is one pair of a Map.
type Entry struct {
	Key   string
	Value Value
}

// BoolOf returns a Bool.
func BoolOf(b bool) Value {
	if b {
		return Value{num: 1, kind: Bool}
	}
	return Value{kind: Bool}
}

// IntOf returns an Int.
func IntOf(i int64) Value { return Value{num: uint64(i), kind: Int} }

// FloatOf returns a Float, or Missing where f is NaN.
func FloatOf(f float64) Value {
	if f != f {
		return Value{}
	}
	return Value{num: math.Float64bits(f), kind: Float}
}

// StringOf returns a String that shares s's bytes.
func StringOf(s string) Value {
	return Value{ptr: unsafe.Pointer(unsafe.StringData(s)), num: uint64(len(s)), kind: String}
}

// StringOfBytes returns a String that shares b's bytes, which must not change
// while the value is in use.
func StringOfBytes(b []byte) Value {
	return Value{ptr: unsafe.Pointer(unsafe.SliceData(b)), num: uint64(len(b)), kind: String}
}

// BytesOf returns Bytes that share b.
func BytesOf(b []byte) Value {
	return Value{ptr: unsafe.Pointer(unsafe.SliceData(b)), num: uint64(len(b)), kind: Bytes}
}

// ListOf returns a List that shares items.
func ListOf(items []Value) Value {
	return Value{ptr: unsafe.Pointer(unsafe.SliceData(items)), num: uint64(len(items)), kind: List}
}

// MapOf returns a Map that shares entries.
func MapOf(entries []Entry) Value {
	return Value{ptr: unsafe.Pointer(unsafe.SliceData(entries)), num: uint64(len(entries)), kind: Map}
}

// ArrayOf returns an Array that shares numbers.
func ArrayOf(numbers *Numbers) Value { return Value{ptr: unsafe.Pointer(numbers), kind: Array} }

// RecordOf returns a Record: a nested record that is there. Its fields have
// paths, and so slots, of their own.
func RecordOf() Value { return Value{kind: Record} }

// RecordAt returns a Record that stands for item index of the list numbered
// base; who numbers the lists reads them back with At.
func RecordAt(base, index uint32) Value {
	return Value{num: uint64(base)<<32 | uint64(index), kind: Record}
}

// At returns what a Record was made with by RecordAt; 0 and 0 for RecordOf and
// every other kind.
func (v Value) At() (base, index uint32) {
	if v.kind != Record {
		return 0, 0
	}
	return uint32(v.num >> 32), uint32(v.num)
}

// Kind says what v holds.
func (v Value) Kind() Kind { return v.kind }

// IsMissing reports whether v holds nothing.
func (v Value) IsMissing() bool { return v.kind == Missing }

// IsNumber reports whether v is an Int or a Float.
func (v Value) IsNumber() bool { return v.kind == Int || v.kind == Float }

// True reports whether v is a Bool that is true; a missing boolean is false.
func (v Value) True() bool { return v.kind == Bool && v.num != 0 }

// Int returns an Int's value; 0 for every other kind.
func (v Value) Int() int64 {
	if v.kind != Int {
		return 0
	}
	return int64(v.num)
}

// Float returns a number widened to float64, and NaN for every other kind.
func (v Value) Float() float64 {
	switch v.kind {
	case Float:
		return math.Float64frombits(v.num)
	case Int:
		return float64(int64(v.num))
	}
	return math.NaN()
}

// Text returns a String's text; "" for every other kind.
func (v Value) Text() string {
	if v.kind != String {
		return ""
	}
	return unsafe.String((*byte)(v.ptr), int(v.num))
}

// Bytes returns the bytes of Bytes or of a String; nil for every other kind.
func (v Value) Bytes() []byte {
	if v.kind != Bytes && v.kind != String {
		return nil
	}
	return unsafe.Slice((*byte)(v.ptr), int(v.num))
}

// List returns a List's items; nil for every other kind, as a missing list is
// an empty list.
func (v Value) List() []Value {
	if v.kind != List {
		return nil
	}
	return unsafe.Slice((*Value)(v.ptr), int(v.num))
}

// Map returns a Map's entries in the record's order; nil for every other kind.
func (v Value) Map() []Entry {
	if v.kind != Map {
		return nil
	}
	return unsafe.Slice((*Entry)(v.ptr), int(v.num))
}

// Numbers returns the numbers of an Array; nil for every other kind.
func (v Value) Numbers() *Numbers {
	if v.kind != Array {
		return nil
	}
	return (*Numbers)(v.ptr)
}

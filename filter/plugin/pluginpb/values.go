package pluginpb

import (
	"strings"

	"github.com/skysift/skysift/filter"
)

// FromValue returns a value as the protocol has it; it shares no memory with
// v. A Record is an empty map: its fields have columns of their own.
func FromValue(v filter.Value) *Value {
	switch v.Kind() {
	case filter.Bool:
		return &Value{Kind: &Value_Bool{v.True()}}
	case filter.Int:
		return &Value{Kind: &Value_Int{v.Int()}}
	case filter.Float:
		return &Value{Kind: &Value_Float{v.Float()}}
	case filter.String:
		return &Value{Kind: &Value_String_{Text(v)}}
	case filter.Bytes:
		return &Value{Kind: &Value_Bytes{append([]byte(nil), v.Bytes()...)}}
	case filter.List:
		list := &Value_List{}
		for _, item := range v.List() {
			list.Items = append(list.Items, FromValue(item))
		}
		return &Value{Kind: &Value_List_{list}}
	case filter.Array:
		return FromValue(listed(v))
	case filter.Map, filter.Record:
		entries := &Value_Map{}
		for _, entry := range v.Map() {
			entries.Entries = append(entries.Entries, &Value_Entry{Key: valid(entry.Key), Value: FromValue(entry.Value)})
		}
		return &Value{Kind: &Value_Map_{entries}}
	}
	return &Value{}
}

// maxNumbers is how many numbers of an array a plug-in is sent; a larger one,
// such as an image, is missing.
const maxNumbers = 4096

// listed is the value with an array turned into the list of its numbers.
func listed(v filter.Value) filter.Value {
	numbers := v.Numbers()
	if numbers == nil {
		return v
	}
	if numbers.Len() > maxNumbers {
		return filter.Value{}
	}
	items := make([]filter.Value, numbers.Len())
	for i := range items {
		items[i] = numbers.At(i)
	}
	return filter.ListOf(items)
}

// Filter returns the value as filters know it; it shares the message's memory.
func (x *Value) Filter() filter.Value {
	switch kind := x.GetKind().(type) {
	case *Value_Bool:
		return filter.BoolOf(kind.Bool)
	case *Value_Int:
		return filter.IntOf(kind.Int)
	case *Value_Float:
		return filter.FloatOf(kind.Float)
	case *Value_String_:
		return filter.StringOf(kind.String_)
	case *Value_Bytes:
		return filter.BytesOf(kind.Bytes)
	case *Value_List_:
		items := make([]filter.Value, len(kind.List.GetItems()))
		for i, item := range kind.List.GetItems() {
			items[i] = item.Filter()
		}
		return filter.ListOf(items)
	case *Value_Map_:
		entries := make([]filter.Entry, len(kind.Map.GetEntries()))
		for i, entry := range kind.Map.GetEntries() {
			entries[i] = filter.Entry{Key: entry.GetKey(), Value: entry.GetValue().Filter()}
		}
		return filter.MapOf(entries)
	}
	return filter.Value{}
}

// Text returns a copy of a String's text that protobuf takes: what is no UTF-8
// becomes U+FFFD.
func Text(v filter.Value) string { return strings.Clone(valid(v.Text())) }

func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// Bit reports whether bit i of a set is set; beyond its end none is.
func Bit(set []byte, i int) bool { return i>>3 < len(set) && set[i>>3]>>(i&7)&1 != 0 }

// SetBit sets bit i, growing the set to hold it.
func SetBit(set []byte, i int) []byte {
	for len(set) <= i>>3 {
		set = append(set, 0)
	}
	set[i>>3] |= 1 << (i & 7)
	return set
}

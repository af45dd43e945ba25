package pluginpb

import (
	"github.com/skysift/skysift/filter"
)

// Builder makes a column of values that are added one by one. What it is
// given it copies. The zero Builder is ready, and Reset keeps its memory.
//
// Invariant: the column in hand has length entries, missing ones included,
// once there is a value that is not missing.
type Builder struct {
	length  int
	missing []byte
	holds   filter.Kind // of the values so far; Missing: there is none, Map: mixed
	bytes   int

	bools   Bools
	ints    Ints
	floats  Floats
	strings Strings
	blobs   Blobs
	mixed   Mixed
	lists   Lists
	items   *Builder
}

// exact is the largest magnitude up to which every integer is a float64.
const exact = 1 << 53

// Reset empties the builder.
func (b *Builder) Reset() {
	b.length, b.missing, b.holds, b.bytes = 0, b.missing[:0], filter.Missing, 0
	b.bools.Values, b.ints.Values, b.floats.Values = b.bools.Values[:0], b.ints.Values[:0], b.floats.Values[:0]
	clear(b.strings.Values)
	clear(b.blobs.Values)
	clear(b.mixed.Values)
	b.strings.Values, b.blobs.Values, b.mixed.Values = b.strings.Values[:0], b.blobs.Values[:0], b.mixed.Values[:0]
	b.lists.Lengths = b.lists.Lengths[:0]
	if b.items != nil {
		b.items.Reset()
	}
}

// Size is about how many bytes the column has.
func (b *Builder) Size() int {
	if b.items != nil {
		return b.bytes + b.items.Size()
	}
	return b.bytes
}

// Add appends a value.
func (b *Builder) Add(v filter.Value) {
	v = listed(v)
	kind := v.Kind()
	if kind == filter.Record {
		kind = filter.Map
	}
	switch {
	case kind == filter.Missing:
		b.missing = SetBit(b.missing, b.length)
	case b.holds == filter.Missing:
		b.begin(kind)
	case b.holds != kind && !b.widens(v):
		b.mix()
	}
	b.push(v)
	b.length++
}

// begin turns to the kind of the first value that is there, with something in
// the place of each missing one before it.
func (b *Builder) begin(kind filter.Kind) {
	b.holds = kind
	for range b.length {
		b.push(filter.Value{})
	}
}

// widens reports whether a number can join a column of the other kind of
// numbers, as a float with the same value.
func (b *Builder) widens(v filter.Value) bool {
	switch {
	case b.holds == filter.Float && v.Kind() == filter.Int:
		return v.Int() >= -exact && v.Int() <= exact
	case b.holds != filter.Int || v.Kind() != filter.Float:
		return false
	}
	for _, i := range b.ints.Values {
		if i < -exact || i > exact {
			return false
		}
	}
	for _, i := range b.ints.Values {
		b.floats.Values = append(b.floats.Values, float64(i))
	}
	b.ints.Values, b.holds = b.ints.Values[:0], filter.Float
	return true
}

// mix turns the column into one of values of any kind.
func (b *Builder) mix() {
	column := b.Column()
	values := make([]*Value, b.length)
	view := NewView(column)
	for i := range values {
		values[i] = FromValue(view.At(i))
	}
	if b.items != nil {
		b.items.Reset()
	}
	b.holds, b.mixed.Values = filter.Map, values
}

// push appends to the values of the kind that the column holds.
func (b *Builder) push(v filter.Value) {
	b.bytes += 8
	switch b.holds {
	case filter.Bool:
		b.bools.Values = append(b.bools.Values, v.True())
	case filter.Int:
		b.ints.Values = append(b.ints.Values, v.Int())
	case filter.Float:
		f := 0.0
		if v.IsNumber() {
			f = v.Float()
		}
		b.floats.Values = append(b.floats.Values, f)
	case filter.String:
		b.bytes += len(v.Text())
		b.strings.Values = append(b.strings.Values, Text(v))
	case filter.Bytes:
		b.bytes += len(v.Bytes())
		b.blobs.Values = append(b.blobs.Values, append([]byte(nil), v.Bytes()...))
	case filter.List:
		b.pushList(v.List())
	case filter.Map:
		b.bytes += 64 * (1 + len(v.Map()) + len(v.List()))
		b.mixed.Values = append(b.mixed.Values, FromValue(v))
	}
}

func (b *Builder) pushList(items []filter.Value) {
	b.lists.Lengths = append(b.lists.Lengths, uint32(len(items)))
	if b.items == nil {
		b.items = &Builder{}
	}
	for _, item := range items {
		b.items.Add(item)
	}
}

// Column returns the column, which is the builder's own until Reset.
func (b *Builder) Column() *Column {
	c := &Column{Missing: b.missing}
	switch b.holds {
	case filter.Bool:
		c.Values = &Column_Bools{&b.bools}
	case filter.Int:
		c.Values = &Column_Ints{&b.ints}
	case filter.Float:
		c.Values = &Column_Floats{&b.floats}
	case filter.String:
		c.Values = &Column_Strings{&b.strings}
	case filter.Bytes:
		c.Values = &Column_Blobs{&b.blobs}
	case filter.List:
		c.Values = &Column_Lists{&b.lists}
		b.lists.Items = b.items.Column()
	case filter.Map:
		c.Values = &Column_Mixed{&b.mixed}
	}
	return c
}

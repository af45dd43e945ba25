package msgpack

import (
	"bytes"
	"fmt"

	"github.com/skysift/skysift/filter"
)

// maxEmpty bounds the dimensions of an array that has no numbers: they take no
// bytes.
const maxEmpty = 1 << 16

// isNumpy reports whether the map behind h is one that stands for an array or a
// number: msgpack-numpy begins these, and no others, with the key nd.
func (c *cursor) isNumpy(h head) bool {
	rest := c.buf[c.pos:]
	return h.size >= 3 && (bytes.HasPrefix(rest, []byte("\xc4\x02nd")) || bytes.HasPrefix(rest, []byte("\xa2nd"))) && h.size <= 5
}

// block is such a map as it is written.
type block struct {
	start int
	array bool // not a single number
	// what is the type, "<f8"; "" where it is a structure's list of fields.
	what  []byte
	kind  []byte
	data  []byte
	ndim  int
	shape []int // nil: not wanted
	count int   // how many numbers the shape has
}

// numpy reads the map behind h, and checks it whether it is wanted or not.
func (c *cursor) numpy(h head, wanted bool, depth int) (filter.Value, error) {
	b, err := c.block(h, depth)
	if err != nil {
		return filter.Value{}, err
	}
	return c.assemble(&b, wanted)
}

// block reads the map behind h.
func (c *cursor) block(h head, depth int) (block, error) {
	b := block{start: c.pos, count: 1}
	for range h.size {
		key, err := c.key()
		if err == nil {
			err = c.part(&b, key, depth)
		}
		if err != nil {
			return b, err
		}
	}
	return b, nil
}

// part reads the value of one key.
func (c *cursor) part(b *block, key []byte, depth int) error {
	start := c.pos
	switch string(key) {
	case "shape":
		return c.shape(b)
	case "nd", "type", "kind", "data":
	default:
		return c.project(nil, nil, depth)
	}
	h, err := c.head()
	if err != nil {
		return err
	}
	text := h.kind == kindString || h.kind == kindBytes
	switch {
	case string(key) == "nd" && h.kind == kindBool:
		b.array = h.bits != 0
		return nil
	case string(key) == "type" && text:
		b.what = c.take(h)
		return nil
	case string(key) == "kind" && text:
		b.kind = c.take(h)
		return nil
	case string(key) == "data" && text:
		b.data = c.take(h)
		return nil
	case string(key) == "type": // a structure's fields
		c.pos = start
		return c.project(nil, nil, depth)
	}
	return c.fault(start, fmt.Sprintf("%s stands where a numpy array has its %s", h.words(), key))
}

// shape reads an array's dimensions.
func (c *cursor) shape(b *block) error {
	start := c.pos
	h, err := c.head()
	if err != nil {
		return err
	}
	const most = 64 // numpy's own limit
	if h.kind != kindList || h.size > most {
		return c.fault(start, fmt.Sprintf("%s stands where a numpy array has its shape: up to %d integers", h.words(), most))
	}
	c.shapes = room(c.shapes, h.size)
	from := len(c.shapes)
	b.count = 1
	for range h.size {
		at := c.pos
		n, err := c.head()
		if err != nil {
			return err
		}
		if n.kind != kindInt || int64(n.bits) < 0 || int64(n.bits) > int64(max(len(c.buf), maxEmpty)) {
			return c.fault(at, "a numpy array's shape has a dimension that its bytes cannot fill")
		}
		c.shapes = append(c.shapes, int(n.bits))
		b.count = min(b.count*int(n.bits), len(c.buf)+1) // what is more cannot be there
	}
	b.ndim, b.shape = h.size, c.shapes[from:len(c.shapes):len(c.shapes)]
	return nil
}

// assemble checks the parts of an array or number against each other and
// returns its value.
func (c *cursor) assemble(b *block, wanted bool) (filter.Value, error) {
	if isObject(b) {
		return filter.Value{}, c.fault(b.start, "a numpy array of Python objects: that is a pickle, which is never opened")
	}
	t, bigEndian, known := numberType(b.what)
	if !known {
		return filter.Value{}, nil
	}
	size := t.Size()
	if !b.array {
		if len(b.data) != size {
			return filter.Value{}, c.fault(b.start, fmt.Sprintf("a numpy %s of %d bytes; it has %d", t, len(b.data), size))
		}
		one := filter.Numbers{Type: t, BigEndian: bigEndian, Data: b.data}
		return one.At(0), nil
	}
	if b.count*size != len(b.data) {
		return filter.Value{}, c.fault(b.start, fmt.Sprintf("a numpy array of %s has %d bytes, and its shape %v needs %d for each number", t, len(b.data), b.shape, size))
	}
	if !wanted {
		return filter.Value{}, nil
	}
	c.numbers = append(room(c.numbers, 1), filter.Numbers{Type: t, BigEndian: bigEndian, Shape: b.shape, Data: b.data})
	made := &c.numbers[len(c.numbers)-1]
	if b.ndim == 0 {
		return made.At(0), nil
	}
	return filter.ArrayOf(made), nil
}

// isObject reports whether an array holds Python objects. Old versions of
// msgpack-numpy say so in the type alone.
func isObject(b *block) bool {
	return bytes.IndexByte(b.kind, 'O') >= 0 || len(b.what) <= 3 && bytes.IndexByte(b.what, 'O') >= 0
}

// numberType returns what a type in numpy's notation is: "<f8", "|u1", ">i4".
func numberType(what []byte) (t filter.NumberType, bigEndian, known bool) {
	if len(what) != 3 {
		return 0, false, false
	}
	switch what[0] {
	case '>':
		bigEndian = true
	case '<', '|', '=':
	default:
		return 0, false, false
	}
	switch string(what[1:]) {
	case "b1":
		t = filter.Boolean
	case "i1":
		t = filter.Int8
	case "i2":
		t = filter.Int16
	case "i4":
		t = filter.Int32
	case "i8":
		t = filter.Int64
	case "u1":
		t = filter.Uint8
	case "u2":
		t = filter.Uint16
	case "u4":
		t = filter.Uint32
	case "u8":
		t = filter.Uint64
	case "f2":
		t = filter.Float16
	case "f4":
		t = filter.Float32
	case "f8":
		t = filter.Float64
	default:
		return 0, false, false
	}
	return t, bigEndian, true
}

package msgpack

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/skysift/skysift/filter"
)

// kind is what a value is by its first byte.
type kind uint8

const (
	kindNil kind = iota
	kindBool
	kindInt
	kindUint // beyond 63 bits
	kindFloat
	kindString
	kindBytes
	kindList
	kindMap
	kindExtension
)

var kindWords = [...]string{"nil", "a boolean", "an integer", "an integer", "a float", "a string", "bytes", "an array", "a map", "an extension"}

// head is a value without the bytes or values that it is followed by.
type head struct {
	kind kind
	// bits are a scalar's value, or an extension's type.
	bits uint64
	// size is how many bytes, items or pairs follow.
	size int
}

func (h head) words() string { return kindWords[h.kind] }

// head reads a value's head. That what it announces can be there is checked:
// bytes are, and of items and pairs each takes a byte or two.
func (c *cursor) head() (head, error) {
	start := c.pos
	if start >= len(c.buf) {
		return head{}, c.fault(start, "cut short: no bytes are left for a value")
	}
	b := c.buf[start]
	c.pos++
	var h head
	switch {
	case b < 0x80:
		return head{kind: kindInt, bits: uint64(b)}, nil
	case b >= 0xe0:
		return head{kind: kindInt, bits: uint64(int64(int8(b)))}, nil
	case b < 0x90:
		h = head{kind: kindMap, size: int(b & 0x0f)}
	case b < 0xa0:
		h = head{kind: kindList, size: int(b & 0x0f)}
	case b < 0xc0:
		h = head{kind: kindString, size: int(b & 0x1f)}
	default:
		var ok bool
		if h, ok = c.longHead(b); !ok {
			return head{}, c.badHead(start, b)
		}
	}
	if h.least() > len(c.buf)-c.pos {
		return head{}, c.fault(start, fmt.Sprintf("cut short: %s of %d needs at least %d bytes, and %d are left", h.words(), h.size, h.least(), len(c.buf)-c.pos))
	}
	return h, nil
}

// least is how many bytes must follow.
func (h head) least() int {
	if h.kind == kindMap {
		return 2 * h.size
	}
	return h.size
}

func (c *cursor) badHead(start int, b byte) error {
	if b == 0xc1 {
		return c.fault(start, "byte 0xc1, which MessagePack does not use")
	}
	return c.fault(start, "cut short: the bytes end within a value")
}

// longHead reads the head whose first byte is b, from 0xc0 on; not ok where it
// is cut short, or none.
func (c *cursor) longHead(b byte) (head, bool) {
	switch b {
	case 0xc0:
		return head{kind: kindNil}, true
	case 0xc2, 0xc3:
		return head{kind: kindBool, bits: uint64(b & 1)}, true
	case 0xc4, 0xc5, 0xc6:
		return c.sized(kindBytes, 1<<(b-0xc4))
	case 0xc7, 0xc8, 0xc9:
		h, ok := c.sized(kindExtension, 1<<(b-0xc7))
		return c.extension(h, ok)
	case 0xca:
		u, ok := c.uint(4)
		return head{kind: kindFloat, bits: math.Float64bits(float64(math.Float32frombits(uint32(u))))}, ok
	case 0xcb:
		u, ok := c.uint(8)
		return head{kind: kindFloat, bits: u}, ok
	case 0xcc, 0xcd, 0xce, 0xcf:
		u, ok := c.uint(1 << (b - 0xcc))
		if u > math.MaxInt64 {
			return head{kind: kindUint, bits: u}, ok
		}
		return head{kind: kindInt, bits: u}, ok
	case 0xd0, 0xd1, 0xd2, 0xd3:
		size := 1 << (b - 0xd0)
		u, ok := c.uint(size)
		shift := 64 - 8*size
		return head{kind: kindInt, bits: uint64(int64(u<<shift) >> shift)}, ok
	case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8:
		return c.extension(head{kind: kindExtension, size: 1 << (b - 0xd4)}, true)
	case 0xd9, 0xda, 0xdb:
		return c.sized(kindString, 1<<(b-0xd9))
	case 0xdc, 0xdd:
		return c.sized(kindList, 2<<(b-0xdc))
	case 0xde, 0xdf:
		return c.sized(kindMap, 2<<(b-0xde))
	}
	return head{}, false
}

// uint reads an unsigned integer of 1, 2, 4 or 8 bytes.
func (c *cursor) uint(size int) (uint64, bool) {
	if len(c.buf)-c.pos < size {
		return 0, false
	}
	data := c.buf[c.pos:]
	c.pos += size
	switch size {
	case 1:
		return uint64(data[0]), true
	case 2:
		return uint64(binary.BigEndian.Uint16(data)), true
	case 4:
		return uint64(binary.BigEndian.Uint32(data)), true
	}
	return binary.BigEndian.Uint64(data), true
}

// sized reads how many of what follows there are, written in size bytes.
func (c *cursor) sized(k kind, size int) (head, bool) {
	n, ok := c.uint(size)
	return head{kind: k, size: int(n)}, ok
}

// extension reads the type behind an extension's size.
func (c *cursor) extension(h head, ok bool) (head, bool) {
	if !ok {
		return h, false
	}
	h.bits, ok = c.uint(1)
	return h, ok
}

// take returns the bytes behind a head, which it shares.
func (c *cursor) take(h head) []byte {
	start := c.pos
	c.pos += h.size
	return c.buf[start:c.pos:c.pos]
}

// plain returns the value of a head that is no list and no map, with the bytes
// behind it.
func (c *cursor) plain(h head) (filter.Value, error) {
	switch h.kind {
	case kindBool:
		return filter.BoolOf(h.bits != 0), nil
	case kindInt:
		return filter.IntOf(int64(h.bits)), nil
	case kindUint:
		return filter.FloatOf(float64(h.bits)), nil
	case kindFloat:
		return filter.FloatOf(math.Float64frombits(h.bits)), nil
	case kindString:
		return filter.StringOfBytes(c.take(h)), nil
	case kindBytes:
		return filter.BytesOf(c.take(h)), nil
	case kindExtension:
		return c.extended(h)
	}
	return filter.Value{}, nil
}

// timestampType is the type of the one extension that MessagePack itself
// defines.
const timestampType = 0xff

// extended returns a timestamp as seconds since 1970, and nothing for any other
// extension.
func (c *cursor) extended(h head) (filter.Value, error) {
	start, data := c.pos, c.take(h)
	if h.bits != timestampType {
		return filter.Value{}, nil
	}
	var seconds int64
	var nanoseconds uint64
	switch h.size {
	case 4:
		seconds = int64(binary.BigEndian.Uint32(data))
	case 8:
		u := binary.BigEndian.Uint64(data)
		seconds, nanoseconds = int64(u&(1<<34-1)), u>>34
	case 12:
		seconds, nanoseconds = int64(binary.BigEndian.Uint64(data[4:])), uint64(binary.BigEndian.Uint32(data))
	default:
		return filter.Value{}, c.fault(start, fmt.Sprintf("a timestamp of %d bytes; it has 4, 8 or 12", h.size))
	}
	if nanoseconds > 999_999_999 {
		return filter.Value{}, c.fault(start, fmt.Sprintf("a timestamp of %d nanoseconds; they are fewer than a second's", nanoseconds))
	}
	return filter.FloatOf(float64(seconds) + float64(nanoseconds)/1e9), nil
}

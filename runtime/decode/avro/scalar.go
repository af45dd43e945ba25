package avro

import (
	"encoding/binary"
	"math"

	"github.com/skysift/skysift/filter"
)

// skipVarint returns the position after the number at pos, or -1.
func skipVarint(buf []byte, pos int) int {
	for i := pos; i < len(buf) && i < pos+binary.MaxVarintLen64; i++ {
		if buf[i] < 0x80 {
			return i + 1
		}
	}
	return -1
}

// skipSpan returns the position after the string or bytes at pos: -1, or more
// than len(buf), where they do not end within it.
func skipSpan(buf []byte, pos int) int {
	if pos < len(buf) && buf[pos]&0x81 == 0 {
		return pos + 1 + int(buf[pos]>>1)
	}
	n, pos, ok := varint(buf, pos)
	if !ok || n < 0 || n > int64(len(buf)-pos) {
		return -1
	}
	return pos + int(n)
}

// varint reads the zigzag number at pos.
func varint(buf []byte, pos int) (int64, int, bool) {
	if pos < len(buf) && buf[pos] < 0x80 {
		u := int64(buf[pos])
		return u>>1 ^ -(u & 1), pos + 1, true
	}
	u, n := binary.Uvarint(buf[min(pos, len(buf)):])
	return int64(u>>1) ^ -int64(u&1), pos + n, n > 0
}

func (c *cursor) long() (int64, bool) {
	n, pos, ok := varint(c.buf, c.pos)
	if ok {
		c.pos = pos
	}
	return n, ok
}

// span reads a length and the bytes that follow it, which it shares.
func (c *cursor) span() ([]byte, bool) {
	n, ok := c.long()
	if !ok || n < 0 {
		return nil, false
	}
	return c.bytes(n)
}

// bytes takes the next n bytes.
func (c *cursor) bytes(n int64) ([]byte, bool) {
	if n > int64(len(c.buf)-c.pos) {
		return nil, false
	}
	start := c.pos
	c.pos += int(n)
	return c.buf[start:c.pos:c.pos], true
}

// scalar reads a value that is no list, map or record.
func (c *cursor) scalar(o *op) (filter.Value, bool) {
	switch o.code {
	case readBoolean:
		b, ok := c.bytes(1)
		return filter.BoolOf(ok && b[0] == 1), ok && b[0] <= 1
	case readLong:
		n, ok := c.long()
		return filter.IntOf(n), ok
	case readFloat:
		b, ok := c.bytes(4)
		if !ok {
			return filter.Value{}, false
		}
		return filter.FloatOf(float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))), true
	case readDouble:
		b, ok := c.bytes(8)
		if !ok {
			return filter.Value{}, false
		}
		return filter.FloatOf(math.Float64frombits(binary.LittleEndian.Uint64(b))), true
	case readString:
		b, ok := c.span()
		return filter.StringOfBytes(b), ok
	case readBytes:
		b, ok := c.span()
		return filter.BytesOf(b), ok
	case readFixed:
		b, ok := c.bytes(int64(o.n))
		return filter.BytesOf(b), ok
	default: // readEnum, skipEnum
		i, ok := c.long()
		if !ok || i < 0 || i >= int64(len(o.symbols)) {
			return filter.Value{}, false
		}
		return filter.StringOf(o.symbols[i]), true
	}
}

package json

import (
	"fmt"

	"github.com/skysift/skysift/filter"
)

// Bounds on what a record may make a decoder do.
const (
	// maxDepth is how deep arrays and objects may lie in each other.
	maxDepth = 512
	// maxValues bounds the values in the lists and maps of one alert.
	maxValues = 1 << 20
	// kept is how many values or bytes there is room kept for from one alert to
	// the next.
	kept = 1 << 16
)

// cursor reads buf from pos on. Every read is held against len(buf).
//
// Invariant: cells and pairs are stacks: whoever pushes on them takes them back
// to the height at which it found them.
type cursor struct {
	buf   []byte
	pos   int
	alert *filter.Alert

	cells   []filter.Value // items of the lists being read
	pairs   []filter.Entry // entries of the maps being read
	entries []filter.Entry // the alert's maps
	room    []byte         // the alert's unescaped strings
	left    int            // how many more values its lists and maps may take
}

// begin makes ready for an alert.
func (c *cursor) begin() {
	c.cells, c.pairs = reuse(c.cells), reuse(c.pairs)
	c.entries, c.room = reuse(c.entries), reuse(c.room)
	c.left = maxValues
}

func reuse[T any](block []T) []T {
	if cap(block) > kept {
		return nil
	}
	return block[:0]
}

// peek returns the byte at the cursor; 0, which is never right, at the end.
func (c *cursor) peek() byte {
	if c.pos < len(c.buf) {
		return c.buf[c.pos]
	}
	return 0
}

// space steps over white space.
func (c *cursor) space() {
	if c.pos < len(c.buf) && c.buf[c.pos] > ' ' {
		return
	}
	c.manySpaces()
}

func (c *cursor) manySpaces() {
	for c.pos < len(c.buf) {
		switch c.buf[c.pos] {
		case ' ', '\n', '\r', '\t':
			c.pos++
		default:
			return
		}
	}
}

// open steps into an object or array.
func (c *cursor) open(depth int) error {
	if depth > maxDepth {
		return c.fault(c.pos, fmt.Sprintf("arrays and objects lie in each other more than %d deep", maxDepth))
	}
	c.pos++
	return nil
}

// key steps to an object's next value and returns its key; done at the
// object's end.
func (c *cursor) key(first bool) (key []byte, done bool, err error) {
	if done, err := c.next(first, '}', "a comma or the object's end"); done || err != nil {
		return nil, done, err
	}
	if c.peek() != '"' {
		return nil, false, c.expected("a key in quotation marks")
	}
	key, escaped, err := c.span()
	if err != nil {
		return nil, false, err
	}
	if escaped {
		key = c.unescape(key)
	}
	c.space()
	if c.peek() != ':' {
		return nil, false, c.expected("a colon behind the key")
	}
	c.pos++
	c.space()
	return key, false, nil
}

// next steps over the comma to what an object or array has next; done at its
// end.
func (c *cursor) next(first bool, end byte, wanted string) (done bool, err error) {
	c.space()
	switch b := c.peek(); {
	case b == end:
		c.pos++
		return true, nil
	case first:
		return false, nil
	case b != ',':
		return false, c.expected(wanted)
	}
	c.pos++
	c.space()
	return false, nil
}

// take counts n values against what the alert may hold.
func (c *cursor) take(n int) error {
	if c.left -= n; c.left < 0 {
		return c.fault(c.pos, "the alert's lists and maps hold more values than are read of one alert")
	}
	return nil
}

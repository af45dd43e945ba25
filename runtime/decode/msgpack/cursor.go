package msgpack

import (
	"fmt"

	"github.com/skysift/skysift/filter"
)

// Bounds on what a record may make a decoder do.
const (
	// maxDepth is how deep arrays and maps may lie in each other.
	maxDepth = 512
	// maxValues bounds the values in the lists and maps of one alert.
	maxValues = 1 << 20
	// kept is how many values there is room kept for from one alert to the
	// next.
	kept = 1 << 16
)

// cursor reads buf from pos on. Every read is held against len(buf).
type cursor struct {
	buf   []byte
	pos   int
	alert *filter.Alert

	entries []filter.Entry   // the alert's maps
	numbers []filter.Numbers // its arrays
	shapes  []int            // and their shapes
	left    int              // how many more values its lists and maps may take
}

// begin makes ready for an alert.
func (c *cursor) begin() {
	c.entries, c.numbers, c.shapes = reuse(c.entries), reuse(c.numbers), reuse(c.shapes)
	c.left = maxValues
}

func reuse[T any](block []T) []T {
	if cap(block) > kept {
		return nil
	}
	return block[:0]
}

// room returns a block with room for n more. What was handed out earlier keeps
// the old block alive.
func room[T any](block []T, n int) []T {
	if len(block)+n <= cap(block) {
		return block
	}
	return make([]T, 0, max(2*cap(block), n, 16))
}

// charge counts n values against what the alert may hold.
func (c *cursor) charge(n int) error {
	if c.left -= n; c.left < 0 {
		return c.fault(c.pos, "the alert's lists and maps hold more values than are read of one alert")
	}
	return nil
}

// deeper checks the depth of an array or map.
func (c *cursor) deeper(depth int) error {
	if depth > maxDepth {
		return c.fault(c.pos, fmt.Sprintf("arrays and maps lie in each other more than %d deep", maxDepth))
	}
	return nil
}

// key reads a map's key, which it shares.
func (c *cursor) key() ([]byte, error) {
	start := c.pos
	h, err := c.head()
	if err != nil {
		return nil, err
	}
	if h.kind != kindString && h.kind != kindBytes {
		return nil, c.fault(start, h.words()+" is the key of a map; a key is a string")
	}
	return c.take(h), nil
}

package json

import (
	"unsafe"

	"github.com/skysift/skysift/filter"
)

// whole reads all of the value at the cursor, for a filter that asks for it
// itself: an object as a Map or, where records is set, as a Record.
func (c *cursor) whole(depth int, records bool) (filter.Value, error) {
	switch c.peek() {
	case '{':
		if records {
			return filter.RecordOf(), c.object(nil, nil, depth+1)
		}
		return c.wholeObject(depth + 1)
	case '[':
		return c.wholeList(depth+1, records)
	}
	return c.scalar()
}

func (c *cursor) wholeList(depth int, records bool) (filter.Value, error) {
	if err := c.open(depth); err != nil {
		return filter.Value{}, err
	}
	bottom := len(c.cells)
	for first := true; ; first = false {
		done, err := c.next(first, ']', "a comma or the array's end")
		if err != nil {
			return filter.Value{}, err
		}
		if done {
			break
		}
		if err := c.take(1); err != nil {
			return filter.Value{}, err
		}
		v, err := c.whole(depth, records)
		if err != nil {
			return filter.Value{}, within(err, nil, true)
		}
		c.cells = append(c.cells, v)
	}
	list := c.alert.NewList(len(c.cells) - bottom)
	copy(list, c.cells[bottom:])
	c.cells = c.cells[:bottom]
	return filter.ListOf(list), nil
}

func (c *cursor) wholeObject(depth int) (filter.Value, error) {
	if err := c.open(depth); err != nil {
		return filter.Value{}, err
	}
	bottom := len(c.pairs)
	for first := true; ; first = false {
		key, done, err := c.key(first)
		if err != nil {
			return filter.Value{}, err
		}
		if done {
			break
		}
		if err := c.take(2); err != nil {
			return filter.Value{}, err
		}
		v, err := c.whole(depth, false)
		if err != nil {
			return filter.Value{}, within(err, key, false)
		}
		c.pairs = append(c.pairs, filter.Entry{Key: unsafe.String(unsafe.SliceData(key), len(key)), Value: v})
	}
	found := c.pairs[bottom:]
	if len(c.entries)+len(found) > cap(c.entries) {
		// Maps handed out earlier keep the old block alive.
		c.entries = make([]filter.Entry, 0, max(2*cap(c.entries), len(found), 64))
	}
	start := len(c.entries)
	c.entries = append(c.entries, found...)
	c.pairs = c.pairs[:bottom]
	return filter.MapOf(c.entries[start:len(c.entries):len(c.entries)]), nil
}

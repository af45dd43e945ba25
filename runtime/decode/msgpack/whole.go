package msgpack

import (
	"unsafe"

	"github.com/skysift/skysift/filter"
)

// whole reads all of the value at the cursor, for a filter that asks for it
// itself: a map as a Map or, where records is set, as a Record.
func (c *cursor) whole(depth int, records bool) (filter.Value, error) {
	h, err := c.head()
	switch {
	case err != nil:
		return filter.Value{}, err
	case h.kind == kindList:
		if err := c.deeper(depth + 1); err != nil {
			return filter.Value{}, err
		}
		return c.wholeList(h, depth+1, records)
	case h.kind != kindMap:
		return c.plain(h)
	case c.isNumpy(h):
		return c.numpy(h, true, depth+1)
	case records:
		return filter.RecordOf(), c.object(h, nil, nil, depth+1)
	}
	if err := c.deeper(depth + 1); err != nil {
		return filter.Value{}, err
	}
	return c.wholeMap(h, depth+1)
}

func (c *cursor) wholeList(h head, depth int, records bool) (filter.Value, error) {
	if err := c.charge(h.size); err != nil {
		return filter.Value{}, err
	}
	list := c.alert.NewList(h.size)
	for i := range list {
		v, err := c.whole(depth, records)
		if err != nil {
			return filter.Value{}, within(err, item)
		}
		list[i] = v
	}
	return filter.ListOf(list), nil
}

func (c *cursor) wholeMap(h head, depth int) (filter.Value, error) {
	if err := c.charge(2 * h.size); err != nil {
		return filter.Value{}, err
	}
	c.entries = room(c.entries, h.size)
	start := len(c.entries)
	c.entries = c.entries[:start+h.size]
	entries := c.entries[start : start+h.size : start+h.size]
	for i := range entries {
		key, err := c.key()
		if err != nil {
			return filter.Value{}, err
		}
		v, err := c.whole(depth, false)
		if err != nil {
			return filter.Value{}, within(err, key)
		}
		entries[i] = filter.Entry{Key: unsafe.String(unsafe.SliceData(key), len(key)), Value: v}
	}
	return filter.MapOf(entries), nil
}

package avro

import (
	"fmt"

	"github.com/skysift/skysift/filter"
)

// blockHead reads the head of a block of a list or a map: how many items
// follow, of at least so many bytes each, and where they end if the block says
// so, else -1. No items end the list.
func (c *cursor) blockHead(at *step, least int) (items, end int, err error) {
	start := c.pos
	n, ok := c.long()
	if !ok {
		return 0, 0, c.fault(at, start, c.badLong(start))
	}
	end = -1
	if n < 0 {
		size, ok := c.long()
		if !ok || size < 0 || size > int64(len(c.buf)-c.pos) {
			return 0, 0, c.fault(at, start, fmt.Sprintf("a block claims %d bytes, %d are left", size, len(c.buf)-c.pos))
		}
		end = c.pos + int(size)
		n = -n // still negative for the least number there is
	}
	left := int64(len(c.buf) - c.pos)
	switch {
	case n < 0:
		return 0, 0, c.fault(at, start, "a block claims -2^63 items")
	case least == 0 && n > maxEmpty:
		return 0, 0, c.fault(at, start, fmt.Sprintf("a block claims %d items of no bytes; at most %d are read", n, maxEmpty))
	case least > 0 && n > left/int64(least):
		return 0, 0, c.fault(at, start, fmt.Sprintf("a block claims %d items of at least %d bytes, %d bytes are left", n, least, left))
	}
	return int(n), end, nil
}

// closeBlock holds a block's length against what its items took.
func (c *cursor) closeBlock(at *step, end int) error {
	if end >= 0 && c.pos != end {
		return c.fault(at, c.pos, fmt.Sprintf("a block's items end %d bytes from where it says that they do", c.pos-end))
	}
	return nil
}

// list reads a list into the columns that are wanted of it.
func (c *cursor) list(o *op, at *step, out []filter.Value) error {
	clear(o.lists)
	total := 0
	for {
		items, end, err := c.blockHead(at, o.least)
		if err != nil {
			return err
		}
		if items == 0 {
			break
		}
		if err := c.grow(o.part, at, total, total+items); err != nil {
			return err
		}
		for ; items > 0; items-- {
			if err := c.item(o.part, at, total); err != nil {
				return err
			}
			total++
		}
		if err := c.closeBlock(at, end); err != nil {
			return err
		}
	}
	for k, column := range o.columns {
		for _, slot := range column.slots {
			out[slot] = filter.ListOf(o.lists[k][:total])
		}
	}
	return nil
}

// item reads the item at index into the columns.
func (c *cursor) item(l *part, at *step, index int) error {
	clear(l.row)
	if _, err := c.run(l.item, 0, len(l.item.ops), l.row); err != nil {
		return inItem(err, at, index)
	}
	for k := range l.lists {
		l.lists[k][index] = l.row[k]
	}
	return nil
}

// grow makes room for n items in each column, of which filled are there. It at
// least doubles what it grows, so that a list of many blocks is not copied
// over and over.
func (c *cursor) grow(l *part, at *step, filled, n int) error {
	if len(l.lists) == 0 || n <= len(l.lists[0]) {
		return nil
	}
	n = max(n, 2*filled)
	if err := c.take(at, n*len(l.lists)); err != nil {
		return err
	}
	for k, old := range l.lists {
		l.lists[k] = c.alert.NewList(n)
		copy(l.lists[k], old[:filled])
	}
	return nil
}

// take counts n values against what the alert may hold.
func (c *cursor) take(at *step, n int) error {
	if c.left -= n; c.left < 0 {
		return c.fault(at, c.pos, "the alert's lists and maps take more values than the alert has bytes: refused as a bomb")
	}
	return nil
}

// skipList steps over a list.
func (c *cursor) skipList(o *op, at *step) error {
	for index := 0; ; {
		items, end, err := c.blockHead(at, o.least)
		switch {
		case err != nil:
			return err
		case items == 0:
			return nil
		case end >= 0:
			c.pos = end
			continue
		case o.size >= 0: // the head is checked against the bytes that are left
			c.pos += items * o.size
			continue
		}
		for ; items > 0; items-- {
			if _, err := c.run(o.item, 0, len(o.item.ops), nil); err != nil {
				return inItem(err, at, index)
			}
			index++
		}
	}
}

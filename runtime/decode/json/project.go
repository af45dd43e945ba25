package json

import (
	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/projection"
)

// value reads the value at the cursor, of which n is wanted.
func (c *cursor) value(n *projection.Node, out []filter.Value, depth int) error {
	switch c.peek() {
	case '{':
		return c.object(n, out, depth+1)
	case '[':
		return c.list(n, out, depth+1)
	}
	if !n.Wants() {
		return c.skipScalar()
	}
	v, err := c.scalar()
	if err == nil {
		n.Fill(out, v)
	}
	return err
}

// object reads an object.
func (c *cursor) object(n *projection.Node, out []filter.Value, depth int) error {
	start := c.pos
	if err := c.open(depth); err != nil {
		return err
	}
	for first := true; ; first = false {
		key, done, err := c.key(first)
		if err != nil {
			return err
		}
		if done {
			break
		}
		inner := n.Field(key)
		if inner != nil {
			inner.Clear(out)
		}
		if err := c.value(inner, out, depth); err != nil {
			return within(err, key, false)
		}
	}
	switch {
	case !n.Wants():
		return nil
	case n.InRow:
		n.Fill(out, filter.RecordOf())
		return nil
	}
	end := c.pos
	c.pos = start
	v, err := c.whole(depth-1, false)
	c.pos = end
	n.Fill(out, v)
	return err
}

// list reads an array.
func (c *cursor) list(n *projection.Node, out []filter.Value, depth int) error {
	switch {
	case n != nil && n.Items != nil:
		return c.rows(n, out, depth)
	case n.Wants():
		v, err := c.whole(depth-1, true)
		n.Fill(out, v)
		return err
	}
	if err := c.open(depth); err != nil {
		return err
	}
	for first := true; ; first = false {
		done, err := c.next(first, ']', "a comma or the array's end")
		if err != nil || done {
			return err
		}
		if err := c.value(nil, nil, depth); err != nil {
			return within(err, nil, true)
		}
	}
}

// rows reads an array into the columns that are wanted of it.
func (c *cursor) rows(n *projection.Node, out []filter.Value, depth int) error {
	if err := c.open(depth); err != nil {
		return err
	}
	bottom := len(c.cells)
	for first := true; ; first = false {
		done, err := c.next(first, ']', "a comma or the array's end")
		if err != nil {
			return err
		}
		if done {
			break
		}
		if err := c.take(len(n.Row)); err != nil {
			return err
		}
		clear(n.Row)
		if err := c.value(n.Items, n.Row, depth); err != nil {
			return within(err, nil, true)
		}
		c.cells = append(c.cells, n.Row...)
	}
	cells, width := c.cells[bottom:], len(n.Row)
	for k, slots := range n.Columns {
		column := c.alert.NewList(len(cells) / width)
		for i := range column {
			column[i] = cells[i*width+k]
		}
		for _, slot := range slots {
			out[slot] = filter.ListOf(column)
		}
	}
	c.cells = c.cells[:bottom]
	return nil
}

package msgpack

import (
	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/projection"
)

// project reads the value at the cursor, of which n is wanted.
func (c *cursor) project(n *projection.Node, out []filter.Value, depth int) error {
	h, err := c.head()
	if err != nil {
		return err
	}
	switch h.kind {
	case kindMap:
		return c.object(h, n, out, depth+1)
	case kindList:
		return c.list(h, n, out, depth+1)
	case kindString, kindBytes: // most of what is stepped over
		if n == nil {
			c.pos += h.size
			return nil
		}
	}
	v, err := c.plain(h)
	if err == nil && n.Wants() {
		n.Fill(out, v)
	}
	return err
}

// scalar reads a value that is no array and no map.
func (c *cursor) scalar() (filter.Value, error) {
	h, err := c.head()
	if err != nil {
		return filter.Value{}, err
	}
	return c.plain(h)
}

// object reads the map behind h.
func (c *cursor) object(h head, n *projection.Node, out []filter.Value, depth int) error {
	if err := c.deeper(depth); err != nil {
		return err
	}
	if c.isNumpy(h) {
		v, err := c.numpy(h, n.Wants(), depth)
		if err == nil && n.Wants() {
			n.Fill(out, v)
		}
		return err
	}
	start := c.pos
	for range h.size {
		key, err := c.key()
		if err != nil {
			return err
		}
		inner := n.Field(key)
		if inner != nil {
			inner.Clear(out)
		}
		if err := c.project(inner, out, depth); err != nil {
			return within(err, key)
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
	v, err := c.wholeMap(h, depth)
	c.pos = end
	n.Fill(out, v)
	return err
}

// list reads the array behind h.
func (c *cursor) list(h head, n *projection.Node, out []filter.Value, depth int) error {
	if err := c.deeper(depth); err != nil {
		return err
	}
	switch {
	case n != nil && n.Items != nil:
		return c.rows(h, n, out, depth)
	case n.Wants():
		v, err := c.wholeList(h, depth, true)
		n.Fill(out, v)
		return err
	}
	for range h.size {
		if err := c.project(nil, nil, depth); err != nil {
			return within(err, item)
		}
	}
	return nil
}

// rows reads an array into the columns that are wanted of it.
func (c *cursor) rows(h head, n *projection.Node, out []filter.Value, depth int) error {
	if err := c.charge(h.size * len(n.Columns)); err != nil {
		return err
	}
	width := len(n.Columns)
	cells := c.alert.NewList(h.size * width) // column after column
	for i := range h.size {
		clear(n.Row)
		if err := c.project(n.Items, n.Row, depth); err != nil {
			return within(err, item)
		}
		for k, v := range n.Row {
			cells[k*h.size+i] = v
		}
	}
	for k, slots := range n.Columns {
		column := filter.ListOf(cells[k*h.size : (k+1)*h.size : (k+1)*h.size])
		for _, slot := range slots {
			out[slot] = column
		}
	}
	return nil
}

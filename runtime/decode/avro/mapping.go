package avro

import (
	"unsafe"

	"github.com/skysift/skysift/filter"
)

// mapping reads a map. Its entries are the cursor's, and valid until the next
// alert begins.
func (c *cursor) mapping(o *op, at *step, out []filter.Value) error {
	var entries []filter.Entry
	total := 0
	for {
		items, end, err := c.blockHead(at, o.least)
		if err != nil {
			return err
		}
		if items == 0 {
			break
		}
		if total+items > len(entries) {
			if entries, err = c.moreEntries(entries[:total], max(total+items, 2*total), at); err != nil {
				return err
			}
		}
		for ; items > 0; items-- {
			if err := c.entry(o.part, at, &entries[total]); err != nil {
				return err
			}
			total++
		}
		if err := c.closeBlock(at, end); err != nil {
			return err
		}
	}
	out[o.slot] = filter.MapOf(entries[:total])
	return nil
}

func (c *cursor) entry(m *part, at *step, entry *filter.Entry) error {
	start := c.pos
	key, ok := c.span()
	if !ok {
		return c.fault(at, start, c.badSpan(start))
	}
	m.row[0] = filter.Value{}
	if _, err := c.run(m.item, 0, len(m.item.ops), m.row); err != nil {
		return err
	}
	entry.Key = unsafe.String(unsafe.SliceData(key), len(key))
	entry.Value = m.row[0]
	return nil
}

// moreEntries returns room for n entries that begins with those of old.
func (c *cursor) moreEntries(old []filter.Entry, n int, at *step) ([]filter.Entry, error) {
	if err := c.take(at, 2*n); err != nil { // an entry is larger than a value
		return nil, err
	}
	if len(c.entries)+n > cap(c.entries) {
		c.entries = make([]filter.Entry, 0, max(2*cap(c.entries), n, 64))
	}
	start := len(c.entries)
	c.entries = c.entries[:start+n]
	room := c.entries[start : start+n : start+n]
	copy(room, old)
	return room, nil
}

// skipMap steps over a map.
func (c *cursor) skipMap(o *op, at *step) error {
	for {
		items, end, err := c.blockHead(at, o.least)
		switch {
		case err != nil:
			return err
		case items == 0:
			return nil
		case end >= 0:
			c.pos = end
			continue
		}
		for ; items > 0; items-- {
			start := c.pos
			if c.pos = skipSpan(c.buf, c.pos); uint(c.pos) > uint(len(c.buf)) {
				return c.fault(at, start, c.badSpan(start))
			}
			if _, err := c.run(o.item, 0, len(o.item.ops), nil); err != nil {
				return err
			}
		}
	}
}

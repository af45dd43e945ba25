package avro

import (
	"github.com/skysift/skysift/filter"
)

// Bounds on what lists and maps may take besides a value for each byte.
const (
	// maxEmpty is how many items of no bytes a list may claim.
	maxEmpty = 1 << 16
	// maxValues bounds the values in the lists and maps of one alert.
	maxValues = 1 << 20
	// keptEntries is how many map entries there is room kept for from one
	// alert to the next.
	keptEntries = 1 << 15
)

// cursor reads datums out of buf, by programs. Every read is held against
// len(buf).
type cursor struct {
	buf   []byte
	pos   int
	alert *filter.Alert
	// entries holds the alert's maps; left is how many more values its lists
	// and maps may take.
	entries []filter.Entry
	left    int
}

// begin makes ready for an alert of at most size bytes.
func (c *cursor) begin(size int) {
	if cap(c.entries) > keptEntries {
		c.entries = nil
	}
	c.entries = c.entries[:0]
	c.left = min(maxEmpty+size, maxValues)
}

// run does the steps [pc, end) and returns the step at which it stopped, which
// lies beyond end after a jump over it. The steps over what is not wanted are
// done here, with the position in a register; they are most of an alert.
func (c *cursor) run(p *program, pc, end int, out []filter.Value) (int, error) {
	buf, pos := c.buf, c.pos
	ops := p.ops[:end]
	for pc < len(ops) {
		o, start := &ops[pc], pos
		switch o.code {
		case skipFixed:
			pos += int(o.n)
		case skipLong:
			pos = skipVarint(buf, pos)
		case skipBytes:
			pos = skipSpan(buf, pos)
		case skipNullableFixed: // the most frequent by far
			if pos >= len(buf) {
				return pc, c.fail(p, pc, start)
			}
			switch buf[pos] ^ o.null {
			case 2:
				pos += 1 + int(o.n)
			case 0:
				pos++
			default:
				return pc, c.fail(p, pc, start)
			}
		case skipNullableLong, skipNullableBytes, ifNull:
			if pos >= len(buf) || (buf[pos]^o.null)&^2 != 0 {
				return pc, c.fail(p, pc, start)
			}
			null := buf[pos] == o.null
			pos++
			switch {
			case null && o.code == ifNull:
				pc = int(o.n) - 1
			case null || o.code == ifNull:
			case o.code == skipNullableLong:
				pos = skipVarint(buf, pos)
			default:
				pos = skipSpan(buf, pos)
			}
		default:
			c.pos = pos
			if err := c.step(p, pc, out); err != nil {
				return pc, err
			}
			pos = c.pos
		}
		if uint(pos) > uint(len(buf)) { // a skip that fails returns a negative position
			return pc, c.fail(p, pc, start)
		}
		pc++
	}
	c.pos = pos
	return pc, nil
}

// step does one step that is more than a skip.
func (c *cursor) step(p *program, pc int, out []filter.Value) error {
	o := &p.ops[pc]
	switch o.code {
	case isRecord:
		out[o.slot] = filter.RecordOf()
		return nil
	case copySlot:
		out[o.slot] = out[o.n]
		return nil
	case readList:
		return c.list(o, p.where[pc], out)
	case readMap:
		return c.mapping(o, p.where[pc], out)
	case skipList:
		return c.skipList(o, p.where[pc])
	case skipMap:
		return c.skipMap(o, p.where[pc])
	case anyBranch:
		return c.branch(p, pc, out)
	}
	start := c.pos
	v, ok := c.scalar(o)
	if !ok {
		return c.fail(p, pc, start)
	}
	if o.code != skipEnum {
		out[o.slot] = v
	}
	return nil
}

// branch reads the index of a union's branch, and the value by its program.
func (c *cursor) branch(p *program, pc int, out []filter.Value) error {
	start, branches := c.pos, p.ops[pc].branches
	i, ok := c.long()
	if !ok || i < 0 || i >= int64(len(branches)) {
		return c.fail(p, pc, start)
	}
	_, err := c.run(branches[i], 0, len(branches[i].ops), out)
	return err
}

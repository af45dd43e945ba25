package avro

import (
	"fmt"

	"github.com/skysift/skysift/filter"
)

// datum is the datum in hand: how far its passes have come.
//
// Invariant: cursor.pos is where the step pc of the first pass begins; mark is
// where the lazy pass begins, once the first pass has come there.
type datum struct {
	cursor
	slots int
	value filter.Alert
	plan  *rootPlan
	pc    int
	start int
	mark  int // -1: not yet known
	// offset is where in the record the cursor's bytes begin, inflated or not.
	offset   int
	inflated bool
}

// open begins the datum at buf[start:] and fills the slots that are not lazy.
func (d *datum) open(p *plan, buf []byte, start int) error {
	d.alert = &d.value
	d.alert.Reset(d.slots)
	d.buf, d.pos, d.start = buf, start, start
	d.cursor.begin(len(buf) - start)
	branch, err := d.root(p)
	if err != nil {
		return d.explain(err)
	}
	d.plan = &p.roots[branch]
	d.alert.Schema = d.plan.label
	d.pc, d.mark = 0, -1
	if d.plan.lazy != nil {
		d.alert.Defer(d)
	}
	return d.advance(d.plan.eager.stop)
}

// root returns which of its schema's records the datum is.
func (d *datum) root(p *plan) (int, error) {
	if p.schema.root.kind != kindUnion {
		return 0, nil
	}
	start := d.pos
	i, ok := d.long()
	if !ok || i < 0 || i >= int64(len(p.roots)) {
		return 0, d.fault(&step{name: "(top level)"}, start, d.badIndex(start, "a union's index", len(p.roots)))
	}
	return int(i), nil
}

// advance takes the first pass on to the step end, and notes where it passes
// the mark.
func (d *datum) advance(end int) error {
	if d.plan.lazy != nil && d.mark < 0 && d.plan.mark <= end {
		if err := d.passTo(d.plan.mark); err != nil {
			return err
		}
		d.mark = d.pos
	}
	return d.passTo(end)
}

func (d *datum) passTo(end int) error {
	if d.pc >= end {
		return nil
	}
	pc, err := d.run(d.plan.eager, d.pc, end, d.alert.Values)
	if err != nil {
		return d.explain(err)
	}
	d.pc = pc
	return nil
}

// finish takes the first pass to the datum's end and returns where that is.
func (d *datum) finish() (int, error) {
	err := d.advance(len(d.plan.eager.ops))
	return d.pos, err
}

// Load fills the lazy slots. The first pass is as far afterwards as before, or
// at the mark.
func (d *datum) Load(*filter.Alert) error {
	if err := d.advance(max(d.pc, d.plan.mark)); err != nil {
		return err
	}
	resume := d.pos
	d.pos = d.mark
	_, err := d.run(d.plan.lazy, 0, d.plan.lazy.stop, d.alert.Values)
	d.pos = resume
	if err != nil {
		return d.explain(err)
	}
	return nil
}

// explain says of what the offset of a fault is the offset.
func (d *datum) explain(err error) error {
	f, ok := err.(*fault)
	if !ok {
		return err
	}
	if d.inflated {
		return fmt.Errorf("inflated block of byte %d: %w", d.offset, f)
	}
	f.offset += d.offset
	return f
}

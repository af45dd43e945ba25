package msgpack

import (
	"errors"
	"fmt"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/projection"
	"github.com/skysift/skysift/runtime"
)

// decoder decodes records.
//
// Invariant: an alert is given when its message has been read to its end, and
// cursor.pos then stands behind it.
type decoder struct {
	cursor
	slots               int
	eager, lazy         *projection.Node
	eagerPair, lazyPair projection.Pair

	record []byte
	shape  runtime.Shape
	value  filter.Alert
	start  int  // of the alert in hand
	pair   bool // it is a name and a document
}

// Decode gives each alert of the record to each.
func (d *decoder) Decode(value []byte, each func(*filter.Alert) error) error {
	d.record, d.shape, d.alert = value, runtime.Shape{}, &d.value
	d.buf, d.pos = value, 0
	if len(value) == 0 {
		return errors.New("msgpack: empty: there is no message in 0 bytes")
	}
	for d.pos < len(d.buf) {
		if err := d.top(each); err != nil {
			return err
		}
	}
	return nil
}

// top reads one value of the record's top level.
func (d *decoder) top(each func(*filter.Alert) error) error {
	start := d.pos
	h, err := d.head()
	switch {
	case err != nil:
		return fmt.Errorf("msgpack: %w", err)
	case h.kind == kindMap:
		return d.give(start, false, 0, each)
	case h.kind != kindList:
		return fmt.Errorf("msgpack: %w", d.fault(start, h.words()+" stands where a message is expected: a map, or a name and a document"))
	case h.size == 2 && d.startsText():
		return d.give(start, true, 0, each)
	}
	for left := h.size; left > 0; left-- {
		start := d.pos
		h, err := d.head()
		if err == nil && h.kind != kindMap {
			err = d.fault(start, h.words()+" stands in an array of messages, which are maps")
		}
		if err != nil {
			return fmt.Errorf("msgpack: %w", err)
		}
		if err := d.give(start, false, left-1, each); err != nil {
			return err
		}
	}
	d.shape.Several = d.shape.Several || d.pos < len(d.buf) // also behind an array of none
	return nil
}

// startsText reports whether a str stands at the cursor.
func (d *decoder) startsText() bool {
	b := d.buf[d.pos] // an array's items are at least a byte each
	return b>>5 == 0xa0>>5 || b >= 0xd9 && b <= 0xdb
}

// give reads the alert that begins at start and gives it to each. More stand
// beside it in its array.
func (d *decoder) give(start int, pair bool, more int, each func(*filter.Alert) error) error {
	d.start, d.pair, d.pos = start, pair, start
	d.value.Reset(d.slots)
	d.begin()
	if err := d.read(d.eager, d.eagerPair); err != nil {
		return fmt.Errorf("msgpack: %w", err)
	}
	if d.lazy.Every() > 0 || pair && len(d.lazyPair.Name)+d.lazyPair.Document.Every() > 0 {
		d.value.Defer(d)
	}
	d.shape.Several = d.shape.Several || more > 0 || d.pos < len(d.buf)
	end := d.pos
	err := each(&d.value)
	d.pos = end
	return err
}

// read fills the slots of the nodes from the alert at the cursor.
func (d *decoder) read(message *projection.Node, named projection.Pair) error {
	if !d.pair {
		return d.project(message, d.value.Values, 0)
	}
	if _, err := d.head(); err != nil { // the array's
		return err
	}
	name, err := d.scalar()
	if err != nil {
		return err
	}
	for _, slot := range named.Name {
		d.value.Values[slot] = name
	}
	start := d.pos
	h, err := d.head()
	if err != nil {
		return err
	}
	if h.kind != kindMap {
		return d.fault(start, h.words()+" stands where the document is expected that the name is of")
	}
	return d.object(h, named.Document, d.value.Values, 1)
}

// Load fills the lazy slots.
func (d *decoder) Load(*filter.Alert) error {
	resume := d.pos
	d.pos = d.start
	err := d.read(d.lazy, d.lazyPair)
	d.pos = resume
	if err != nil {
		return fmt.Errorf("msgpack: %w", err)
	}
	return nil
}

// Single returns the record itself, or of several alerts the bytes of the one
// in hand.
func (d *decoder) Single() ([]byte, error) {
	if !d.shape.Several {
		return d.record, nil
	}
	return d.buf[d.start:d.pos:d.pos], nil
}

// Shape says what the record in hand is.
func (d *decoder) Shape() runtime.Shape { return d.shape }

package json

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/projection"
	"github.com/skysift/skysift/runtime"
)

// decoder decodes records.
//
// Invariant: an alert is given when its object has been read to its end, and
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

// byteOrderMark is what some editors put before UTF-8.
const byteOrderMark = "\xef\xbb\xbf"

// Decode gives each alert of the record to each.
func (d *decoder) Decode(value []byte, each func(*filter.Alert) error) error {
	d.record, d.shape, d.alert = value, runtime.Shape{}, &d.value
	d.buf, d.pos = value, 0
	if bytes.HasPrefix(value, []byte(byteOrderMark)) {
		d.pos = len(byteOrderMark)
	}
	d.space()
	if d.pos == len(d.buf) {
		return errors.New("json: empty: there is no object in the record")
	}
	for d.pos < len(d.buf) {
		if err := d.top(each); err != nil {
			return err
		}
		end := d.pos
		d.space()
		if d.pos < len(d.buf) && d.pos == end {
			return fmt.Errorf("json: %w", d.expected("the end of the record, or white space before another object"))
		}
	}
	return nil
}

// top reads one value of the record's top level.
func (d *decoder) top(each func(*filter.Alert) error) error {
	switch d.peek() {
	case '{':
		return d.give(false, each)
	case '[':
	default:
		return fmt.Errorf("json: %w", d.expected("a message, an object such as {\"ra\": 150.5},"))
	}
	start := d.pos
	d.pos++
	d.space()
	if d.peek() == '"' {
		d.pos = start
		return d.give(true, each)
	}
	for first := true; ; first = false {
		if d.peek() == ']' && first {
			d.pos++
			d.shape.Several = d.shape.Several || d.more()
			return nil
		}
		if d.peek() != '{' {
			return fmt.Errorf("json: %w", d.expected("an object, as every alert of an array is,"))
		}
		if err := d.give(false, each); err != nil {
			return err
		}
		d.space()
		switch d.peek() {
		case ',':
			d.pos++
			d.space()
		case ']':
			d.pos++
			return nil
		default:
			return fmt.Errorf("json: %w", d.expected("a comma or the array's end"))
		}
	}
}

// give reads the alert that begins here and gives it to each.
func (d *decoder) give(pair bool, each func(*filter.Alert) error) error {
	d.start, d.pair = d.pos, pair
	d.value.Reset(d.slots)
	d.begin()
	if err := d.read(d.eager, d.eagerPair); err != nil {
		return fmt.Errorf("json: %w", err)
	}
	if d.lazy.Every() > 0 || pair && len(d.lazyPair.Name)+d.lazyPair.Document.Every() > 0 {
		d.value.Defer(d)
	}
	d.shape.Several = d.shape.Several || d.more()
	end := d.pos
	err := each(&d.value)
	d.pos = end
	return err
}

// more reports whether anything but the end of the record follows the alert.
func (d *decoder) more() bool {
	end := d.pos
	defer func() { d.pos = end }()
	d.space()
	if d.peek() == ']' && !d.pair {
		d.pos++
		d.space()
	}
	return d.pos < len(d.buf)
}

// read fills the slots of the nodes from the alert at the cursor.
func (d *decoder) read(object *projection.Node, named projection.Pair) error {
	if !d.pair {
		return d.object(object, d.value.Values, 1)
	}
	d.pos++ // the bracket
	d.space()
	name, err := d.text()
	if err != nil {
		return err
	}
	for _, slot := range named.Name {
		d.value.Values[slot] = name
	}
	d.space()
	if d.peek() != ',' {
		return d.expected("a comma, and the document that the name is of")
	}
	d.pos++
	d.space()
	if d.peek() != '{' {
		return d.expected("an object: the document that the name is of")
	}
	if err := d.object(named.Document, d.value.Values, 1); err != nil {
		return err
	}
	d.space()
	if d.peek() != ']' {
		return d.expected("the array's end: a name and a document are two")
	}
	d.pos++
	return nil
}

// Load fills the lazy slots.
func (d *decoder) Load(*filter.Alert) error {
	resume := d.pos
	d.pos = d.start
	err := d.read(d.lazy, d.lazyPair)
	d.pos = resume
	if err != nil {
		return fmt.Errorf("json: %w", err)
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

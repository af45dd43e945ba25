package json

import (
	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/samples"
)

// Describe returns every field that a filter may ask for of messages like the
// alerts of a record.
func (f Format) Describe(value []byte) (*filter.Schema, error) {
	var seen samples.Tree
	if err := f.Gather(value, &seen); err != nil {
		return nil, err
	}
	return seen.Schema(), nil
}

// Gather adds the alerts of a record to what was seen in others.
func (f Format) Gather(value []byte, seen *samples.Tree) error {
	whole := f.NewDecoder(nil).(*decoder)
	return whole.Decode(value, func(*filter.Alert) error {
		name, message := whole.all()
		if whole.pair {
			seen.Named(name, message)
		} else {
			seen.Message(message)
		}
		return nil
	})
}

// all returns the name and the message in hand, which has been found good. What
// more values it holds than are read of one alert is left out.
func (d *decoder) all() (name, message filter.Value) {
	d.pos = d.start
	if d.pair {
		d.pos++
		d.space()
		name, _ = d.text()
		d.space()
		d.pos++ // the comma
		d.space()
	}
	message, _ = d.whole(0, false)
	return name, message
}

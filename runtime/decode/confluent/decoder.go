package confluent

import (
	"fmt"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/decode/avro"
)

// decoder decodes records in Confluent's framing.
//
// Invariant: an alert is given only once its datum has been read to the end:
// there is no other framing that would show that it was cut short.
type decoder struct {
	schemas Schemas
	reader  *avro.Reader

	last   *avro.Schema // of the record before, nil: none yet
	lastID uint32

	record []byte
	shape  runtime.Shape
}

// Decode gives the record's one alert to each.
func (d *decoder) Decode(value []byte, each func(*filter.Alert) error) error {
	d.record, d.shape = value, runtime.Shape{}
	id, err := Frame(value)
	if err != nil {
		return err
	}
	if d.last == nil || d.lastID != id {
		schema, err := d.schemas.Schema(id)
		if err != nil {
			return fmt.Errorf("confluent: %w", err)
		}
		d.last, d.lastID = schema, id
	}
	alert, end, err := d.reader.Read(d.last, value, Header)
	if err != nil {
		return fmt.Errorf("confluent: schema %d: %w", id, err)
	}
	d.shape.Trailing = len(value) - end
	return each(alert)
}

// Single returns the record itself: it holds one alert.
func (d *decoder) Single() ([]byte, error) { return d.record, nil }

// Shape says what the record in hand is.
func (d *decoder) Shape() runtime.Shape { return d.shape }

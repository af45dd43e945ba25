package avro

import (
	"errors"
	"fmt"
	"io"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/container"
	"github.com/skysift/skysift/runtime"
)

// containerDecoder decodes container files.
//
// Invariants:
//   - No alert is given of a record whose framing is not whole: all of its
//     blocks are complete and closed by the right marker.
//   - Of a block of one object only what is needed is read, so that bytes
//     after that object are not noticed. Blocks of several are read whole.
type containerDecoder struct {
	plans  plans
	blocks container.Reader
	datum  datum

	record []byte
	shape  runtime.Shape
	// end is where the datum in hand ends; -1: not yet known.
	end int
}

// Decode gives each alert of a container file to each.
func (d *containerDecoder) Decode(value []byte, each func(*filter.Alert) error) error {
	d.record, d.shape = value, runtime.Shape{Container: container.Is(value)}
	if err := d.blocks.Reset(value); err != nil {
		return fmt.Errorf("avro: %w", err)
	}
	d.shape.Several = d.blocks.Objects() > 1
	plan, err := d.plans.find(d.blocks.Schema)
	if err != nil {
		return fmt.Errorf("avro: %w", err)
	}
	for {
		block, err := d.blocks.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("avro: %w", err)
		}
		if err := d.block(plan, block, each); err != nil {
			return err
		}
	}
}

// block gives the alerts of one block.
func (d *containerDecoder) block(p *plan, block container.Block, each func(*filter.Alert) error) error {
	d.datum.offset, d.datum.inflated = block.Offset, block.Inflated
	next := 0
	for i := range block.Objects {
		err := d.datum.open(p, block.Data, next)
		d.end = -1
		if err == nil && block.Objects > 1 {
			d.end, err = d.datum.finish()
			next = d.end
		}
		if err != nil {
			return fmt.Errorf("avro: alert %d of the block's %d: %w", i+1, block.Objects, err)
		}
		if err := each(d.datum.alert); err != nil {
			return err
		}
	}
	if block.Objects != 1 {
		d.shape.Trailing += len(block.Data) - next
	}
	return nil
}

// Single returns the record itself, or the datum in hand as a container.
func (d *containerDecoder) Single() ([]byte, error) {
	if !d.shape.Several {
		return d.record, nil
	}
	if d.end < 0 {
		end, err := d.datum.finish()
		if err != nil {
			return nil, fmt.Errorf("avro: %w", err)
		}
		d.end = end
	}
	one := d.datum.buf[d.datum.start:d.end]
	room := make([]byte, 0, container.OneSize(d.blocks.Schema, one))
	return container.AppendOne(room, d.blocks.Schema, d.blocks.Sync, one), nil
}

// Shape says what the record in hand is.
func (d *containerDecoder) Shape() runtime.Shape { return d.shape }

// bareDecoder decodes bare datums. It reads each to its end before the alert
// is given: there is no framing that would show that it was cut short.
type bareDecoder struct {
	schema *Schema
	reader *Reader
	record []byte
	shape  runtime.Shape
}

// Decode gives the record's one alert to each.
func (d *bareDecoder) Decode(value []byte, each func(*filter.Alert) error) error {
	d.record, d.shape = value, runtime.Shape{}
	if len(value) == 0 {
		return errors.New("avro: empty: there is no datum in 0 bytes")
	}
	alert, end, err := d.reader.Read(d.schema, value, 0)
	if err != nil {
		return err
	}
	d.shape.Trailing = len(value) - end
	return each(alert)
}

// Single returns the record.
func (d *bareDecoder) Single() ([]byte, error) { return d.record, nil }

// Shape says what the record in hand is.
func (d *bareDecoder) Shape() runtime.Shape { return d.shape }

// Package detect decodes records of several formats in one stream: each
// record's first bytes tell which of them it is.
package detect

import (
	"fmt"
	"strings"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime"
)

// Reader is an input format that can also describe a record's fields.
type Reader interface {
	runtime.Format
	Describe(value []byte) (*filter.Schema, error)
}

// Candidate is one format that records may be in.
type Candidate struct {
	Name string
	// Is reports whether a record is of this format, by its first bytes.
	Is func(value []byte) bool
	Reader
}

// Format opens decoders that take each record for what its bytes say. Where
// two candidates would take a record, the first does.
type Format struct{ candidates []Candidate }

// New returns the format of records that are any of the candidates, of which
// there is at least one. What is none of them is held against the first, whose
// error then says what is wrong with it.
func New(candidates ...Candidate) *Format { return &Format{candidates: candidates} }

// NewDecoder returns a decoder that fills the slots of fields.
func (f *Format) NewDecoder(fields []filter.Field) runtime.Decoder {
	return &decoder{format: f, fields: fields, decoders: make([]runtime.Decoder, len(f.candidates))}
}

// Describe returns every field that a filter may ask for of an alert like
// value.
func (f *Format) Describe(value []byte) (*filter.Schema, error) {
	i, told := f.tell(value)
	schema, err := f.candidates[i].Describe(value)
	return schema, f.explain(told, err)
}

// tell returns which candidate a record is, and whether its bytes told it.
func (f *Format) tell(value []byte) (i int, told bool) {
	for i, c := range f.candidates {
		if c.Is(value) {
			return i, true
		}
	}
	return 0, false
}

// explain adds to the first candidate's error what else the record is not.
func (f *Format) explain(told bool, err error) error {
	if told || err == nil || len(f.candidates) == 1 {
		return err
	}
	others := make([]string, 0, len(f.candidates))
	for _, c := range f.candidates[1:] {
		others = append(others, c.Name)
	}
	return fmt.Errorf("%w; nor do its first bytes say %s: if it is in a format that they cannot tell, name it", err, strings.Join(others, " or "))
}

// decoder has a decoder of each format that it has met.
//
// Invariant: current is the decoder of the record in hand; nil before the first.
type decoder struct {
	format   *Format
	fields   []filter.Field
	decoders []runtime.Decoder
	current  runtime.Decoder
}

// Decode gives each alert of the record to each.
func (d *decoder) Decode(value []byte, each func(*filter.Alert) error) error {
	i, told := d.format.tell(value)
	if d.decoders[i] == nil {
		d.decoders[i] = d.format.candidates[i].NewDecoder(d.fields)
	}
	d.current = d.decoders[i]
	err := d.current.Decode(value, each)
	if !told {
		return d.format.explain(told, err)
	}
	return err
}

// Single returns the alert in hand as a record of its own.
func (d *decoder) Single() ([]byte, error) {
	return d.current.Single()
}

// Shape says what the record in hand is.
func (d *decoder) Shape() runtime.Shape {
	if d.current == nil {
		return runtime.Shape{}
	}
	return d.current.Shape()
}

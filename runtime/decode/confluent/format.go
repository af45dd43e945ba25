package confluent

import (
	"fmt"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/decode/avro"
)

// Schemas knows writers' schemas by their numbers.
type Schemas interface {
	// Schema returns the schema of a number, the same pointer each time. Its
	// error says why there is none; where that is not known because who knows it
	// cannot be asked, it is a runtime.ErrUnavailable. It is called from many
	// goroutines.
	Schema(id uint32) (*avro.Schema, error)
}

// Format opens decoders of Confluent's framing.
type Format struct{ schemas Schemas }

// New returns the format of records whose schemas are known to schemas.
func New(schemas Schemas) *Format { return &Format{schemas: schemas} }

// NewDecoder returns a decoder that fills the slots of fields.
func (f *Format) NewDecoder(fields []filter.Field) runtime.Decoder {
	return &decoder{schemas: f.schemas, reader: avro.NewReader(fields)}
}

// Describe returns every field that a filter may ask for of an alert like
// value.
func (f *Format) Describe(value []byte) (*filter.Schema, error) {
	id, err := Frame(value)
	if err != nil {
		return nil, err
	}
	schema, err := f.schemas.Schema(id)
	if err != nil {
		return nil, fmt.Errorf("confluent: %w", err)
	}
	return schema.Describe(), nil
}

package avro

import (
	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime"
)

// Format opens decoders of Avro. They share the schemas they have seen.
type Format struct {
	// MaxBlock is how many bytes a container's block may inflate to; 0 means
	// container.DefaultMaxBlock. It is set before the first decoder is made.
	MaxBlock int

	schemas *schemas
	bare    *Schema // nil for container files
}

// New returns the format of Avro container files, which bring their schema.
func New() *Format { return &Format{schemas: newSchemas()} }

// NewBare returns the format of bare datums: each record is one datum that
// was written with the given schema, in JSON.
func NewBare(raw []byte) (*Format, error) {
	bare, err := ParseSchema(raw)
	if err != nil {
		return nil, err
	}
	return &Format{schemas: newSchemas(), bare: bare}, nil
}

// NewDecoder returns a decoder that fills the slots of fields.
func (f *Format) NewDecoder(fields []filter.Field) runtime.Decoder {
	if f.bare != nil {
		return &bareDecoder{schema: f.bare, reader: NewReader(fields)}
	}
	d := &containerDecoder{plans: plans{schemas: f.schemas, fields: fields}, datum: datum{slots: len(fields)}}
	d.blocks.MaxBlock = f.MaxBlock
	return d
}

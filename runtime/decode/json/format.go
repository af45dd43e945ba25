package json

import (
	"bytes"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/projection"
	"github.com/skysift/skysift/runtime"
)

// Format opens decoders of JSON.
type Format struct{}

// New returns the format.
func New() Format { return Format{} }

// NewDecoder returns a decoder that fills the slots of fields.
func (Format) NewDecoder(fields []filter.Field) runtime.Decoder {
	return &decoder{
		slots: len(fields),
		eager: projection.New(fields, false), lazy: projection.New(fields, true),
		eagerPair: projection.NewPair(fields, false), lazyPair: projection.NewPair(fields, true),
	}
}

// Is reports whether a record is JSON, by its first bytes: an object or array,
// behind white space or a byte-order mark.
func Is(value []byte) bool {
	value = bytes.TrimLeft(bytes.TrimPrefix(value, []byte(byteOrderMark)), " \t\r\n")
	return len(value) > 0 && (value[0] == '{' || value[0] == '[')
}

package msgpack

import (
	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/projection"
	"github.com/skysift/skysift/runtime"
)

// Format opens decoders of MessagePack.
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

// IsPair reports whether a record is a name and a document, by its first bytes.
// Those of a plain map tell too little.
func IsPair(value []byte) bool {
	return len(value) > 1 && value[0] == 0x92 && (value[1]>>5 == 0xa0>>5 || value[1] == 0xd9)
}

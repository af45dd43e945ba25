package runtime

import "github.com/skysift/skysift/filter"

// EncodingJSON is the encoding whose values any reader of JSON reads; its
// outputs say so in HeaderFormat too.
const EncodingJSON = "json"

// Encoder makes of an alert what its class's topic is to hold. It serves one
// goroutine.
type Encoder interface {
	// Encode replaces the output's Value, in memory of its own, sets Encoding,
	// and may replace Key. An error makes the whole record a reject, with its own
	// bytes, unless it is ErrUnavailable: then the record waits.
	Encode(output *Output) error
}

// encoders are one worker's encoders, by class. A plug-in may name a class that no
// filter has, so they are made when they are first asked for.
type encoders struct {
	make func(filter.Class) Encoder // nil: outputs have the input's own bytes
	made map[filter.Class]Encoder
}

// encode makes of an output what its class's topic is to hold.
func (e *encoders) encode(output *Output) error {
	if e.make == nil {
		return nil
	}
	encoder, known := e.made[output.Class]
	if !known {
		if e.made == nil {
			e.made = map[filter.Class]Encoder{}
		}
		encoder = e.make(output.Class)
		e.made[output.Class] = encoder
	}
	if encoder == nil {
		return nil
	}
	if err := encoder.Encode(output); err != nil {
		return &encodeError{err}
	}
	return nil
}

// encodeError is why an alert could not be encoded.
type encodeError struct{ err error }

func (e *encodeError) Error() string { return e.err.Error() }
func (e *encodeError) Unwrap() error { return e.err }

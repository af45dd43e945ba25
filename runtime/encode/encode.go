package encode

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/skysift/skysift/runtime"
)

// The encodings. Passthrough leaves the input's own bytes.
const (
	Passthrough = "passthrough"
	JSON        = runtime.EncodingJSON
	Confluent   = "confluent"
	Fink        = "fink"
)

// Names lists the encodings.
func Names() []string { return []string{Passthrough, JSON, Confluent, Fink} }

// Numbers gives schemas their numbers, as a registry does.
type Numbers interface {
	// Number returns the number of a schema among the values of a topic. Where it
	// cannot be had for now the error is a runtime.ErrUnavailable. It is called
	// from many goroutines.
	Number(topic, schema string) (uint32, error)
}

// Choice is how the outputs of one class are encoded.
type Choice struct {
	Encoding string // one of Names; "" is Passthrough
	// Topic is where the outputs go, by which a registry knows their schemas.
	Topic string
	// Numbers is for Confluent: where schemas get their numbers. nil keeps those
	// that the input has.
	Numbers Numbers
}

// Check returns an error where what is read cannot be encoded so.
func (c Choice) Check(input Input) error {
	if c.Encoding != "" && !slices.Contains(Names(), c.Encoding) {
		return fmt.Errorf("unknown encoding %q: it is one of %s", c.Encoding, strings.Join(Names(), ", "))
	}
	if c.Encoding == Confluent && c.Numbers == nil && input.Format != formatConfluent {
		return errors.New("encoding confluent needs a number for each schema: give the URL of a schema registry (output.registry), or the number itself (schema_id)")
	}
	switch input.Format {
	case "", formatAvro, formatConfluent:
		return nil
	case formatJSON, formatMsgpack:
		if c.Encoding == Confluent || c.Encoding == Fink {
			return fmt.Errorf("encoding %s is Avro, and the input is %s, which has no schema: choose json or passthrough", c.Encoding, input.Format)
		}
		return nil
	}
	if c.Encoding != "" && c.Encoding != Passthrough {
		return fmt.Errorf("input in %s cannot be encoded as %s: choose passthrough", input.Format, c.Encoding)
	}
	return nil
}

// New returns the encoder of a choice that Check finds right; nil where the
// input's own bytes are to go on.
func New(c Choice, input Input) runtime.Encoder {
	switch {
	case c.Encoding == JSON:
		return &jsonEncoder{datums: newDatums(input)}
	case c.Encoding == Fink:
		return &finkEncoder{datums: newDatums(input)}
	case c.Encoding == Confluent && c.Numbers != nil:
		return &confluentEncoder{datums: newDatums(input), choice: c}
	}
	return nil
}

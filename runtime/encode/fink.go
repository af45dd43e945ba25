package encode

import (
	"errors"

	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/decode/avro"
)

// errNoSchema is why JSON and MessagePack cannot become Avro.
var errNoSchema = errors.New("the record is JSON or MessagePack, which has no schema: it can only go on as it is or as JSON")

// finkEncoder writes bare datums under the schema as key, as Fink's client
// reads them.
type finkEncoder struct {
	datums *datums

	// The schema before and its text as a key.
	last *avro.Schema
	key  []byte
}

// Encode makes the output's value the bare datum and its key the schema. The
// value stays where it lies.
func (e *finkEncoder) Encode(o *runtime.Output) error {
	d, err := e.datums.of(o.Value)
	if err != nil {
		return err
	}
	value, err := e.datums.exact(d)
	if err != nil {
		return err
	}
	if e.last != d.schema {
		e.last, e.key = d.schema, []byte(d.schema.Text())
	}
	o.Value, o.Key, o.Encoding = e.datums.keep(value), e.key, Fink
	return nil
}

package encode

import (
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/decode/avro"
	"github.com/skysift/skysift/runtime/decode/confluent"
)

// confluentEncoder writes datums in Confluent's framing.
type confluentEncoder struct {
	datums *datums
	choice Choice

	// The schema before and its number.
	last   *avro.Schema
	number uint32
}

// Encode makes the output's value a framed datum.
func (e *confluentEncoder) Encode(o *runtime.Output) error {
	d, err := e.datums.of(o.Value)
	if err != nil {
		return err
	}
	value, err := e.datums.exact(d)
	if err != nil {
		return err
	}
	if e.last != d.schema {
		number, err := e.choice.Numbers.Number(e.choice.Topic, d.schema.Text())
		if err != nil {
			return err
		}
		e.last, e.number = d.schema, number
	}
	framed := confluent.AppendFrame(make([]byte, 0, confluent.Header+len(value)), e.number)
	o.Value, o.Encoding = append(framed, value...), Confluent
	return nil
}

package encode

import (
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/decode/msgpack"
)

// jsonEncoder writes alerts as JSON.
type jsonEncoder struct {
	datums *datums
	size   int // of the text before, by which room is made for the next
}

// Encode makes the output's value JSON.
func (e *jsonEncoder) Encode(o *runtime.Output) error {
	d, err := e.datums.of(o.Value)
	if err != nil {
		return err
	}
	o.Encoding = JSON
	var text []byte
	switch {
	case d.packed:
		text, err = msgpack.AppendJSON(make([]byte, 0, e.size+e.size/8), d.bytes)
	case d.schema == nil: // it is JSON already
		return nil
	default:
		text, _, err = d.schema.AppendJSON(make([]byte, 0, max(e.size+e.size/8, 2*len(d.bytes))), d.bytes, 0)
	}
	if err != nil {
		return err
	}
	o.Value, e.size = text, len(text)
	return nil
}

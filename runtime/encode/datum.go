package encode

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/skysift/skysift/internal/container"
	"github.com/skysift/skysift/runtime/decode/avro"
	"github.com/skysift/skysift/runtime/decode/confluent"
	"github.com/skysift/skysift/runtime/decode/msgpack"
)

// The formats of input that are told apart here, by the names that
// stream.format has for them.
const (
	formatAvro      = "avro"
	formatConfluent = "confluent"
	formatJSON      = "json"
	formatMsgpack   = "msgpack"
)

// Input is what alerts are read from.
type Input struct {
	// Format is the one that all records are in; "" where each record's bytes
	// tell it.
	Format string
	// Schemas knows the schemas that records name by number; nil: none.
	Schemas confluent.Schemas
	// Bare is the schema of bare datums; nil: there are none.
	Bare *avro.Schema
}

// datum is an alert as its producer wrote it.
type datum struct {
	schema *avro.Schema // nil: bytes is JSON or MessagePack
	bytes  []byte
	packed bool // it is MessagePack
}

// datums takes the datum out of an output's value. It serves one goroutine.
type datums struct {
	input  Input
	blocks container.Reader
	reader *avro.Reader // finds where a datum ends

	// The schema of the container before, since most have the same.
	raw    []byte
	parsed *avro.Schema
}

func newDatums(input Input) *datums { return &datums{input: input, reader: avro.NewReader(nil)} }

// of returns the one datum of a value.
func (d *datums) of(value []byte) (datum, error) {
	format := d.input.Format
	switch {
	case container.Is(value) && (format == "" || format == formatAvro):
		return d.contained(value)
	case format == formatJSON || format == "" && isJSON(value):
		return datum{bytes: value}, nil
	case format == formatMsgpack || format == "" && msgpack.IsPair(value):
		return datum{bytes: value, packed: true}, nil
	case format == formatAvro && d.input.Bare != nil:
		return datum{schema: d.input.Bare, bytes: value}, nil
	case format == "" || format == formatConfluent:
		return d.framed(value)
	}
	return datum{}, fmt.Errorf("its format %q cannot be encoded anew", format)
}

// isJSON says whether a value begins as an object of JSON does.
func isJSON(value []byte) bool {
	value = bytes.TrimLeft(bytes.TrimPrefix(value, []byte("\xef\xbb\xbf")), " \t\r\n")
	return len(value) > 0 && (value[0] == '{' || value[0] == '[')
}

// framed takes the datum out of Confluent's framing.
func (d *datums) framed(value []byte) (datum, error) {
	id, err := confluent.Frame(value)
	switch {
	case err != nil && d.input.Format == "":
		return datum{}, fmt.Errorf("by its first bytes it is neither Avro nor JSON nor a run engine's document, which alone can be encoded anew (%w)", err)
	case err != nil:
		return datum{}, err
	}
	if d.input.Schemas == nil {
		return datum{}, fmt.Errorf("the record names schema %d, and nothing says where schemas are", id)
	}
	schema, err := d.input.Schemas.Schema(id)
	return datum{schema: schema, bytes: value[min(confluent.Header, len(value)):]}, err
}

// contained takes the datum out of a container of one alert.
func (d *datums) contained(value []byte) (datum, error) {
	if err := d.blocks.Reset(value); err != nil {
		return datum{}, err
	}
	if d.parsed == nil || !bytes.Equal(d.raw, d.blocks.Schema) {
		schema, err := avro.ParseSchema(d.blocks.Schema)
		if err != nil {
			return datum{}, err
		}
		d.raw, d.parsed = bytes.Clone(d.blocks.Schema), schema
	}
	for {
		block, err := d.blocks.Next()
		switch {
		case err == io.EOF:
			return datum{}, errors.New("there is no alert in the container")
		case err != nil:
			return datum{}, err
		case block.Objects == 1:
			return datum{schema: d.parsed, bytes: block.Data}, nil
		case block.Objects > 1:
			return datum{}, fmt.Errorf("the container has a block of %d alerts", block.Objects)
		}
	}
}

// exact returns the bytes of a datum in Avro without what may follow them.
func (d *datums) exact(one datum) ([]byte, error) {
	if one.schema == nil {
		return nil, errNoSchema
	}
	_, end, err := d.reader.Read(one.schema, one.bytes, 0)
	if err != nil {
		return nil, err
	}
	return one.bytes[:end], nil
}

// keep returns bytes that stay as they are until the output is written: those
// of an inflated block are gone with the next.
func (d *datums) keep(value []byte) []byte {
	if d.blocks.Codec != container.CodecNull && d.blocks.Codec != "" {
		return bytes.Clone(value)
	}
	return value
}

// Datums takes the datum and its schema out of records, for who writes them
// elsewhere. It serves one goroutine.
type Datums struct{ datums *datums }

// NewDatums returns what takes datums out of records that come from input.
func NewDatums(input Input) *Datums { return &Datums{newDatums(input)} }

// Datum returns the schema's JSON and the datum's bytes of a record of one
// alert in Avro. The bytes are valid until the next call.
func (d *Datums) Datum(value []byte) (schema string, bytes []byte, err error) {
	one, err := d.datums.of(value)
	if err != nil {
		return "", nil, err
	}
	bytes, err = d.datums.exact(one)
	if err != nil {
		return "", nil, err
	}
	return one.schema.Text(), bytes, nil
}

package avro_test

import (
	"encoding/binary"
	"errors"
	"math"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/container"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/decode/avro"
)

// What follows writes Avro by hand, so that it can be wrong on purpose.

func long(n int64) string { return string(binary.AppendVarint(nil, n)) }

func text(s string) string { return long(int64(len(s))) + s }

func double(f float64) string {
	return string(binary.LittleEndian.AppendUint64(nil, math.Float64bits(f)))
}

const marker = "fedcba9876543210"

// file is a container of the blocks' data, each with its number of objects.
func file(schema string, blocks ...any) []byte {
	out := "Obj\x01" + long(1) + text("avro.schema") + text(schema) + long(0) + marker
	for i := 0; i < len(blocks); i += 2 {
		out += long(int64(blocks[i].(int))) + text(blocks[i+1].(string)) + marker
	}
	return []byte(out)
}

// record is the schema of a record "t" with the given fields, in JSON.
func record(fields string) string {
	return `{"type":"record","name":"t","fields":[` + fields + `]}`
}

// field is one field's JSON; its type is JSON too.
func field(name, kind string) string { return `{"name":"` + name + `","type":` + kind + `}` }

// decodeAll returns the values of each alert in JSON, lazy fields loaded.
func decodeAll(decoder runtime.Decoder, value []byte) ([]string, error) {
	var alerts []string
	err := decoder.Decode(value, func(alert *filter.Alert) error {
		if err := alert.Load(); err != nil {
			return err
		}
		alerts = append(alerts, string(filter.ListOf(alert.Values).AppendJSON(nil)))
		return nil
	})
	return alerts, err
}

func eagerFields(paths ...string) []filter.Field {
	return fieldsOf(paths, eager)
}

func lazyFields(paths ...string) []filter.Field {
	return fieldsOf(paths, func(int) bool { return true })
}

func bare(t testing.TB, schema string) *avro.Format {
	t.Helper()
	format, err := avro.NewBare([]byte(schema))
	if err != nil {
		t.Fatal(err)
	}
	return format
}

// datumOf returns the one datum of a container.
func datumOf(t testing.TB, value []byte) []byte {
	t.Helper()
	var r container.Reader
	err := r.Reset(value)
	if err == nil && r.Objects() != 1 {
		err = errors.New("not one object")
	}
	if err != nil {
		t.Fatal(err)
	}
	for {
		block, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if block.Objects == 1 {
			return block.Data
		}
	}
}

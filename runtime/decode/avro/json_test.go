package avro_test

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/skysift/skysift/internal/container"
	"github.com/skysift/skysift/internal/testdata"
	"github.com/skysift/skysift/runtime/decode/avro"
)

// TestJSONOfRealAlerts holds every value of every real alert against goavro.
func TestJSONOfRealAlerts(t *testing.T) {
	files := testdata.Files(t, ".avro", "ztf")
	for _, path := range files {
		value, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var blocks container.Reader
		if err := blocks.Reset(value); err != nil {
			t.Fatal(err)
		}
		schema, err := avro.ParseSchema(blocks.Schema)
		if err != nil {
			t.Fatal(err)
		}
		o := newOracle(t, blocks.Schema)
		block, err := blocks.Next()
		if err != nil {
			t.Fatal(err)
		}
		text, end, err := schema.AppendJSON([]byte("before"), block.Data, 0)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		native, rest, err := o.codec.NativeFromBinary(block.Data)
		if err != nil || len(rest) != len(block.Data)-end {
			t.Fatalf("%s: %d bytes are left, goavro leaves %d, %v", path, len(block.Data)-end, len(rest), err)
		}
		got, cut := strings.CutPrefix(string(text), "before")
		if !cut {
			t.Fatal("what was there before is gone")
		}
		decoder := json.NewDecoder(strings.NewReader(got))
		decoder.UseNumber()
		var tree any
		if err := decoder.Decode(&tree); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		sameJSON(t, path, tree, native)
	}
}

// sameJSON compares JSON with what goavro makes of the same datum.
func sameJSON(t *testing.T, path string, got, want any) {
	t.Helper()
	object, isObject := got.(map[string]any)
	switch want := want.(type) {
	case map[string]any:
		if len(want) == 1 {
			for branch, value := range want {
				if _, field := object[branch]; !isObject || !field { // goavro names a union's branch
					sameJSON(t, path, got, value)
					return
				}
			}
		}
		if len(object) != len(want) {
			t.Errorf("%s has %d keys, not %d", path, len(object), len(want))
		}
		for key, value := range want {
			sameJSON(t, path+"."+key, object[key], value)
		}
	case []any:
		list, _ := got.([]any)
		if len(list) != len(want) {
			t.Errorf("%s has %d items, not %d", path, len(list), len(want))
			return
		}
		for i := range want {
			sameJSON(t, fmt.Sprintf("%s[%d]", path, i), list[i], want[i])
		}
	default:
		if text := scalarJSON(want); fmt.Sprint(got) != text && !sameFloat(fmt.Sprint(got), want) {
			t.Errorf("%s is %v, not %v", path, got, text)
		}
	}
}

func scalarJSON(v any) string {
	switch v := v.(type) {
	case nil:
		return "<nil>"
	case []byte:
		return base64.StdEncoding.EncodeToString(v)
	case float32:
		if math.IsNaN(float64(v)) {
			return "<nil>"
		}
	case float64:
		if math.IsNaN(v) {
			return "<nil>"
		}
	}
	return fmt.Sprint(v)
}

func sameFloat(got string, want any) bool {
	switch want := want.(type) {
	case float32:
		f, err := strconv.ParseFloat(got, 32)
		return err == nil && float32(f) == want
	case float64:
		f, err := strconv.ParseFloat(got, 64)
		return err == nil && f == want
	}
	return false
}

const odd = `{"type": "record", "name": "odd", "fields": [
	{"name": "big", "type": "long"}, {"name": "f", "type": "float"}, {"name": "d", "type": "double"},
	{"name": "u", "type": ["null", "string", "int"]}, {"name": "s", "type": "string"}, {"name": "twice", "type": "int"},
	{"name": "raw", "type": {"type": "fixed", "name": "two", "size": 2}}, {"name": "e", "type": {"type": "enum", "name": "band", "symbols": ["g", "r"]}},
	{"name": "m", "type": {"type": "map", "values": "boolean"}}, {"name": "twice", "type": "int"}, {"name": "none", "type": {"type": "array", "items": "null"}}]}`

func TestJSONOfEachType(t *testing.T) {
	schema, err := avro.ParseSchema([]byte(odd))
	if err != nil {
		t.Fatal(err)
	}
	datum := binary.AppendVarint(nil, math.MaxInt64)
	datum = binary.LittleEndian.AppendUint32(datum, math.Float32bits(0.1))
	datum = binary.LittleEndian.AppendUint64(datum, math.Float64bits(math.NaN()))
	datum = append(datum, "\x02\x02x"+"\x06\"\xffé"[:4]+"\x0e"+"\xfb\xff"+"\x02"...)
	datum = append(datum, "\x02\x02k\x01\x00"+"\x10"+"\x04\x00"...)
	text, end, err := schema.AppendJSON(nil, append(datum, "rest"...), 0)
	if err != nil || end != len(datum) {
		t.Fatalf("%d of %d bytes, %v", end, len(datum), err)
	}
	want := `{"big":9223372036854775807,"f":0.1,"d":null,"u":"x","s":"\"\ufffd\ufffd","raw":"+/8=","e":"r","m":{"k":true},"twice":8,"none":[null,null]}`
	if got := strings.ReplaceAll(string(text), "\uFFFD", `\ufffd`); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for cut := range datum {
		if _, _, err := schema.AppendJSON(nil, datum[:cut], 0); err == nil || !strings.Contains(err.Error(), "field ") {
			t.Errorf("cut after %d bytes: %v", cut, err)
		}
	}
}

// A few bytes must not become a text that fills the memory.
func TestJSONOfABombIsRefused(t *testing.T) {
	const nulls = `{"type": "record", "name": "bomb", "fields": [{"name": "items", "type": {"type": "array", "items": {"type": "record", "name": "void", "fields": [{"name": "a", "type": "null"}, {"name": "b", "type": "null"}]}}}]}`
	schema, err := avro.ParseSchema([]byte(nulls))
	if err != nil {
		t.Fatal(err)
	}
	var bomb []byte
	for range 1000 {
		bomb = binary.AppendVarint(bomb, 1<<16)
	}
	text, _, err := schema.AppendJSON(nil, append(bomb, 0), 0)
	if err == nil || !strings.Contains(err.Error(), "items[]") || len(text) > 0 {
		t.Errorf("%d bytes of text, %v", len(text), err)
	}
}

func FuzzJSON(f *testing.F) {
	schema, err := avro.ParseSchema([]byte(odd))
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("\x02\x00\x00\x80\x3f\x00\x00\x00\x00\x00\x00\xf0\x3f\x00\x02s\x02ab\x00\x00\x02\x00"))
	f.Fuzz(func(t *testing.T, value []byte) {
		text, end, err := schema.AppendJSON(nil, value, 0)
		if err == nil && (!json.Valid(text) || end > len(value)) {
			t.Errorf("%d of %d bytes: %s", end, len(value), text)
		}
	})
}

func TestASchemasTextIsCompleteInItself(t *testing.T) {
	band := `{"type": "enum", "name": "survey.band", "symbols": ["g"]}`
	alert := `{"type": "record", "name": "alert", "namespace": "survey", "fields": [{"name": "a", "type": "band"}, {"name": "b", "type": "survey.band"}]}`
	schema, err := avro.ParseSchema([]byte(alert), []byte(band))
	if err != nil {
		t.Fatal(err)
	}
	alone, err := avro.ParseSchema([]byte(schema.Text()))
	if err != nil {
		t.Fatalf("%v: %s", err, schema.Text())
	}
	if text, _, err := alone.AppendJSON(nil, []byte{0, 0}, 0); err != nil || string(text) != `{"a":"g","b":"g"}` {
		t.Errorf("%s, %v", text, err)
	}
	if alone.Text() != schema.Text() {
		t.Error("a complete schema's text is not what was written")
	}
}

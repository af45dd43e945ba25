package encode_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/klauspost/compress/flate"

	"github.com/skysift/skysift/internal/container"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/decode/avro"
	"github.com/skysift/skysift/runtime/encode"
)

const schema = `{"type": "record", "name": "alert", "fields": [{"name": "candid", "type": "long"}, {"name": "magpsf", "type": ["null", "float"]}, {"name": "stamp", "type": "bytes"}]}`

// datum is candid 9007199254740993, magpsf NaN, stamp 01 02.
var datum = append(binary.AppendVarint(nil, 9007199254740993), "\x02\x00\x00\xc0\x7f\x04\x01\x02"...)

const asJSON = `{"candid":9007199254740993,"magpsf":null,"stamp":"AQI="}`

func contained() []byte {
	return container.AppendOne(nil, []byte(schema), []byte("0123456789abcdef"), datum)
}

// deflated is the same container with a compressed block.
func deflated(t *testing.T) []byte {
	t.Helper()
	var small bytes.Buffer
	w, err := flate.NewWriter(&small, 9)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write(datum)
	_ = w.Close()
	value := bytes.Replace(contained(), []byte("avro.codec\x08null"), []byte("avro.codec\x0edeflate"), 1)
	value = value[:len(value)-16-len(datum)-1]
	value = binary.AppendVarint(value, int64(small.Len()))
	return append(append(value, small.Bytes()...), "0123456789abcdef"...)
}

func framed(id uint32) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{0}, id), datum...)
}

// known knows schema 7.
type known struct{ schema *avro.Schema }

func (k known) Schema(id uint32) (*avro.Schema, error) {
	if id != 7 {
		return nil, errors.New("no such schema")
	}
	return k.schema, nil
}

func newKnown(t *testing.T) known {
	t.Helper()
	parsed, err := avro.ParseSchema([]byte(schema))
	if err != nil {
		t.Fatal(err)
	}
	return known{parsed}
}

func TestEachInputInEachEncoding(t *testing.T) {
	schemas := newKnown(t)
	inputs := map[string]struct {
		input encode.Input
		value []byte
	}{
		"container":                    {encode.Input{}, contained()},
		"container, said":              {encode.Input{Format: "avro"}, contained()},
		"deflated container":           {encode.Input{}, deflated(t)},
		"Confluent's framing":          {encode.Input{Schemas: schemas}, framed(7)},
		"Confluent's framing, said":    {encode.Input{Format: "confluent", Schemas: schemas}, framed(7)},
		"framing with a byte too many": {encode.Input{Schemas: schemas}, append(framed(7), 0)},
		"bare":                         {encode.Input{Format: "avro", Bare: schemas.schema}, datum},
	}
	encodings := map[string]struct {
		choice encode.Choice
		value  []byte
		key    string
	}{
		"json":      {encode.Choice{Encoding: encode.JSON}, []byte(asJSON), "key"},
		"confluent": {encode.Choice{Encoding: encode.Confluent, Numbers: encode.Fixed(42)}, framed(42), "key"},
		"fink":      {encode.Choice{Encoding: encode.Fink}, datum, schema},
	}
	for from, in := range inputs {
		for to, want := range encodings {
			t.Run(from+" to "+to, func(t *testing.T) {
				if err := want.choice.Check(in.input); err != nil {
					t.Fatal(err)
				}
				encoder := encode.New(want.choice, in.input)
				for range 2 { // the second time by what is kept
					before := bytes.Clone(in.value)
					o := runtime.Output{Value: in.value, Key: []byte("key"), Container: container.Is(in.value)}
					if err := encoder.Encode(&o); err != nil {
						t.Fatal(err)
					}
					if !bytes.Equal(o.Value, want.value) || string(o.Key) != want.key || o.Encoding != to {
						t.Errorf("%q under %q as %q", o.Value, o.Key, o.Encoding)
					}
					if !bytes.Equal(in.value, before) {
						t.Error("the input's bytes have changed")
					}
				}
			})
		}
	}
}

func TestPassthroughAndJSONOfJSONAreFree(t *testing.T) {
	for _, choice := range []encode.Choice{{}, {Encoding: encode.Passthrough}, {Encoding: encode.Confluent}} {
		if encoder := encode.New(choice, encode.Input{Format: "confluent"}); encoder != nil {
			t.Errorf("%+v has an encoder", choice)
		}
	}
	for _, input := range []encode.Input{{}, {Format: "json"}} {
		value := []byte("\xef\xbb\xbf {\"ra\": 1.50}")
		o := runtime.Output{Value: value}
		if err := encode.New(encode.Choice{Encoding: encode.JSON}, input).Encode(&o); err != nil || &o.Value[0] != &value[0] || o.Encoding != "json" {
			t.Errorf("%q, %v", o.Value, err)
		}
	}
}

func TestADocumentOfARunEngineBecomesJSON(t *testing.T) {
	const document = "\x92\xa5event\x82\xa3uid\xa1a\xa3det\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00"
	for name, c := range map[string]struct {
		input encode.Input
		value string
		want  string
	}{
		"told by its bytes": {encode.Input{}, document, `["event",{"uid":"a","det":null}]`},
		"said":              {encode.Input{Format: "msgpack"}, document, `["event",{"uid":"a","det":null}]`},
		"a map, said":       {encode.Input{Format: "msgpack"}, "\x81\xa1a\xcf\xff\xff\xff\xff\xff\xff\xff\xff", `{"a":18446744073709551615}`},
	} {
		o := runtime.Output{Value: []byte(c.value), Key: []byte("run")}
		err := encode.New(encode.Choice{Encoding: encode.JSON}, c.input).Encode(&o)
		if err != nil || string(o.Value) != c.want || o.Encoding != encode.JSON || string(o.Key) != "run" {
			t.Errorf("%s: %s as %q, %v", name, o.Value, o.Encoding, err)
		}
	}
}

func TestCombinationsThatCannotBeAreRefusedAtTheStart(t *testing.T) {
	tests := []struct {
		choice encode.Choice
		input  encode.Input
		says   string // "": it can be
	}{
		{encode.Choice{Encoding: "xml"}, encode.Input{}, "unknown encoding"},
		{encode.Choice{Encoding: encode.Confluent}, encode.Input{}, "output.registry"},
		{encode.Choice{Encoding: encode.Confluent}, encode.Input{Format: "confluent"}, ""},
		{encode.Choice{Encoding: encode.Confluent, Numbers: encode.Fixed(1)}, encode.Input{Format: "json"}, "the input is json"},
		{encode.Choice{Encoding: encode.Fink}, encode.Input{Format: "json"}, "the input is json"},
		{encode.Choice{Encoding: encode.JSON}, encode.Input{Format: "json"}, ""},
		{encode.Choice{Encoding: encode.JSON}, encode.Input{Format: "msgpack"}, ""},
		{encode.Choice{Encoding: encode.Fink}, encode.Input{Format: "msgpack"}, "the input is msgpack"},
		{encode.Choice{Encoding: encode.JSON}, encode.Input{Format: "csv"}, "input in csv cannot be encoded as json"},
		{encode.Choice{Encoding: encode.Passthrough}, encode.Input{Format: "msgpack"}, ""},
		{encode.Choice{}, encode.Input{Format: "msgpack"}, ""},
	}
	for _, test := range tests {
		err := test.choice.Check(test.input)
		if (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%q of %q: %v", test.choice.Encoding, test.input.Format, err)
		}
	}
}

func TestWhatCannotBeEncodedIsAnErrorOfThatRecord(t *testing.T) {
	schemas := newKnown(t)
	several := contained()
	several[len(several)-len(datum)-18] = 4 // two objects in the block
	for name, value := range map[string][]byte{
		"another schema":         framed(8),
		"a datum cut short":      framed(7)[:8],
		"a container cut short":  contained()[:40],
		"a container of several": several,
		"JSON to Avro":           []byte(`{"a": 1}`),
		"nothing known":          []byte("\x93\x01"),
		"empty":                  nil,
	} {
		for _, choice := range []encode.Choice{{Encoding: encode.Fink}, {Encoding: encode.Confluent, Numbers: encode.Fixed(1)}} {
			o := runtime.Output{Value: value}
			if err := encode.New(choice, encode.Input{Schemas: schemas}).Encode(&o); err == nil || errors.Is(err, runtime.ErrUnavailable) {
				t.Errorf("%s as %s: %q, %v", name, choice.Encoding, o.Value, err)
			}
		}
	}
}

// registry is a schema registry that can be in trouble.
type registry struct {
	status  atomic.Int64
	asked   atomic.Int64
	subject atomic.Value
}

func (r *registry) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	r.asked.Add(1)
	r.subject.Store(request.Method + " " + request.URL.EscapedPath())
	var body struct{ Schema, SchemaType string }
	text, _ := io.ReadAll(request.Body)
	if json.Unmarshal(text, &body) != nil || body.Schema != schema || body.SchemaType != "AVRO" {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	if user, password, _ := request.BasicAuth(); user != "ann" || password != "secret" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if status := r.status.Load(); status != 0 {
		w.WriteHeader(int(status))
		_, _ = w.Write([]byte(`{"error_code": 409, "message": "incompatible"}`))
		return
	}
	_, _ = w.Write([]byte(`{"id": 4711}`))
}

func newRegistry(t *testing.T, password string) (*registry, *encode.Registry) {
	t.Helper()
	served := &registry{}
	server := httptest.NewServer(served)
	t.Cleanup(server.Close)
	r, err := encode.NewRegistry(server.URL+"/api", "ann", func() (string, error) { return password, nil }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return served, r
}

func TestASchemaIsRegisteredOnce(t *testing.T) {
	served, r := newRegistry(t, "secret")
	encoder := encode.New(encode.Choice{Encoding: encode.Confluent, Topic: "night/a", Numbers: r}, encode.Input{})
	for range 3 {
		o := runtime.Output{Value: contained()}
		if err := encoder.Encode(&o); err != nil || !bytes.Equal(o.Value, framed(4711)) {
			t.Fatalf("%q, %v", o.Value, err)
		}
	}
	other := encode.New(encode.Choice{Encoding: encode.Confluent, Topic: "night/a", Numbers: r}, encode.Input{})
	if err := other.Encode(&runtime.Output{Value: contained()}); err != nil || served.asked.Load() != 1 {
		t.Errorf("asked %d times, %v", served.asked.Load(), err)
	}
	if got := served.subject.Load(); got != "POST /api/subjects/night%2Fa-value/versions" {
		t.Errorf("it is asked %v", got)
	}
}

func TestAlertsWaitForARegistryThatGivesNoNumber(t *testing.T) {
	for name, test := range map[string]struct {
		status   int
		password string
		says     string
	}{
		"unavailable":  {503, "secret", "503"},
		"incompatible": {409, "secret", "loosen the subject's compatibility"},
		"wrong user":   {0, "hunter2", "SKYSIFT_REGISTRY_PASSWORD"},
	} {
		t.Run(name, func(t *testing.T) {
			served, r := newRegistry(t, test.password)
			served.status.Store(int64(test.status))
			encoder := encode.New(encode.Choice{Encoding: encode.Confluent, Topic: "night", Numbers: r}, encode.Input{})
			o := runtime.Output{Value: contained()}
			err := encoder.Encode(&o)
			alarms := r.Alarms()
			if !errors.Is(err, runtime.ErrUnavailable) || len(alarms) != 1 || !strings.Contains(alarms[0].Reason, test.says) || strings.Contains(alarms[0].Reason, test.password) {
				t.Fatalf("%v, alarms %v", err, alarms)
			}
			if err := encoder.Encode(&o); !errors.Is(err, runtime.ErrUnavailable) || served.asked.Load() != 1 {
				t.Errorf("asked %d times at once, %v", served.asked.Load(), err)
			}
		})
	}
}

func TestARegistryThatComesBackGivesNumbers(t *testing.T) {
	served, r := newRegistry(t, "secret")
	served.status.Store(503)
	if _, err := r.Number("night", schema); err == nil {
		t.Fatal("it gives a number")
	}
	served.status.Store(0)
	for number, err := r.Number("night", schema); number != 4711; number, err = r.Number("night", schema) {
		if !errors.Is(err, runtime.ErrUnavailable) {
			t.Fatalf("%d, %v", number, err)
		}
	}
	if alarms := r.Alarms(); len(alarms) > 0 {
		t.Errorf("alarms %v", alarms)
	}
}

// BenchmarkJSON encodes the small alert of these tests; the room's cost on a
// real one is in internal/bench.
func BenchmarkJSON(b *testing.B) {
	value := contained()
	encoder := encode.New(encode.Choice{Encoding: encode.JSON}, encode.Input{})
	b.ReportAllocs()
	for b.Loop() {
		o := runtime.Output{Value: value}
		if err := encoder.Encode(&o); err != nil {
			b.Fatal(err)
		}
	}
}

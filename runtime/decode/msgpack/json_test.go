package msgpack_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/skysift/skysift/internal/testdata"
	"github.com/skysift/skysift/runtime/decode/json"
	"github.com/skysift/skysift/runtime/decode/msgpack"
)

func TestAMessageAsJSON(t *testing.T) {
	deep := append(bytes.Repeat([]byte{0x91}, 600), 0xc0)
	large := make([]byte, 8*10_001)
	binary.LittleEndian.PutUint64(large, math.Float64bits(math.NaN()))
	binary.LittleEndian.PutUint64(large[8:], math.Float64bits(20_000))
	binary.LittleEndian.PutUint64(large[16:], math.Float64bits(-10_000))
	unsigned := bytes.Repeat([]byte{255}, 8)
	for name, c := range map[string]struct {
		message []byte
		want    string // begins with "error: " where there is one
	}{
		"a name and a document":        {pack([]any{"event", object{{"uid", "a"}, {"data", object{{"det", 4.5}}}}}), `["event",{"uid":"a","data":{"det":4.5}}]`},
		"a map":                        {pack(object{{"ok", true}, {"none", nil}, {"list", []any{1, "x"}}, {"empty", object{}}}), `{"ok":true,"none":null,"list":[1,"x"],"empty":{}}`},
		"integers":                     {pack(object{{"a", uint64(math.MaxUint64)}, {"b", int64(math.MinInt64)}, {"c", int64(1<<53 + 1)}}), `{"a":18446744073709551615,"b":-9223372036854775808,"c":9007199254740993}`},
		"floats":                       {pack(object{{"a", float32(0.1)}, {"b", 0.1}, {"c", math.NaN()}, {"d", math.Inf(-1)}, {"e", 1e300}}), `{"a":0.1,"b":0.1,"c":null,"d":null,"e":1e+300}`},
		"bytes, also as a key":         {pack(object{{[]byte("k"), []byte{1, 2}}}), `{"k":"AQI="}`},
		"text that is no UTF-8":        {pack(object{{"a", raw{0xa2, 'x', 0xff}}}), `{"a":"x\ufffd"}`},
		"a timestamp":                  {pack(object{{"a", raw{0xd7, 0xff, 0x77, 0x35, 0x94, 0, 0, 0, 0, 1}}}), `{"a":1.5}`},
		"another extension":            {pack(object{{"a", raw{0xd4, 0xfb, 1}}}), `{"a":{"extension":-5,"data":"AQ=="}}`},
		"an array":                     {event(object{{"a", image}}), `["event",{"uid":"4fd05f92","time":1795257508.88,"data":{"a":[[1,2],[3,256]]},"seq_num":1}]`},
		"an array of one row of three": {pack(object{{"a", array("|i1", []byte{1, 255, 3}, 1, 3, 1)}}), `{"a":[[[1],[-1],[3]]]}`},
		"numbers of numpy":             {pack(object{{"a", number("<f4", []byte{0xcd, 0xcc, 0xcc, 0x3d})}, {"b", number(">u8", unsigned)}, {"c", number("|b1", []byte{1})}, {"d", number("<f2", []byte{0, 0x7e})}}), `{"a":0.1,"b":18446744073709551615,"c":true,"d":null}`},
		"an array of no dimension":     {pack(object{{"a", array("<i2", []byte{5, 0})}}), `{"a":5}`},
		"a number with a shape":        {pack(object{{"a", append(number("|i1", []byte{5}), pair{"shape", []any{7}})}}), `{"a":5}`},
		"no numbers":                   {pack(object{{"a", array("<f8", nil, 0)}}), `{"a":[]}`},
		"no numbers in rows":           {pack(object{{"a", array("<f8", nil, 60000, 60000, 0)}}), `{"a":{"shape":[60000,60000,0],"dtype":"float64"}}`},
		"more numbers than are read":   {pack(object{{"a", array("<f8", large, 10_001)}}), `{"a":{"shape":[10001],"dtype":"float64","min":-10000,"max":20000,"mean":1}}`},
		"all of them 2^64-1":           {pack(object{{"a", array("<u8", bytes.Repeat(unsigned, 10_002), 2, 5001)}}), `{"a":{"shape":[2,5001],"dtype":"uint64","min":18446744073709551615,"max":18446744073709551615,"mean":18446744073709552000}}`},
		"all of them NaN":              {pack(object{{"a", array("<f2", bytes.Repeat([]byte{0, 0x7e}, 10_001), 10_001)}}), `{"a":{"shape":[10001],"dtype":"float16","min":null,"max":null,"mean":null}}`},
		"texts of numpy":               {pack(object{{"a", array("<U1", []byte{'a', 0, 0, 0}, 1)}}), `{"a":{"shape":[1],"dtype":"<U1"}}`},
		"a structure":                  {pack(object{{"a", array("", nil)}}), `{"a":{"shape":[],"dtype":"structure"}}`},
		"a pickle":                     {pack(object{{"a", array("|O", []byte("cos\n"), 1)}}), `error: msgpack: byte 4, field "a": a numpy array of Python objects: that is a pickle, which is never opened`},
		"an array without its bytes":   {pack(object{{"a", array("<f8", make([]byte, 24), 2, 2)}}), `error: msgpack: byte 4, field "a": a numpy array of float64 has 24 bytes, and its shape [2 2] needs 8 for each number`},
		"too deep":                     {deep, `error: msgpack: byte 513, field "` + strings.Repeat("[]", 101) + `": arrays and maps lie in each other more than 512 deep`},
		"cut short":                    {pack(object{{"a", "abc"}})[:5], `error: msgpack: byte 3, field "a": cut short: a string of 3 needs at least 3 bytes, and 1 are left`},
		"two messages":                 {append(pack(object{}), pack(object{})...), "error: msgpack: byte 1: another message follows the first"},
		"nothing":                      {nil, "error: msgpack: byte 0: cut short: no bytes are left for a value"},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := msgpack.AppendJSON([]byte("before "), c.message)
			got := strings.TrimPrefix(string(text), "before ")
			if err != nil {
				got = "error: " + err.Error()
			}
			if got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestRealDocumentsAsJSON holds what becomes of real documents against what
// filters see of them. None of them has an array too large to be written out.
func TestRealDocumentsAsJSON(t *testing.T) {
	for _, path := range testdata.Files(t, ".msgpack", "bluesky") {
		record, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text, err := msgpack.AppendJSON(nil, record)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if got, want := documentOf(t, json.New(), text), documentOf(t, msgpack.New(), record); !slices.EqualFunc(floats(got), floats(want), sameFloat) {
			t.Errorf("%s:\n%s\nas JSON:\n%s", path, want, got)
		}
	}
}

// floats are those of a text, behind what is between them.
func floats(text string) []string {
	number := regexp.MustCompile(`-?[0-9]+\.[0-9]+(e[-+][0-9]+)?`)
	return append(number.Split(text, -1), number.FindAllString(text, -1)...)
}

// sameFloat says that texts are equal, or floats that are the same in 32 bits.
func sameFloat(a, b string) bool {
	x, err := strconv.ParseFloat(a, 32)
	y, bad := strconv.ParseFloat(b, 32)
	return a == b || err == nil && bad == nil && float32(x) == float32(y)
}

// BenchmarkJSONOfAnEvent makes JSON of an event with a spectrum and a frame.
func BenchmarkJSONOfAnEvent(b *testing.B) {
	record := event(object{{"det", 4.5}, {"spectrum", array("<f8", make([]byte, 8*2048), 2048)}, {"frame", array("<u2", make([]byte, 1<<20), 512, 1024)}})
	var text []byte
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if text, err = msgpack.AppendJSON(text[:0], record); err != nil {
			b.Fatal(err)
		}
	}
}

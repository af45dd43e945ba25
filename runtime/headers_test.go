package runtime_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/skysift/skysift/runtime"
)

func joined(headers []runtime.Header) string {
	var lines []string
	for _, h := range headers {
		lines = append(lines, h.Key+"="+string(h.Value))
	}
	return strings.Join(lines, "\n")
}

func TestHeadersOfOutputs(t *testing.T) {
	for name, c := range map[string]struct {
		output runtime.Output
		want   string
	}{
		"a match names class, filters and source": {
			runtime.Output{Class: "transient", Origin: "night/3/7", Matches: []runtime.Match{{Filter: "bright", Version: "ab12"}}},
			"skysift-class=transient\nskysift-filters=[{\"name\":\"bright\",\"version\":\"ab12\"}]\nskysift-source=night/3/7",
		},
		"three filters are one output with annotations as they are": {
			runtime.Output{Class: "c", Origin: "o", Schema: "ztf 3.3", Container: true, Matches: []runtime.Match{
				{Filter: "a", Version: "1", Annotations: []byte(`{"b":-12.5}`)}, {Filter: "b", Version: "2"}, {Filter: "c", Version: "3"},
			}},
			"skysift-class=c\nskysift-filters=[{\"name\":\"a\",\"version\":\"1\",\"annotations\":{\"b\":-12.5}}," +
				"{\"name\":\"b\",\"version\":\"2\"},{\"name\":\"c\",\"version\":\"3\"}]\nskysift-source=o\nskysift-schema=ztf 3.3\n_format=avro",
		},
		"JSON is said to be JSON, whatever the input was": {
			runtime.Output{Class: "c", Origin: "o", Encoding: "json", Container: true, Headers: []runtime.Header{{Key: "_format", Value: []byte("avro")}}},
			"skysift-class=c\nskysift-filters=[]\nskysift-source=o\nskysift-encoding=json\n_format=json",
		},
		"a bare datum is no container any more": {
			runtime.Output{Class: "c", Origin: "o", Encoding: "fink", Container: true, Headers: []runtime.Header{{Key: "_format", Value: []byte("avro")}}},
			"skysift-class=c\nskysift-filters=[]\nskysift-source=o\nskysift-encoding=fink",
		},
		"the input's headers come first, but not those set anew": {
			runtime.Output{Class: "c", Origin: "o", Headers: []runtime.Header{{Key: "skysift-class", Value: []byte("old")}, {Key: "trace", Value: []byte("x")}}},
			"trace=x\nskysift-class=c\nskysift-filters=[]\nskysift-source=o",
		},
		"what was a reject once, and passes now, is none": {
			runtime.Output{Class: "c", Origin: "rejected/0/5", Headers: []runtime.Header{
				{Key: "skysift-stage", Value: []byte("decode")}, {Key: "skysift-error", Value: []byte("no schema")}, {Key: "trace", Value: []byte("x")}}},
			"trace=x\nskysift-class=c\nskysift-filters=[]\nskysift-source=rejected/0/5",
		},
		"a reject says where and why": {
			runtime.Output{Origin: "night/0/1", Rejection: &runtime.RecordError{Stage: runtime.StageDecode, Err: errors.New("empty record")},
				Headers: []runtime.Header{{Key: "k", Value: []byte("v")}}},
			"k=v\nskysift-stage=decode\nskysift-error=empty record\nskysift-source=night/0/1",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := joined(c.output.AppendHeaders(nil)); got != c.want {
				t.Errorf("headers:\n%s\nwant:\n%s", got, c.want)
			}
		})
	}
}

func TestFilterNamesAreValidJSON(t *testing.T) {
	for _, name := range []string{"plain", `quo"te`, `back\slash`, "tab\t", "süd", "bad\xff"} {
		o := runtime.Output{Class: "c", Matches: []runtime.Match{{Filter: name, Version: "v"}}}
		var got []struct{ Name, Version string }
		for _, h := range o.AppendHeaders(nil) {
			if h.Key == runtime.HeaderFilters {
				if err := json.Unmarshal(h.Value, &got); err != nil {
					t.Fatalf("%q: %v", name, err)
				}
			}
		}
		if len(got) != 1 || got[0].Name != strings.ToValidUTF8(name, "\ufffd") || got[0].Version != "v" {
			t.Errorf("%q became %+v", name, got)
		}
	}
}

func TestLongErrorsAreCutBetweenCharacters(t *testing.T) {
	o := runtime.Output{Rejection: &runtime.RecordError{Stage: runtime.StageDecode, Err: errors.New("x" + strings.Repeat("é", 4000))}}
	for _, h := range o.AppendHeaders(nil) {
		if h.Key == runtime.HeaderError && (len(h.Value) != 4095 || !utf8.Valid(h.Value)) {
			t.Errorf("error header of %d bytes, valid %v", len(h.Value), utf8.Valid(h.Value))
		}
	}
}

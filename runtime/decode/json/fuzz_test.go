package json_test

import (
	"bytes"
	stdjson "encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime/decode/json"
)

// FuzzJSON holds the decoder against encoding/json: what one takes the other
// takes, with the same values, but for what doc.go names.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		telemetry, `{}`, `[{"a": 1}, {"a": 2}]`, `[] {"a": 1}`, "{\"a\":1}\n{\"a\":2}", `["event", {"a": 1}]`, `{"a": NaN}`, `{"a": -0, "b": -0.0, "c": 1E+2}`,
		`{"a": "\ud800\u0041\ud83d\ude00", "b": {"c": [[1], [], {"d": null}]}}`, "\xef\xbb\xbf{}", `{"a": [1, 2, {"x": [3]}], "a": {"x": 9223372036854775808}}`,
		`{"a.b": 1}`, `{"a": 1, "a": [{"x": 5}]}`, strings.Repeat("7", 400), `{"c": "x\n\"y"}`,
	} {
		f.Add([]byte(seed))
	}
	fields := allFields("a", "b", "c", "a[]", "a[].x", "b.c", "b.c[].d", "a.x", "a[].x[]", "ra", "mirror[].zones", "mirror[].cell", "dome.open", "scores")
	f.Fuzz(func(t *testing.T, record []byte) {
		got, err := ours(t, record, fields)
		again, errAgain := ours(t, record, nil)
		if (err == nil) != (errAgain == nil) && !strings.Contains(err.Error(), "more values") {
			t.Fatalf("with fields %v, without %v: what is asked for decides whether the record is good", err, errAgain)
		}
		if len(again) != len(got) && err == nil {
			t.Fatalf("%d alerts with fields, %d without", len(got), len(again))
		}
		if outOfOracle(record) {
			return
		}
		want, wantErr := oracle(record, fields)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("ours %v, encoding/json %v", err, wantErr)
		}
		if err == nil && !slices.Equal(got, want) {
			t.Fatalf("ours\n%s\nencoding/json\n%s", strings.Join(got, "\n\n"), strings.Join(want, "\n\n"))
		}
		if err == nil {
			checkSingles(t, record, fields, got)
		}
	})
}

// checkSingles holds that each alert alone decodes to what it is among others.
func checkSingles(t *testing.T, record []byte, fields []filter.Field, want []string) {
	decoder, index := json.New().NewDecoder(fields), 0
	err := decoder.Decode(record, func(*filter.Alert) error {
		single, err := decoder.Single()
		if err != nil {
			return err
		}
		if got, err := ours(t, single, fields); err != nil || len(got) != 1 || got[0] != want[index] {
			t.Errorf("alert %d alone: %q, %v", index, got, err)
		}
		index++
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// outOfOracle reports what encoding/json takes for something else: what is no
// UTF-8, Python's words, other things than objects, names beside documents, keys
// with dots, depth, a byte-order mark, and values without white space between.
func outOfOracle(record []byte) bool {
	for _, word := range []string{"NaN", "Infinity", "\xef\xbb\xbf"} {
		if bytes.Contains(record, []byte(word)) {
			return true
		}
	}
	if !utf8.Valid(record) || bytes.Count(record, []byte("["))+bytes.Count(record, []byte("{")) > 500 || len(bytes.TrimSpace(record)) == 0 {
		return true
	}
	dec := stdjson.NewDecoder(bytes.NewReader(record))
	dec.UseNumber() // a number may be too large for a float64
	for {
		start := dec.InputOffset()
		var tree any
		err := dec.Decode(&tree)
		if err == io.EOF {
			return false
		}
		if err != nil {
			return false
		}
		if start > 0 && !bytes.ContainsAny(record[start:start+1], " \t\r\n") || !onlyObjects(tree) || hasDots(tree) {
			return true
		}
	}
}

func onlyObjects(tree any) bool {
	if list, ok := tree.([]any); ok {
		for _, item := range list {
			if _, ok := item.(map[string]any); !ok {
				return false
			}
		}
		return true
	}
	_, ok := tree.(map[string]any)
	return ok
}

func hasDots(tree any) bool {
	switch tree := tree.(type) {
	case []any:
		return slices.ContainsFunc(tree, hasDots)
	case map[string]any:
		for key, inner := range tree {
			if strings.Contains(key, ".") || hasDots(inner) {
				return true
			}
		}
	}
	return false
}

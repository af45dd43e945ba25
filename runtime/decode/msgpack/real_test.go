package msgpack_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/testdata"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/decode/json"
	"github.com/skysift/skysift/runtime/decode/msgpack"
)

// TestRealDocuments reads real documents of run engines and holds every value
// against what Python read of them: documents.jsonl beside them, where an array
// is {"__ndarray__", "dtype", "shape", "data"}.
func TestRealDocuments(t *testing.T) {
	runs := map[string][]string{}
	for _, path := range testdata.Files(t, ".msgpack", "bluesky") {
		runs[filepath.Dir(path)] = append(runs[filepath.Dir(path)], path)
	}
	for folder, paths := range runs {
		lines, err := os.ReadFile(filepath.Join(folder, "documents.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range bytes.Split(bytes.TrimSpace(lines), []byte("\n")) {
			record, err := os.ReadFile(paths[i])
			if err != nil {
				t.Fatal(err)
			}
			if got, want := documentOf(t, msgpack.New(), record), documentOf(t, json.New(), line); got != want {
				t.Errorf("%s:\n%s\nPython:\n%s", paths[i], got, want)
			}
		}
	}
}

// documentOf returns the name and the document of a record, as JSON.
func documentOf(t *testing.T, format runtime.Format, record []byte) string {
	t.Helper()
	var text []byte
	err := format.NewDecoder([]filter.Field{{Path: "name"}, {Path: "document"}}).Decode(record, func(alert *filter.Alert) error {
		text = alert.Values[0].AppendJSON(text)
		text = plain(alert.Values[1]).AppendJSON(text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// plain is the value with what stands for arrays and numbers of numpy in JSON
// replaced by their data.
func plain(v filter.Value) filter.Value {
	switch v.Kind() {
	case filter.List:
		items := make([]filter.Value, len(v.List()))
		for i, item := range v.List() {
			items[i] = plain(item)
		}
		return filter.ListOf(items)
	case filter.Map:
		entries := make([]filter.Entry, len(v.Map()))
		for i, entry := range v.Map() {
			if entry.Key == "__ndarray__" || entry.Key == "__npscalar__" {
				return plain(v.Map()[len(entries)-1].Value)
			}
			entries[i] = filter.Entry{Key: entry.Key, Value: plain(entry.Value)}
		}
		return filter.MapOf(entries)
	}
	return v
}

func TestDescribeNamesWhatADocumentHas(t *testing.T) {
	schema, err := msgpack.New().Describe(pack([]any{"event", document}))
	if err != nil {
		t.Fatal(err)
	}
	for path, kind := range map[string]filter.Kind{
		"name": filter.String, "document.name": filter.String, "data.img": filter.List, "data.det": filter.Float, "data.nan": filter.Missing,
		"data.list": filter.List, "keys[].a": filter.Int, "keys[].b": filter.List, "big": filter.Int, "data.motor.x": filter.Int,
	} {
		if field, ok := schema.Lookup(path); !ok || field.Kind != kind {
			t.Errorf("%s: %v, %v, want %s", path, field, ok, kind)
		}
	}
	if field, _ := schema.Lookup("data.img"); field.Doc != "array of uint16 [2 2]" {
		t.Errorf("data.img is described as %q", field.Doc)
	}
}

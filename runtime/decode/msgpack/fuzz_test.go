package msgpack_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tinylib/msgp/msgp"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime/decode/msgpack"
)

// FuzzMsgpack holds the decoder against another reader of MessagePack, on
// maps and named documents: what one takes the other takes, with the same
// values, but for what doc.go names.
func FuzzMsgpack(f *testing.F) {
	for _, seed := range [][]byte{
		pack(document), pack([]any{"event", document}), pack([]any{document, document}), event(object{{"a", image}}),
		pack(object{{"a", []any{object{{"x", 1}}, 5}}, {"b", object{{"c", "d"}}}}), pack(object{{"a", raw{0xd4, 5, 1}}}),
		pack(object{{"a", 1}, {"a", object{{"x", nil}}}}), {0x80}, {0x90, 0x80}, {0x81, 0xa1, 'a', 0xdd, 255, 255, 255, 255},
	} {
		f.Add(seed)
	}
	fields := []filter.Field{
		{Path: "a"}, {Path: "b"}, {Path: "a.x", Lazy: true}, {Path: "a[].x"}, {Path: "a[]", Lazy: true}, {Path: "b.c"}, {Path: "name"}, {Path: "uid", Lazy: true},
		{Path: "data.det"}, {Path: "keys[].a"}, {Path: "keys[].b", Lazy: true}, {Path: "data.img"}, {Path: "document.name"},
	}
	f.Fuzz(func(t *testing.T, record []byte) {
		got, err := ours(t, record, fields)
		if _, again := ours(t, record, nil); (err == nil) != (again == nil) && !strings.Contains(err.Error(), "more values") {
			t.Fatalf("with fields %v, without %v: what is asked for decides whether the record is good", err, again)
		}
		checkSingles(t, record, fields, got, err)
		checkJSON(t, record)
		tree, rest, otherErr := msgp.ReadIntfBytes(record)
		if len(rest) > 0 || otherErr == nil && outOfOracle(tree) || bytes.Contains(record, []byte("nd")) || err != nil && strings.Contains(err.Error(), "deep") {
			return
		}
		if (err == nil) != (otherErr == nil) {
			t.Fatalf("ours %v, msgp %v for %x", err, otherErr, record)
		}
		if err == nil && !slices.Equal(got, []string{pickAll(tree, fields)}) {
			t.Fatalf("ours\n%s\nmsgp\n%s", strings.Join(got, "\n\n"), pickAll(tree, fields))
		}
	})
}

func checkSingles(t *testing.T, record []byte, fields []filter.Field, want []string, bad error) {
	decoder, index := msgpack.New().NewDecoder(fields), 0
	err := decoder.Decode(record, func(*filter.Alert) error {
		single, err := decoder.Single()
		if err != nil {
			return err
		}
		if got, err := ours(t, single, fields); bad == nil && (err != nil || len(got) != 1 || got[0] != want[index]) {
			t.Errorf("alert %d alone: %q, %v", index, got, err)
		}
		index++
		return nil
	})
	if (err == nil) != (bad == nil) {
		t.Errorf("once %v, once %v", bad, err)
	}
}

// checkJSON makes JSON of every message that is found good, and reads it back.
func checkJSON(t *testing.T, record []byte) {
	decoder := msgpack.New().NewDecoder(nil)
	_ = decoder.Decode(record, func(*filter.Alert) error {
		single, err := decoder.Single()
		if err != nil {
			return err
		}
		text, err := msgpack.AppendJSON(nil, single)
		if err != nil || !json.Valid(text) || len(text) > 256+16*len(single) {
			t.Fatalf("%x becomes %q, %v", single, text[:min(len(text), 1000)], err)
		}
		return nil
	})
}

func ours(t testing.TB, record []byte, fields []filter.Field) ([]string, error) {
	var alerts []string
	err := msgpack.New().NewDecoder(fields).Decode(record, func(alert *filter.Alert) error {
		if err := alert.Load(); err != nil {
			if !strings.Contains(err.Error(), "more values") {
				t.Fatalf("the lazy fields of a record that was read whole cannot be read: %v", err)
			}
			return err
		}
		texts := make([]string, len(fields))
		for i, field := range fields {
			texts[i] = field.Path + "=" + render(fromValue(alert.Values[i]), false)
		}
		alerts = append(alerts, strings.Join(texts, "\n"))
		return nil
	})
	return alerts, err
}

// outOfOracle reports what the other reader takes for something else: messages
// that are none, and extensions.
func outOfOracle(tree any) bool {
	switch tree := tree.(type) {
	case map[string]any:
		return hasOdd(tree)
	case []any:
		if len(tree) == 2 {
			_, named := tree[0].(string)
			_, document := tree[1].(map[string]any)
			return !named || !document || hasOdd(tree)
		}
	}
	return true
}

// hasOdd reports extensions and keys with dots.
func hasOdd(tree any) bool {
	switch tree := tree.(type) {
	case []any:
		return slices.ContainsFunc(tree, hasOdd)
	case map[string]any:
		for key, inner := range tree {
			if strings.Contains(key, ".") || hasOdd(inner) {
				return true
			}
		}
	case nil, bool, int64, uint64, float32, float64, string, []byte:
	default:
		return true
	}
	return false
}

func pickAll(tree any, fields []filter.Field) string {
	texts := make([]string, len(fields))
	for i, field := range fields {
		texts[i] = field.Path + "=" + render(pickField(tree, field.Path), false)
	}
	return strings.Join(texts, "\n")
}

func pickField(tree any, path string) any {
	if named, ok := tree.([]any); ok {
		if path == "name" {
			return named[0]
		}
		tree = named[1]
		path = strings.TrimPrefix(path, "document.")
	}
	return pick(tree, path)
}

func pick(tree any, path string) any {
	if path == "" {
		return tree
	}
	if rest, ok := strings.CutPrefix(path, "[]"); ok {
		list, ok := tree.([]any)
		if !ok {
			return nil
		}
		column := make([]any, len(list))
		for i, item := range list {
			column[i] = asRow(pick(item, strings.TrimPrefix(rest, ".")))
		}
		return column
	}
	object, _ := tree.(map[string]any)
	end := strings.IndexAny(path, ".[")
	if end < 0 {
		return object[path]
	}
	return pick(object[path[:end]], strings.TrimPrefix(path[end:], "."))
}

// record is what a map in a list is.
type record struct{}

func asRow(tree any) any {
	switch tree := tree.(type) {
	case map[string]any:
		return record{}
	case []any:
		rows := make([]any, len(tree))
		for i, item := range tree {
			rows[i] = asRow(item)
		}
		return rows
	}
	return tree
}

// fromValue turns a value into a tree as the other reader has it.
func fromValue(v filter.Value) any {
	switch v.Kind() {
	case filter.Map:
		object := map[string]any{}
		for _, entry := range v.Map() {
			object[entry.Key] = fromValue(entry.Value)
		}
		return object
	case filter.List:
		list := make([]any, len(v.List()))
		for i, item := range v.List() {
			list[i] = fromValue(item)
		}
		return list
	case filter.Record:
		return record{}
	case filter.Missing:
		return nil
	}
	return v
}

// render writes scalars as AppendJSON does, and maps in the order of their keys.
func render(tree any, inMap bool) string {
	switch tree := tree.(type) {
	case map[string]any:
		var parts []string
		for key, inner := range tree {
			parts = append(parts, fmt.Sprintf("%q:%s", key, render(inner, true)))
		}
		slices.Sort(parts)
		return "{" + strings.Join(parts, ",") + "}"
	case []any:
		parts := make([]string, len(tree))
		for i, item := range tree {
			if !inMap {
				item = asRow(item)
			}
			parts[i] = render(item, inMap)
		}
		return "[" + strings.Join(parts, ",") + "]"
	case record:
		return "{}"
	case nil:
		return "null"
	case filter.Value:
		return string(tree.AppendJSON(nil))
	}
	return string(scalar(tree).AppendJSON(nil))
}

func scalar(tree any) filter.Value {
	switch tree := tree.(type) {
	case bool:
		return filter.BoolOf(tree)
	case int64:
		return filter.IntOf(tree)
	case uint64:
		if tree>>63 != 0 {
			return filter.FloatOf(float64(tree))
		}
		return filter.IntOf(int64(tree))
	case float32:
		return filter.FloatOf(float64(tree))
	case float64:
		return filter.FloatOf(tree)
	case string:
		return filter.StringOf(tree)
	case []byte:
		return filter.BytesOf(tree)
	case time.Time:
		return filter.FloatOf(float64(tree.UnixNano()) / 1e9)
	}
	return filter.Value{}
}

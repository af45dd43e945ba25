package json_test

import (
	"bytes"
	stdjson "encoding/json"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime/decode/json"
)

// oracle decodes with encoding/json and picks the fields out of the trees. It
// is told nothing of names beside documents and of dotted keys.
func oracle(value []byte, fields []filter.Field) ([]string, error) {
	var alerts []string
	dec := stdjson.NewDecoder(bytes.NewReader(value))
	dec.UseNumber()
	for {
		var tree any
		err := dec.Decode(&tree)
		if err == io.EOF {
			return alerts, nil
		}
		if err != nil {
			return nil, err
		}
		objects, isList := tree.([]any)
		if !isList {
			objects = []any{tree}
		}
		for _, object := range objects {
			alerts = append(alerts, pickAll(object, fields))
		}
	}
}

func pickAll(object any, fields []filter.Field) string {
	texts := make([]string, len(fields))
	for i, field := range fields {
		texts[i] = field.Path + "=" + render(pick(object, splitPath(field.Path)), strings.HasSuffix(field.Path, "[]"))
	}
	return strings.Join(texts, "\n")
}

// splitPath parts "a[].b" into "a", "[]", "b".
func splitPath(path string) []string {
	var steps []string
	for step := range strings.SplitSeq(path, ".") {
		name := strings.TrimRight(step, "[]")
		steps = append(steps, name)
		for range strings.Count(step[len(name):], "[]") {
			steps = append(steps, "[]")
		}
	}
	return steps
}

// absent is what a path finds where there is nothing.
type absent struct{}

func pick(tree any, steps []string) any {
	if len(steps) == 0 {
		return tree
	}
	if steps[0] == "[]" {
		list, ok := tree.([]any)
		if !ok {
			return absent{}
		}
		column := make([]any, len(list))
		for i, item := range list {
			column[i] = pick(item, steps[1:])
		}
		return column
	}
	object, _ := tree.(map[string]any)
	inner, ok := object[steps[0]]
	if !ok {
		return absent{}
	}
	return pick(inner, steps[1:])
}

// render is a tree as AppendJSON writes the value that it becomes; in a list
// that was asked for, objects are records.
func render(tree any, inList bool) string {
	switch v := tree.(type) {
	case bool:
		return strconv.FormatBool(v)
	case string:
		return string(filter.StringOf(v).AppendJSON(nil))
	case stdjson.Number:
		if i, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return strconv.FormatInt(i, 10)
		}
		f, _ := strconv.ParseFloat(v.String(), 64)
		return string(filter.FloatOf(f).AppendJSON(nil))
	case []any:
		items := make([]string, len(v))
		for i, item := range v {
			items[i] = render(item, true)
		}
		return "[" + strings.Join(items, ",") + "]"
	case map[string]any:
		if inList {
			return "{}"
		}
		return renderMap(v)
	}
	return "null"
}

func renderMap(v map[string]any) string {
	var parts []string
	for key, inner := range v {
		parts = append(parts, string(filter.StringOf(key).AppendJSON(nil))+":"+renderInMap(inner))
	}
	slices.Sort(parts)
	return "{" + strings.Join(parts, ",") + "}"
}

func renderInMap(tree any) string {
	if list, ok := tree.([]any); ok {
		items := make([]string, len(list))
		for i, item := range list {
			items[i] = renderInMap(item)
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	return render(tree, false)
}

// ours decodes with the decoder, each alert rendered like the oracle's.
func ours(t testing.TB, value []byte, fields []filter.Field) ([]string, error) {
	var alerts []string
	err := json.New().NewDecoder(fields).Decode(value, func(alert *filter.Alert) error {
		if err := alert.Load(); err != nil {
			t.Fatalf("the lazy fields of a record that was read whole cannot be read: %v", err)
		}
		texts := make([]string, len(fields))
		for i, field := range fields {
			texts[i] = field.Path + "=" + renderValue(alert.Values[i])
		}
		alerts = append(alerts, strings.Join(texts, "\n"))
		return nil
	})
	return alerts, err
}

// renderValue is AppendJSON, with the keys of maps sorted and each once.
func renderValue(v filter.Value) string {
	switch v.Kind() {
	case filter.Map:
		last := map[string]filter.Value{}
		for _, entry := range v.Map() {
			last[string(filter.StringOf(entry.Key).AppendJSON(nil))] = entry.Value
		}
		var parts []string
		for key, inner := range last {
			parts = append(parts, key+":"+renderValue(inner))
		}
		slices.Sort(parts)
		return "{" + strings.Join(parts, ",") + "}"
	case filter.List:
		items := make([]string, len(v.List()))
		for i, item := range v.List() {
			items[i] = renderValue(item)
		}
		return "[" + strings.Join(items, ",") + "]"
	case filter.Float:
		if v.Float() == math.Trunc(v.Float()) {
			return string(filter.FloatOf(v.Float()).AppendJSON(nil))
		}
	}
	return string(v.AppendJSON(nil))
}

// allFields are every path that the samples of the tests have, and some that
// they have not, every third of them lazy.
func allFields(paths ...string) []filter.Field {
	fields := make([]filter.Field, len(paths))
	for i, path := range paths {
		fields[i] = filter.Field{Path: path, Lazy: i%3 == 2}
	}
	return fields
}

package expression

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
)

// tree is an alert as JSON gives it: map[string]any, []any, string, bool,
// json.Number (an integer where it is written as one), float64 for what JSON
// cannot write, nil.
type tree = map[string]any

func parseTree(t testing.TB, text string) tree {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	made := tree{}
	if err := decoder.Decode(&made); err != nil {
		t.Fatalf("alert %s: %v", text, err)
	}
	return made
}

// fill gives an alert the fields of a set out of a tree, as a decoder would.
func fill(a *filter.Alert, fields []filter.Field, root tree) {
	a.Reset(len(fields))
	for i, field := range fields {
		a.Values[i] = at(root, strings.Split(field.Path, "."))
	}
}

func at(v any, path []string) filter.Value {
	if len(path) == 0 {
		return scalar(v)
	}
	object, ok := v.(tree)
	if !ok {
		return filter.Value{}
	}
	name, isColumn := strings.CutSuffix(path[0], "[]")
	if !isColumn {
		return at(object[name], path[1:])
	}
	list, ok := object[name].([]any)
	if !ok {
		return filter.Value{}
	}
	items := make([]filter.Value, len(list))
	for i, item := range list {
		items[i] = at(item, path[1:])
	}
	return filter.ListOf(items)
}

func scalar(v any) filter.Value {
	switch v := v.(type) {
	case bool:
		return filter.BoolOf(v)
	case string:
		return filter.StringOf(v)
	case []byte:
		return filter.BytesOf(v)
	case json.Number:
		return parseNumber(v.String())
	case int32:
		return filter.IntOf(int64(v))
	case int64:
		return filter.IntOf(v)
	case float32:
		return filter.FloatOf(float64(v))
	case float64:
		return filter.FloatOf(v)
	case []any:
		items := make([]filter.Value, len(v))
		for i, item := range v {
			items[i] = scalar(item)
		}
		return filter.ListOf(items)
	case tree:
		if scores, ok := v["map"]; ok { // {"map": {…}} is a map, not a record
			return mapOf(scores.(tree))
		}
		return filter.RecordOf()
	}
	return filter.Value{}
}

func mapOf(scores tree) filter.Value {
	var entries []filter.Entry
	for key, v := range scores {
		entries = append(entries, filter.Entry{Key: key, Value: scalar(v)})
	}
	slices.SortFunc(entries, func(a, b filter.Entry) int { return strings.Compare(a.Key, b.Key) })
	return filter.MapOf(entries)
}

// schemaOf derives the schema that a sample gives: every field with the kind
// of its first value that is not null.
func schemaOf(root tree) *filter.Schema {
	kinds := map[string]filter.Kind{}
	collect(kinds, "", root)
	s := &filter.Schema{Survey: "test"}
	for path, kind := range kinds {
		s.Fields = append(s.Fields, filter.SchemaField{Path: path, Kind: kind, Nullable: true})
	}
	slices.SortFunc(s.Fields, func(a, b filter.SchemaField) int { return strings.Compare(a.Path, b.Path) })
	return s
}

func collect(kinds map[string]filter.Kind, path string, v any) {
	if object, ok := v.(tree); ok && object["map"] == nil {
		for name, field := range object {
			collect(kinds, joinPath(path, name), field)
		}
		if path == "" {
			return
		}
	}
	if kinds[path] == filter.Missing {
		kinds[path] = scalar(v).Kind()
	}
	if list, ok := v.([]any); ok {
		for _, item := range list {
			collect(kinds, path+"[]", item)
		}
	}
}

// compiled compiles a program that must have no mistakes but warnings.
func compiled(t testing.TB, p Program) *filter.Set {
	t.Helper()
	set, mistakes := Compile(p)
	for _, m := range mistakes {
		if !m.Warning {
			t.Errorf("%s", describe(p, m))
		}
	}
	if set == nil {
		t.FailNow()
	}
	return set
}

// describe draws a mistake with its place, as the gallery has it.
func describe(p Program, m Mistake) string {
	text, place := "", ""
	switch {
	case m.Definition >= 0:
		text, place = p.Definitions[m.Definition].Source, "define "+p.Definitions[m.Definition].Name
	case m.Annotation >= 0:
		text, place = p.Filters[m.Filter].Annotate[m.Annotation].Source, "annotate "+p.Filters[m.Filter].Annotate[m.Annotation].Name
	case m.Clause >= 0:
		text, place = p.Filters[m.Filter].Where[m.Clause], fmt.Sprintf("clause %d", m.Clause+1)
	}
	word := ""
	if m.Warning {
		word = "warning: "
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s: %s%s\n", place, word, m.Message)
	for line := range strings.Lines(m.Draw(text)) {
		b.WriteString("    " + line)
	}
	return b.String()
}

// valueOf evaluates one expression on one alert, as an annotation.
func valueOf(t testing.TB, schema *filter.Schema, text string, root tree) filter.Value {
	t.Helper()
	set := compiled(t, withSamples(t, Program{Schema: schema, Filters: []Filter{{
		Name: "f", Class: "c", Where: []string{"true"}, Annotate: []Annotation{{"value", text}},
	}}}))
	var a filter.Alert
	fill(&a, set.Fields, root)
	verdicts, err := set.NewEvaluator().Evaluate(&a)
	if err != nil || len(verdicts) != 1 {
		t.Fatalf("%s: %v, %v", text, verdicts, err)
	}
	return verdicts[0].Annotations[0].Value
}

package samples_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/skysift/skysift/internal/samples"
)

func fieldsOf(t *testing.T, files fstest.MapFS, name string) (string, error) {
	t.Helper()
	var seen samples.Tree
	if err := seen.AddSchema(name, func(path string) ([]byte, error) { return fs.ReadFile(files, path) }); err != nil {
		return "", err
	}
	var lines []string
	for _, f := range seen.Schema().Fields {
		lines = append(lines, fmt.Sprintf("%s %s %v %s%s", f.Path, f.Kind, f.Nullable, f.Unit, f.Doc))
	}
	return strings.Join(lines, "\n"), nil
}

func TestFieldsOfAJSONSchema(t *testing.T) {
	files := fstest.MapFS{
		"notices/alert.schema.json": {Data: []byte(`{"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "https://example.org/schema/main/notices/alert.schema.json",
			"allOf": [{"$ref": "../core/Position.schema.json"}, {"$ref": "https://example.org/schema/main/core/Event.schema.json"}],
			"type": "object", "required": ["id", "energy"], "properties": {
				"id": {"type": "integer"}, "energy": {"type": ["number", "null"], "unit": "TeV"}, "kind": {"enum": ["gold", "bronze"]},
				"probabilities": {"type": "object", "additionalProperties": {"type": "number"}},
				"photometry": {"type": "array", "items": {"$ref": "#/$defs/point"}}, "tags": {"type": "array", "items": {"type": "string"}},
				"any": {}, "either": {"oneOf": [{"type": "integer"}, {"type": "string"}]}, "self": {"$ref": "#/properties/tree"}, "tree": {"type": "object", "properties": {"leaf": {"type": "boolean"}}}
			}, "$defs": {"point": {"type": "object", "required": ["mjd"], "properties": {"mjd": {"type": "number"}, "mag": {"type": "number"}}}}}`)},
		"core/Position.schema.json": {Data: []byte(`{"type": "object", "required": ["ra"], "properties": {"ra": {"type": "number", "description": "Right\n ascension"}, "dec": {"type": "number"}}}`)},
		"core/Event.schema.json":    {Data: []byte(`{"properties": {"trigger_time": {"type": "string"}}}`)},
	}
	got, err := fieldsOf(t, files, "notices/alert.schema.json")
	want := `any missing true 
either missing true 
energy float true TeV
id int false 
kind string true 
photometry[].mjd float true 
photometry[].mag float true 
probabilities map true 
self.leaf bool true 
tags list true 
tree.leaf bool true 
dec float true 
ra float false Right ascension
trigger_time string true `
	if err != nil || sorted(got) != sorted(want) {
		t.Errorf("%v, got\n%s\nwant\n%s", err, sorted(got), sorted(want))
	}
}

func sorted(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		for j := range i {
			if lines[i] < lines[j] {
				lines[i], lines[j] = lines[j], lines[i]
			}
		}
	}
	return strings.Join(lines, "\n")
}

func TestAJSONSchemaThatCannotBeReadSaysWhere(t *testing.T) {
	for text, reason := range map[string]string{
		`{"$ref": "other.json"}`:                     "a.json: refers to other.json",
		`{"$ref": "#/$defs/point"}`:                  "has no $defs",
		`{"$ref": "https://elsewhere.org/x.json"}`:   "nothing is fetched",
		`{"properties": {"x": {"$ref": "#/$defs"}}}`: "has no $defs",
		`{"allOf": [{"$ref": "#"}, {"$ref": "#"}]}`:  "over and over",
		`{`: "a.json: is no JSON",
	} {
		_, err := fieldsOf(t, fstest.MapFS{"a.json": {Data: []byte(text)}}, "a.json")
		if err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v, want an error about %q", text, err, reason)
		}
	}
}

func TestACircleOfReferencesEnds(t *testing.T) {
	got, err := fieldsOf(t, fstest.MapFS{"a.json": {Data: []byte(`{"properties": {"x": {"$ref": "#/properties/x"}, "y": {"type": "integer"}}}`)}}, "a.json")
	if err != nil || got != "x missing true \ny int true " {
		t.Errorf("%q, %v", got, err)
	}
}

func TestASampleIsNoSchema(t *testing.T) {
	for text, want := range map[string]bool{
		`{"$schema": "https://json-schema.org/draft/2020-12/schema"}`:                       true,
		`{"type": "object", "properties": {}}`:                                              true,
		`{"$schema": "https://gcn.nasa.gov/schema/main/gcn/notices/swift/bat.schema.json"}`: false,
		`{"ra": 1}`: false, `{"type": "object"}`: false, `[1]`: false, `x`: false,
	} {
		if samples.IsSchema([]byte(text)) != want {
			t.Errorf("%s is a schema: %v", text, !want)
		}
	}
}

func FuzzSchema(f *testing.F) {
	f.Add([]byte(`{"properties": {"x": {"$ref": "#/properties/x"}, "y": {"type": ["integer", "null"]}}, "allOf": [{"items": {"enum": [1]}}]}`))
	f.Add([]byte(`{"$id": "https://a/b/c.json", "$ref": "https://a/b/d.json#/x"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var seen samples.Tree
		if seen.AddSchema("a.json", func(string) ([]byte, error) { return text, nil }) == nil {
			seen.Schema()
		}
	})
}

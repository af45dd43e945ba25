package spec_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/skysift/skysift/filter/spec"
	"github.com/skysift/skysift/internal/schematest"
)

// TestTheSchemaFileIsTheSchema holds schemas/filters.schema.json against what it
// is generated from; with -update it writes the file.
func TestTheSchemaFileIsTheSchema(t *testing.T) {
	path := filepath.Join("..", "..", "schemas", "filters.schema.json")
	if *update {
		if err := os.WriteFile(path, spec.JSONSchema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if found, err := os.ReadFile(path); err != nil || !bytes.Equal(found, spec.JSONSchema()) {
		t.Errorf("%s is not what filter/spec gives (%v): run make generate", path, err)
	}
}

// unknownKey is like no key, so that no other is suggested for it.
const unknownKey = "qqqqqqqqqq"

// TestTheSchemaHasTheKeysThatTheReaderTakes puts an unknown key into each
// mapping that the schema describes. The reader then says which it takes.
func TestTheSchemaHasTheKeysThatTheReaderTakes(t *testing.T) {
	mappings := 0
	err := schematest.Mappings(spec.JSONSchema(), func(place string, keys []string, file func(any) any) {
		mappings++
		taken := takenKeys(t, file(map[string]any{unknownKey: 1}))
		slices.Sort(keys)
		slices.Sort(taken)
		if !slices.Equal(keys, taken) {
			t.Errorf("%s: the schema has the keys %v, the reader takes %v: add what is missing to filter/spec/jsonschema.go, then make generate", place, keys, taken)
		}
	})
	if err != nil || mappings < 4 {
		t.Errorf("only %d mappings in the schema: %v", mappings, err)
	}
}

// takenKeys returns what the reader says that it takes where the unknown key is.
func takenKeys(t *testing.T, file any) []string {
	t.Helper()
	text, err := yaml.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	_, mistakes := spec.Parse("probe.yaml", text, nil)
	for _, m := range mistakes {
		if list, ok := strings.CutPrefix(m.Suggestion, "it takes "); ok && strings.Contains(m.Err.Error(), unknownKey) {
			return strings.Split(list, ", ")
		}
	}
	t.Errorf("the reader does not complain of %s in\n%s", unknownKey, text)
	return nil
}

func TestEachRightFileOfTheRepositoryIsValidUnderTheSchema(t *testing.T) {
	schema, right := schematest.Validator(t, spec.JSONSchema()), 0
	for place, text := range schematest.Texts(t, filepath.Join("..", "..")) {
		if _, mistakes := spec.Parse(place, []byte(text), environment); len(mistakes) > 0 {
			continue
		}
		right++
		if err := schematest.Valid(schema, []byte(text)); err != nil {
			t.Errorf("%s: the reader finds it right, the schema does not: %v", place, err)
		}
	}
	if right < 30 {
		t.Errorf("only %d files of filters were found", right)
	}
}

// What only YAML's or the language's reader can see, or what takes more than
// one place to see.
var unseen = []string{
	"08-no-filters", "09-filters-empty", "17-filter-names-equal", "25-where-date",
	"38-variable-missing", "39-variable-malformed", "40-variable-value-wrong", "41-variable-empty", "42-variable-with-newline",
	"47-output-is-input", "48-output-default-is-input", "49-output-variable-is-input", "50-output-is-reject-topic",
	"51-output-one-topic", "52-output-topics-clash", "69-second-document", "70-utf-16", "83-sasl-secret-missing", "91-topics-unreached",
	"85-output-classes-unknown", "86-output-class-topic-is-input", "95-plugin-slow-and-done-without", "96-clause-split-at-commas",
}

func TestTheWrongFilesOfTheGalleryAreInvalidUnderTheSchema(t *testing.T) {
	schema := schematest.Validator(t, spec.JSONSchema())
	files, err := filepath.Glob("testdata/*.bad.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".bad.yaml")
		if accepted := schematest.Valid(schema, text) == nil; accepted != slices.Contains(unseen, name) {
			t.Errorf("%s: the schema accepts it: %v", name, accepted)
		}
	}
}

func TestTheSchemaIsDraft07(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	meta, err := compiler.Compile("http://json-schema.org/draft-07/schema")
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(spec.JSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	if err := meta.Validate(document); err != nil {
		t.Error(err)
	}
}

// An editor shows what a key is for where the pointer rests on it.
func TestEachKeyOfTheSchemaIsDescribed(t *testing.T) {
	var check func(place string, s map[string]any)
	check = func(place string, s map[string]any) {
		properties, _ := s["properties"].(map[string]any)
		for key, child := range properties {
			child := child.(map[string]any)
			if doc, _ := child["description"].(string); len(doc) < 10 {
				t.Errorf("%s.%s: its description is %q", place, key, doc)
			}
			check(place+"."+key, child)
		}
		if items, ok := s["items"].(map[string]any); ok {
			check(place+"[]", items)
		}
	}
	var root map[string]any
	if err := json.Unmarshal(spec.JSONSchema(), &root); err != nil {
		t.Fatal(err)
	}
	check("", root)
	if bytes.Contains(spec.JSONSchema(), []byte("(?")) {
		t.Error("a pattern has what editors' regular expressions do not know")
	}
}

package filtertest_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/skysift/skysift/filter/filtertest"
	"github.com/skysift/skysift/internal/schematest"
)

var update = flag.Bool("update", false, "write schemas/filters_test.schema.json anew")

// TestTheSchemaFileIsTheSchema holds schemas/filters_test.schema.json against
// what it is generated from; with -update it writes the file.
func TestTheSchemaFileIsTheSchema(t *testing.T) {
	path := filepath.Join("..", "..", "schemas", "filters_test.schema.json")
	if *update {
		if err := os.WriteFile(path, filtertest.JSONSchema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if found, err := os.ReadFile(path); err != nil || !bytes.Equal(found, filtertest.JSONSchema()) {
		t.Errorf("%s is not what filter/filtertest gives (%v): run make generate", path, err)
	}
}

// unknownKey is like no key, so that no other is suggested for it.
const unknownKey = "qqqqqqqqqq"

// TestTheSchemaHasTheKeysThatTheReaderTakes puts an unknown key into each
// mapping that the schema describes. The reader then says which it takes.
func TestTheSchemaHasTheKeysThatTheReaderTakes(t *testing.T) {
	mappings := 0
	err := schematest.Mappings(filtertest.JSONSchema(), func(place string, keys []string, file func(any) any) {
		mappings++
		taken := takenKeys(t, file(map[string]any{unknownKey: 1}))
		slices.Sort(keys)
		slices.Sort(taken)
		if !slices.Equal(keys, taken) {
			t.Errorf("%s: the schema has the keys %v, the reader takes %v: add what is missing to filter/filtertest/jsonschema.go, then make generate", place, keys, taken)
		}
	})
	if err != nil || mappings != 3 {
		t.Errorf("%d mappings in the schema, of a file, a test and what is expected: %v", mappings, err)
	}
}

// takenKeys returns what the reader says that it takes where the unknown key is.
func takenKeys(t *testing.T, file any) []string {
	t.Helper()
	text, err := yaml.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	_, mistakes := filtertest.Parse("probe_test.yaml", text)
	for _, m := range mistakes {
		if list, ok := strings.CutPrefix(m.Suggestion, "it takes "); ok && strings.Contains(m.Err.Error(), unknownKey) {
			return strings.Split(list, ", ")
		}
	}
	t.Errorf("the reader does not complain of %s in\n%s", unknownKey, text)
	return nil
}

func TestEachRightFileOfTheRepositoryIsValidUnderTheSchema(t *testing.T) {
	schema, right := schematest.Validator(t, filtertest.JSONSchema()), 0
	for place, text := range schematest.Texts(t, filepath.Join("..", "..")) {
		if _, mistakes := filtertest.Parse(place, []byte(text)); len(mistakes) > 0 {
			continue
		}
		right++
		if err := schematest.Valid(schema, []byte(text)); err != nil {
			t.Errorf("%s: the reader finds it right, the schema does not: %v", place, err)
		}
	}
	if right < 25 {
		t.Errorf("only %d files of tests were found", right)
	}
}

func TestTheSchemaAgreesWithTheReader(t *testing.T) {
	schema := schematest.Validator(t, filtertest.JSONSchema())
	const head = "version: 1\ntests:\n  - name: t\n    "
	for text, right := range map[string]bool{
		head + "fields: {a: 1}\n    expect: {f: pass}\n":                                                           true,
		head + "fields:\n    expect: {f: error}\n":                                                                 true,
		head + "fields: {a: .nan, b: [1, {c: x}], c.d: null}\n    expect: {f: fail}\n":                             true,
		head + "alert: a.avro\n    index: \"3\"\n    expect: {f: {clause: 2}}\n":                                   true,
		head + "fields: {a: 1}\n    expect: {f: {annotations: {x: null}}, g: {verdict: error}}\n":                  true,
		head + "fields: {a: 1}\n    expect: {f: {verdict: fail, clause: a < 1}}\n":                                 true,
		"version: '1'\ntests: []\n":                                                                                true,
		"version: 2\ntests: []\n":                                                                                  false,
		"tests: []\n":                                                                                              false,
		"version: 1\n":                                                                                             false,
		"version: 1\ntests: {}\n":                                                                                  false,
		"version: 1\ntests: []\nfilter: a.yaml\n":                                                                  false,
		"version: 1\ntests: []\nalerts: [a.avro]\n":                                                                false,
		head + "expect: {f: pass}\n":                                                                               false, // no alert
		head + "fields: {a: 1}\n":                                                                                  false, // nothing expected
		head + "fields: {a: 1}\n    expect: {}\n":                                                                  false,
		head + "fields: {a: 1}\n    expect: {f: passes}\n":                                                         false,
		head + "fields: {a: 1}\n    expect: {f: {clauses: 1}}\n":                                                   false,
		head + "fields: {a: 1}\n    expect: {f: {}}\n":                                                             false,
		head + "fields: {a: 1}\n    index: 1\n    expect: {f: pass}\n":                                             false, // of which file?
		head + "fields: [a]\n    expect: {f: pass}\n":                                                              false,
		head + "alert: a.avro\n    index: -1\n    expect: {f: pass}\n":                                             false,
		head + "alert: a.avro\n    index: 1.5\n    expect: {f: pass}\n":                                            false,
		head + "alert: 5\n    expect: {f: pass}\n":                                                                 false,
		"version: 1\ntests:\n  - just text\n":                                                                      false,
		head + "fields: {a: 1}\n    expect: {f: pass}\n  - {like: t, name: u, expect: {f: fail}}\n":                true,
		head + "fields: {a: 1}\n    expect: {f: pass}\n  - {like: t, alert: a.avro, name: u, expect: {f: fail}}\n": false,
	} {
		_, mistakes := filtertest.Parse("filters_test.yaml", []byte(text))
		if got := len(mistakes) == 0; got != right {
			t.Errorf("the reader finds right: %v, %v\n%s", got, mistakes, text)
		}
		if err := schematest.Valid(schema, []byte(text)); (err == nil) != right {
			t.Errorf("the schema: %v; the reader finds it right: %v\n%s", err, right, text)
		}
	}
}

func FuzzTheSchemaAcceptsWhatTheReaderDoes(f *testing.F) {
	for _, text := range schematest.Texts(f, filepath.Join("..", "..", "examples")) {
		f.Add(text)
	}
	f.Add("!")
	schema := schematest.Validator(f, filtertest.JSONSchema())
	f.Fuzz(func(t *testing.T, text string) {
		file, mistakes := filtertest.Parse("filters_test.yaml", []byte(text))
		if len(mistakes) > 0 || len(file.Tests) == 0 { // nothing in a file is no mistake of the file's
			return
		}
		if err := schematest.Valid(schema, []byte(text)); err != nil {
			t.Errorf("the reader finds it right, the schema does not: %v\n%q", err, text)
		}
	})
}

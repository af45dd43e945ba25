package spec_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/skysift/skysift/filter/spec"
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
	var root map[string]any
	if err := json.Unmarshal(spec.JSONSchema(), &root); err != nil {
		t.Fatal(err)
	}
	mappings := 0
	walkObjects(root, "the file", func(inner any) any { return inner }, func(place string, keys []string, file func(any) any) {
		mappings++
		taken := takenKeys(t, file(map[string]any{unknownKey: 1}))
		slices.Sort(keys)
		slices.Sort(taken)
		if !slices.Equal(keys, taken) {
			t.Errorf("%s: the schema has the keys %v, the reader takes %v: add what is missing to filter/spec/jsonschema.go, then make generate", place, keys, taken)
		}
	})
	if mappings < 4 {
		t.Errorf("only %d mappings in the schema", mappings)
	}
}

// walkObjects visits each mapping with known keys below a schema. file makes a
// whole file of what stands in its place.
func walkObjects(s map[string]any, place string, file func(any) any, visit func(place string, keys []string, file func(any) any)) {
	below := func(name string, child any, wrap func(any) any) {
		if child, ok := child.(map[string]any); ok {
			walkObjects(child, place+", "+name, func(inner any) any { return file(wrap(inner)) }, visit)
		}
	}
	for _, either := range []string{"oneOf", "anyOf"} {
		for _, child := range asList(s[either]) {
			below("one of", child, func(inner any) any { return inner })
		}
	}
	below("item", s["items"], func(inner any) any { return []any{inner} })
	below("named", s["additionalProperties"], func(inner any) any { return map[string]any{"a_name": inner} })
	properties, _ := s["properties"].(map[string]any)
	var keys []string
	for key, child := range properties {
		keys = append(keys, key)
		below(key, child, func(inner any) any { return map[string]any{key: inner} })
	}
	if s["additionalProperties"] == false {
		visit(place, keys, file)
	}
}

func asList(v any) []any {
	list, _ := v.([]any)
	return list
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

// validator is the schema as an editor uses it.
func validator(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(spec.JSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft7)
	if err := compiler.AddResource("filters.schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("filters.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// valid returns why a YAML text is not valid under a schema.
func valid(schema *jsonschema.Schema, text []byte) error {
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return err
	}
	if len(root.Content) == 0 {
		return schema.Validate(nil)
	}
	v, err := jsonOf(root.Content[0], 0)
	if err != nil {
		return err
	}
	return schema.Validate(v)
}

// jsonOf is a YAML node as editors see it: a date is text.
func jsonOf(n *yaml.Node, depth int) (any, error) {
	switch {
	case depth > 100:
		return nil, fmt.Errorf("nested too deep")
	case n.Kind == yaml.AliasNode:
		return jsonOf(n.Alias, depth+1)
	case n.Kind == yaml.SequenceNode:
		list := []any{}
		for _, child := range n.Content {
			v, err := jsonOf(child, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	case n.Kind == yaml.MappingNode:
		object := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			v, err := jsonOf(n.Content[i+1], depth+1)
			if err != nil {
				return nil, err
			}
			if _, twice := object[n.Content[i].Value]; twice {
				return nil, fmt.Errorf("the key %s stands twice", n.Content[i].Value)
			}
			object[n.Content[i].Value] = v
		}
		return object, nil
	}
	return scalar(n)
}

func scalar(n *yaml.Node) (any, error) {
	switch n.ShortTag() {
	case "!!null":
		return nil, nil
	case "!!bool":
		return strconv.ParseBool(strings.ToLower(n.Value))
	case "!!int", "!!float":
		var f float64
		err := n.Decode(&f)
		return f, err
	}
	return n.Value, nil
}

// filesOfFilters returns the texts of the repository that the reader finds
// right: its YAML files, those within test scripts, and those that the
// documents show.
func filesOfFilters(t *testing.T) map[string]string {
	t.Helper()
	root := filepath.Join("..", "..")
	texts := map[string]string{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && path != root {
			return fs.SkipDir
		}
		if entry.IsDir() || !slices.Contains([]string{".yaml", ".yml", ".txtar", ".md"}, filepath.Ext(path)) {
			return nil
		}
		data, err := os.ReadFile(path)
		for i, text := range parts(filepath.Ext(path), string(data)) {
			_, mistakes := spec.Parse(path, []byte(text), environment)
			if len(mistakes) == 0 {
				texts[fmt.Sprintf("%s, part %d", path, i)] = text
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

func parts(ext, text string) []string {
	switch ext {
	case ".txtar":
		return regexp.MustCompile(`(?m)^-- .* --$`).Split(text, -1)
	case ".md":
		var blocks []string
		for _, found := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(text, -1) {
			blocks = append(blocks, found[1])
		}
		return blocks
	}
	return []string{text}
}

func TestEachRightFileOfTheRepositoryIsValidUnderTheSchema(t *testing.T) {
	schema, files := validator(t), filesOfFilters(t)
	for place, text := range files {
		if err := valid(schema, []byte(text)); err != nil {
			t.Errorf("%s: the reader finds it right, the schema does not: %v", place, err)
		}
	}
	if len(files) < 30 {
		t.Errorf("only %d files of filters were found", len(files))
	}
}

// What only YAML's or the language's reader can see, or what takes more than
// one place to see.
var unseen = []string{
	"08-no-filters", "09-filters-empty", "17-filter-names-equal", "25-where-date",
	"38-variable-missing", "39-variable-malformed", "40-variable-value-wrong", "41-variable-empty", "42-variable-with-newline",
	"47-output-is-input", "48-output-default-is-input", "49-output-variable-is-input", "50-output-is-reject-topic",
	"51-output-one-topic", "52-output-topics-clash", "69-second-document", "70-utf-16", "83-sasl-secret-missing", "91-topics-unreached",
	"85-output-classes-unknown", "86-output-class-topic-is-input",
}

func TestTheWrongFilesOfTheGalleryAreInvalidUnderTheSchema(t *testing.T) {
	schema := validator(t)
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
		if accepted := valid(schema, text) == nil; accepted != slices.Contains(unseen, name) {
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

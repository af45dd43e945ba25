package samples

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/skysift/skysift/filter"
)

const (
	// maxNested is how deep schemas may lie in, or refer to, each other.
	maxNested = 64
	// maxSchemas is how many schemas in schemas are looked at.
	maxSchemas = 100_000
)

// IsSchema reports whether a JSON file is a JSON Schema and no sample: it says
// that it follows json-schema.org, or describes the properties of objects.
func IsSchema(text []byte) bool {
	var top struct {
		Schema     any            `json:"$schema"`
		Type       any            `json:"type"`
		Properties map[string]any `json:"properties"`
	}
	if json.Unmarshal(text, &top) != nil {
		return false
	}
	word, _ := top.Schema.(string)
	return strings.Contains(word, "json-schema.org/") || top.Properties != nil && top.Type == "object"
}

// AddSchema adds what a JSON Schema says of messages: of its types, properties,
// required, items, additionalProperties, enum, const, allOf, anyOf, oneOf,
// description and $ref; what constrains values is left out. read returns the
// file of a path that a $ref means, relative to the schema's own folder; nothing
// is fetched.
func (t *Tree) AddSchema(file string, read func(path string) ([]byte, error)) error {
	r := &schemaReader{read: read, files: map[string]any{}}
	root, err := r.file(file)
	if err != nil {
		return err
	}
	t.seen++
	return r.into(t, place{file: file, schema: root}, 0)
}

// schemaReader reads schemas that refer to each other.
type schemaReader struct {
	read   func(string) ([]byte, error)
	files  map[string]any
	looked int
}

// place is a schema and the file in which it stands.
type place struct {
	file   string
	schema any
}

func (r *schemaReader) file(name string) (any, error) {
	if known, ok := r.files[name]; ok {
		return known, nil
	}
	text, err := r.read(name)
	if err != nil {
		return nil, err
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		return nil, fmt.Errorf("%s: is no JSON: %w", name, err)
	}
	r.files[name] = tree
	return tree, nil
}

// into adds what a schema says of the values at t, which are counted already.
func (r *schemaReader) into(t *Tree, at place, depth int) error {
	schema, ok := at.schema.(map[string]any)
	if !ok || depth > maxNested { // true, false, or a circle: anything may stand there
		return nil
	}
	if r.looked++; r.looked > maxSchemas {
		return fmt.Errorf("%s: has more than %d schemas in it, or they refer to each other over and over", at.file, maxSchemas)
	}
	if ref, ok := schema["$ref"].(string); ok {
		target, err := r.follow(at, ref)
		if err != nil {
			return err
		}
		if err := r.into(t, target, depth+1); err != nil {
			return err
		}
	}
	t.describeBy(schema)
	types := typesOf(schema)
	for _, word := range types {
		t.typed(word, schema)
	}
	if err := r.properties(t, at, schema, depth); err != nil {
		return err
	}
	for _, key := range []string{"items", "contains"} {
		if inner, ok := schema[key].(map[string]any); ok {
			items := t.itemTree()
			items.seen++
			if err := r.into(items, place{at.file, inner}, depth+1); err != nil {
				return err
			}
		}
	}
	return r.joined(t, at, schema, depth)
}

// describeBy takes over what a person wrote about the values.
func (t *Tree) describeBy(schema map[string]any) {
	if text, ok := schema["description"].(string); ok {
		t.doc = strings.Join(strings.Fields(text), " ")
	}
	for _, key := range []string{"unit", "units"} {
		if text, ok := schema[key].(string); ok {
			t.unit = text
		}
	}
}

// typesOf returns the words that type has, or those of the values that enum and
// const allow.
func typesOf(schema map[string]any) []string {
	switch word := schema["type"].(type) {
	case string:
		return []string{word}
	case []any:
		var words []string
		for _, w := range word {
			if text, ok := w.(string); ok {
				words = append(words, text)
			}
		}
		return words
	}
	allowed, _ := schema["enum"].([]any)
	if only, ok := schema["const"]; ok {
		allowed = append(allowed, only)
	}
	var words []string
	for _, value := range allowed {
		words = append(words, typeOf(value))
	}
	return words
}

func typeOf(value any) string {
	switch value := value.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case float64:
		if value == float64(int64(value)) {
			return "integer"
		}
		return "number"
	case nil:
		return "null"
	}
	return ""
}

func (t *Tree) typed(word string, schema map[string]any) {
	switch word {
	case "null":
		t.nulls++
	case "boolean":
		t.scalar(filter.Bool)
	case "integer":
		t.scalar(filter.Int)
	case "number":
		t.scalar(filter.Float)
	case "string":
		t.scalar(filter.String)
	case "array":
		t.lists++
	case "object":
		t.objects++
		if _, fixed := schema["properties"]; !fixed {
			t.scalar(filter.Map)
		}
	}
}

func (r *schemaReader) properties(t *Tree, at place, schema map[string]any, depth int) error {
	properties, _ := schema["properties"].(map[string]any)
	required, _ := schema["required"].([]any)
	names := make([]string, 0, len(properties))
	for name := range properties {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		inner := t.field(name)
		inner.seen++
		if !slices.Contains(required, any(name)) {
			inner.nulls++
		}
		if err := r.into(inner, place{at.file, properties[name]}, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// joined adds what schemas of which all, any or one hold say.
func (r *schemaReader) joined(t *Tree, at place, schema map[string]any, depth int) error {
	for _, key := range []string{"allOf", "anyOf", "oneOf"} {
		all, _ := schema[key].([]any)
		for _, one := range all {
			if err := r.into(t, place{at.file, one}, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// follow returns what a $ref means: a place in the same file or in another
// beside it.
func (r *schemaReader) follow(at place, ref string) (place, error) {
	name, pointer, _ := strings.Cut(ref, "#")
	file := at.file
	if name != "" {
		file = r.beside(at.file, name)
	}
	if strings.Contains(file, "://") {
		return place{}, fmt.Errorf("%s: refers to %s, which is not among the files: put it beside them, nothing is fetched", at.file, ref)
	}
	tree, err := r.file(file)
	if err != nil {
		return place{}, fmt.Errorf("%s: refers to %s: %w", at.file, ref, err)
	}
	for step := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if step == "" {
			continue
		}
		step = strings.ReplaceAll(strings.ReplaceAll(step, "~1", "/"), "~0", "~")
		inner, ok := tree.(map[string]any)[step]
		if !ok {
			return place{}, fmt.Errorf("%s: refers to %s, which has no %s", at.file, ref, step)
		}
		tree = inner
	}
	return place{file, tree}, nil
}

// beside is the file that name means in a $ref of another. An address is one of
// the files where the other's own $id has the same beginning.
func (r *schemaReader) beside(file, name string) string {
	if strings.Contains(name, "://") {
		top, _ := r.files[file].(map[string]any)
		id, _ := top["$id"].(string)
		up := ""
		for base := path.Dir(file); ; base = path.Dir(base) {
			folder := id[:max(0, strings.LastIndexByte(id, '/'))]
			if rest, ok := strings.CutPrefix(name, folder+"/"); ok && folder != "" {
				return path.Join(path.Dir(file), up, rest)
			}
			if base == "." || base == "/" || folder == "" {
				return name
			}
			id, up = folder, path.Join(up, "..")
		}
	}
	return path.Join(path.Dir(file), name)
}

// errNoFields says that neither samples nor schemas name a field.
var errNoFields = errors.New("names no field that a filter could ask for")

// Checked returns the schema, or an error where it has no fields.
func (t *Tree) Checked() (*filter.Schema, error) {
	schema := t.Schema()
	if len(schema.Fields) == 0 {
		return nil, errNoFields
	}
	return schema, nil
}

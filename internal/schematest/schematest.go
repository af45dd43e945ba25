// Package schematest holds JSON Schemas against the readers of the files that
// they describe, for tests.
package schematest

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
)

// Mappings visits each mapping with known keys that a schema describes. file
// makes a whole file of what stands in its place.
func Mappings(schema []byte, visit func(place string, keys []string, file func(any) any)) error {
	var root map[string]any
	if err := json.Unmarshal(schema, &root); err != nil {
		return err
	}
	walk(root, "the file", func(inner any) any { return inner }, visit)
	return nil
}

func walk(s map[string]any, place string, file func(any) any, visit func(place string, keys []string, file func(any) any)) {
	below := func(name string, child any, wrap func(any) any) {
		if child, ok := child.(map[string]any); ok {
			walk(child, place+", "+name, func(inner any) any { return file(wrap(inner)) }, visit)
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

// Validator returns a schema as an editor uses it.
func Validator(t testing.TB, schema []byte) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft7)
	if err := compiler.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	made, err := compiler.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// Valid returns why a YAML text is not valid under a schema.
func Valid(schema *jsonschema.Schema, text []byte) error {
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

// Texts returns the YAML of a repository by its place: its files, those within
// test scripts, and those that the documents show.
func Texts(t testing.TB, root string) map[string]string {
	t.Helper()
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
			texts[fmt.Sprintf("%s, part %d", path, i)] = text
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

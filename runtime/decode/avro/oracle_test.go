package avro_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/linkedin/goavro/v2"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/container"
)

// oracle reads containers with goavro and finds paths in what that returns,
// led by the schema's JSON. It shares nothing with the package but the framing.
type oracle struct {
	tree  any
	named map[string]any
	codec *goavro.Codec
}

func newOracle(t testing.TB, schema []byte) *oracle {
	t.Helper()
	var tree any
	if err := json.Unmarshal(schema, &tree); err != nil {
		t.Fatal(err)
	}
	strip(tree)
	renameShadowed(tree)
	stripped, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	codec, err := goavro.NewCodec(string(stripped))
	if err != nil {
		t.Fatal(err)
	}
	o := &oracle{tree: tree, named: map[string]any{}, codec: codec}
	o.collect(tree, "")
	return o
}

// strip takes out the defaults of real schemas, which goavro refuses, and the
// logical types, which it turns into times.
func strip(tree any) {
	switch tree := tree.(type) {
	case map[string]any:
		delete(tree, "default")
		delete(tree, "logicalType")
		for _, inner := range tree {
			strip(inner)
		}
	case []any:
		for _, inner := range tree {
			strip(inner)
		}
	}
}

const shadowed = "_shadowed"

// renameShadowed lets goavro read records in which a name stands twice: the
// last one keeps it.
func renameShadowed(tree any) {
	switch tree := tree.(type) {
	case map[string]any:
		if fields, ok := tree["fields"].([]any); ok {
			seen := map[any]bool{}
			for i := len(fields) - 1; i >= 0; i-- {
				f := fields[i].(map[string]any)
				name := f["name"]
				if seen[name] {
					f["name"] = fmt.Sprint(name, shadowed, i)
				}
				seen[name] = true
			}
		}
		for _, inner := range tree {
			renameShadowed(inner)
		}
	case []any:
		for _, inner := range tree {
			renameShadowed(inner)
		}
	}
}

// collect notes the named types by their full names.
func (o *oracle) collect(tree any, space string) {
	switch tree := tree.(type) {
	case map[string]any:
		if name, ok := tree["name"].(string); ok && tree["type"] != nil {
			switch tree["type"] {
			case "record", "enum", "fixed":
				full := name
				if own, ok := tree["namespace"].(string); ok && !strings.Contains(name, ".") {
					space = own
				}
				if !strings.Contains(name, ".") && space != "" {
					full = space + "." + name
				}
				if i := strings.LastIndexByte(full, '.'); i >= 0 {
					space = full[:i]
				}
				tree["full"] = full
				o.named[full] = tree
				o.named[name] = tree
			}
		}
		for _, inner := range tree {
			o.collect(inner, space)
		}
	case []any:
		for _, inner := range tree {
			o.collect(inner, space)
		}
	}
}

// datums returns what goavro makes of each datum of a container.
func (o *oracle) datums(t testing.TB, value []byte) []any {
	t.Helper()
	var r container.Reader
	if err := r.Reset(value); err != nil {
		t.Fatal(err)
	}
	var found []any
	for range r.Objects() {
		block, err := r.Next()
		for err == nil && block.Objects == 0 {
			block, err = r.Next()
		}
		if err != nil {
			break
		}
		rest := block.Data
		for range block.Objects {
			var native any
			if native, rest, err = o.codec.NativeFromBinary(rest); err != nil {
				t.Fatal(err)
			}
			found = append(found, native)
		}
	}
	return found
}

func schemaOf(t testing.TB, value []byte) []byte {
	t.Helper()
	header, err := container.ParseHeader(value)
	if err != nil {
		t.Fatal(err)
	}
	return header.Schema
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	value, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// resolve follows names and wrappers to a type's own description, and returns
// "union" for a list.
func (o *oracle) resolve(tree any) (string, any) {
	switch t := tree.(type) {
	case string:
		if named, ok := o.named[t]; ok {
			return o.resolve(named)
		}
		return t, t
	case []any:
		return "union", t
	case map[string]any:
		if name, ok := t["type"].(string); ok {
			if _, isNamed := o.named[name]; !isNamed {
				return name, t
			}
		}
		return o.resolve(t["type"])
	}
	panic(fmt.Sprintf("no type: %v", tree))
}

// branch returns the type and the value in a union's value.
func (o *oracle) branch(branches []any, native any) (any, any) {
	wrapped, ok := native.(map[string]any)
	if native == nil || !ok || len(wrapped) != 1 {
		return "null", nil
	}
	for name, inner := range wrapped {
		for _, b := range branches {
			kind, tree := o.resolve(b)
			full := kind
			if m, ok := tree.(map[string]any); ok && m["full"] != nil {
				full = m["full"].(string)
			}
			if full == name || strings.HasPrefix(name, full+".") {
				return b, inner
			}
		}
		panic(fmt.Sprintf("no branch %s", name))
	}
	panic("unreachable")
}

// at returns the value at a path's steps as plain Go values: nil for what is
// missing, "{}" for a record.
func (o *oracle) at(tree, native any, steps []string) any {
	kind, t := o.resolve(tree)
	if kind == "union" {
		b, inner := o.branch(t.([]any), native)
		return o.at(b, inner, steps)
	}
	if native == nil {
		return nil
	}
	if kind == "array" && (len(steps) == 0 || steps[0] == "[]") {
		list := []any{}
		for _, item := range native.([]any) {
			list = append(list, o.at(t.(map[string]any)["items"], item, steps[min(1, len(steps)):]))
		}
		return list
	}
	if len(steps) == 0 {
		return o.leaf(kind, t, native)
	}
	if kind == "record" {
		for _, f := range t.(map[string]any)["fields"].([]any) {
			if f := f.(map[string]any); f["name"] == steps[0] {
				return o.at(f["type"], native.(map[string]any)[steps[0]], steps[1:])
			}
		}
	}
	return nil
}

func (o *oracle) leaf(kind string, tree, native any) any {
	switch v := native.(type) {
	case int32:
		return int64(v)
	case float32:
		return floatOrNil(float64(v))
	case float64:
		return floatOrNil(v)
	case map[string]any:
		if kind == "record" {
			return "{}"
		}
		entries := map[string]any{}
		for key, inner := range v {
			entries[key] = o.at(tree.(map[string]any)["values"], inner, nil)
		}
		return entries
	}
	return native
}

func floatOrNil(f float64) any {
	if math.IsNaN(f) {
		return nil
	}
	return f
}

func steps(path string) []string {
	return strings.Split(strings.ReplaceAll(path, "[]", ".[]"), ".")
}

// plain turns a value into what the oracle returns.
func plain(v filter.Value) any {
	switch v.Kind() {
	case filter.Bool:
		return v.True()
	case filter.Int:
		return v.Int()
	case filter.Float:
		return v.Float()
	case filter.String:
		return v.Text()
	case filter.Bytes:
		return append([]byte{}, v.Bytes()...)
	case filter.List:
		list := []any{}
		for _, item := range v.List() {
			list = append(list, plain(item))
		}
		return list
	case filter.Map:
		entries := map[string]any{}
		for _, entry := range v.Map() {
			entries[entry.Key] = plain(entry.Value)
		}
		return entries
	case filter.Record:
		return "{}"
	}
	return nil
}

// paths returns every path of a schema by the JSON alone: leaves, and the
// records and lists on the way to them.
func (o *oracle) paths(tree any, prefix string, leavesOnly bool) []string {
	kind, t := o.resolve(tree)
	switch kind {
	case "union":
		var found []string
		for _, b := range t.([]any) {
			if k, _ := o.resolve(b); k != "null" {
				found = append(found, o.paths(b, prefix, leavesOnly)...)
			}
		}
		return found
	case "record":
		var found []string
		if prefix != "" && !leavesOnly {
			found = append(found, prefix)
		}
		for _, f := range t.(map[string]any)["fields"].([]any) {
			f := f.(map[string]any)
			path := f["name"].(string)
			if strings.Contains(path, shadowed) {
				continue
			}
			if prefix != "" {
				path = prefix + "." + path
			}
			found = append(found, o.paths(f["type"], path, leavesOnly)...)
		}
		return found
	case "array":
		inner := o.paths(t.(map[string]any)["items"], prefix+"[]", leavesOnly)
		if len(inner) == 1 && inner[0] == prefix+"[]" {
			return []string{prefix} // a list of scalars
		}
		if !leavesOnly {
			return append([]string{prefix}, inner...)
		}
		return inner
	}
	return []string{prefix}
}

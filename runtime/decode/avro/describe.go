package avro

import (
	"fmt"
	"strings"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/container"
)

// Describe returns the fields of the schema that a container file was written
// with.
func Describe(value []byte) (*filter.Schema, error) { return New().Describe(value) }

// Describe returns every field that a filter may ask for of an alert like
// value: the leaves of its writer's schema, in the schema's order. A list's
// items have the list's path and "[]".
func (f *Format) Describe(value []byte) (*filter.Schema, error) {
	schema := f.bare
	if schema == nil {
		header, err := container.ParseHeader(value)
		if err != nil {
			return nil, fmt.Errorf("avro: %w", err)
		}
		schema = f.schemas.lookup(header.Schema)
	}
	if schema.err != nil {
		return nil, fmt.Errorf("avro: %w", schema.err)
	}
	return schema.Describe(), nil
}

// Describe returns every field that a filter may ask for of the schema's
// alerts, as Format.Describe does.
func (s *Schema) Describe() *filter.Schema {
	d := describer{at: map[string]int{}}
	for _, root := range s.roots() {
		d.fields(root, "", false)
	}
	return &filter.Schema{Version: s.version(), Fields: d.found}
}

// version is what the record says of it or what its namespace ends in:
// "lsst.v9_0" is 9.0.
func (s *Schema) version() string {
	root := s.roots()[0]
	if root.version != "" {
		return root.version
	}
	if major, minor := numbersIn(versionedSpace, space(root.name)); major >= 0 {
		return fmt.Sprintf("%d.%d", major, minor)
	}
	return ""
}

type describer struct {
	found []filter.SchemaField
	at    map[string]int // a path's position in found
}

func (d *describer) fields(record *node, prefix string, nullable bool) {
	for _, f := range record.fields {
		if f.shadowed {
			continue
		}
		d.value(f.node, filter.SchemaField{Path: prefix + f.name, Doc: oneLine(f.doc), Unit: unit(f.doc), Nullable: nullable})
	}
}

// value describes what stands at a path: a leaf, or the leaves below it.
func (d *describer) value(n *node, f filter.SchemaField) {
	switch n.kind {
	case kindUnion:
		for _, branch := range n.branches {
			f.Nullable = f.Nullable || branch.kind == kindNull
		}
		for _, branch := range n.branches {
			if branch.kind != kindNull {
				d.value(branch, f)
			}
		}
	case kindRecord:
		d.fields(n, f.Path+".", f.Nullable)
	case kindArray:
		d.items(n.items, f)
	default:
		f.Kind = leafKind(n.kind)
		f.Nullable = f.Nullable || n.kind == kindNull
		d.leaf(f)
	}
}

// items describes a list: by the columns of its items where these are records
// or lists, else as a List.
func (d *describer) items(n *node, f filter.SchemaField) {
	item := n
	if inner, _, ok := n.nullable(); ok {
		item = inner
	}
	if item.kind == kindRecord || item.kind == kindArray {
		f.Path += "[]"
		d.value(n, f)
		return
	}
	f.Kind = filter.List
	d.leaf(f)
}

// leaf adds a field. Where a path is met again, in another branch of a union,
// the kinds must agree to be known.
func (d *describer) leaf(f filter.SchemaField) {
	i, again := d.at[f.Path]
	if !again {
		d.at[f.Path] = len(d.found)
		d.found = append(d.found, f)
		return
	}
	first := &d.found[i]
	first.Nullable = first.Nullable || f.Nullable
	if first.Kind != f.Kind {
		first.Kind = filter.Missing
	}
}

func leafKind(k kind) filter.Kind {
	switch k {
	case kindBoolean:
		return filter.Bool
	case kindInt:
		return filter.Int
	case kindFloat, kindDouble:
		return filter.Float
	case kindString, kindEnum:
		return filter.String
	case kindBytes, kindFixed:
		return filter.Bytes
	case kindMap:
		return filter.Map
	}
	return filter.Missing
}

// unit returns what stands in brackets at the end of a field's doc, as ZTF and
// Rubin write it: "… from PSF-fit photometry [mag]", "" where nothing does.
func unit(doc string) string {
	doc = strings.TrimRight(strings.TrimSpace(doc), ".")
	start := strings.LastIndexByte(doc, '[')
	if start < 0 || !strings.HasSuffix(doc, "]") {
		return ""
	}
	if text := doc[start+1 : len(doc)-1]; !strings.Contains(text, "..") { // "[00 .. 63]" is a range
		return text
	}
	return ""
}

func oneLine(doc string) string { return strings.Join(strings.Fields(doc), " ") }

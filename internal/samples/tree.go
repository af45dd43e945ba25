package samples

import (
	"github.com/skysift/skysift/filter"
)

// Tree gathers what is seen at one place of several messages.
//
// Invariant: seen counts the values that were there, null or not; of them
// objects had fields.
type Tree struct {
	seen, nulls, objects, lists int
	kinds                       map[filter.Kind]bool // of scalars
	unit, doc                   string
	names                       []string // of fields, in the order in which they were met
	fields                      map[string]*Tree
	items                       *Tree
}

// Message adds a message: its fields as a Map.
func (t *Tree) Message(v filter.Value) { t.add(v) }

// Named adds a document and the name beside it: the document's fields and
// "name". A name in the document is "document.name".
func (t *Tree) Named(name, document filter.Value) {
	t.seen++
	t.objects++
	t.field("name").add(name)
	for _, entry := range document.Map() {
		if entry.Key == "name" {
			inner := t.field("document")
			inner.seen++
			inner.objects++
			inner.field("name").add(entry.Value)
			continue
		}
		t.field(entry.Key).add(entry.Value)
	}
}

func (t *Tree) add(v filter.Value) {
	t.seen++
	switch v.Kind() {
	case filter.Missing:
		t.nulls++
	case filter.Map:
		t.objects++
		for _, entry := range v.Map() {
			t.field(entry.Key).add(entry.Value)
		}
	case filter.List:
		t.lists++
		for _, item := range v.List() {
			t.itemTree().add(item)
		}
	case filter.Array:
		t.scalar(filter.List)
		t.doc = "array of " + v.Numbers().String()
	default:
		t.scalar(v.Kind())
	}
}

func (t *Tree) scalar(k filter.Kind) {
	if t.kinds == nil {
		t.kinds = map[filter.Kind]bool{}
	}
	t.kinds[k] = true
}

func (t *Tree) field(name string) *Tree {
	if t.fields == nil {
		t.fields = map[string]*Tree{}
	}
	if t.fields[name] == nil {
		t.fields[name] = &Tree{}
		t.names = append(t.names, name)
	}
	return t.fields[name]
}

func (t *Tree) itemTree() *Tree {
	if t.items == nil {
		t.items = &Tree{}
	}
	return t.items
}

// Schema returns every field that a filter may ask for, in the order in which
// they were met. A list's items have the list's path and "[]".
func (t *Tree) Schema() *filter.Schema {
	schema := &filter.Schema{}
	t.describe(schema, "", false)
	return schema
}

// describe appends what stands at the path: a leaf, or the leaves below it.
func (t *Tree) describe(schema *filter.Schema, path string, nullable bool) {
	nullable = nullable || t.nulls > 0
	leaf := len(t.names) == 0
	for _, name := range t.names {
		inner := t.fields[name]
		inner.describe(schema, join(path, name), nullable || inner.seen < t.seen)
	}
	if t.items != nil && t.items.structured() {
		leaf = false
		t.items.describe(schema, path+"[]", nullable)
	}
	if leaf && path != "" {
		schema.Fields = append(schema.Fields, filter.SchemaField{Path: path, Kind: t.kind(), Unit: t.unit, Doc: t.doc, Nullable: nullable})
	}
}

// structured reports whether items have paths of their own: some are objects.
func (t *Tree) structured() bool {
	return len(t.names) > 0 || t.items != nil && t.items.structured()
}

// kind is the one kind that all values had; Missing where they differ.
func (t *Tree) kind() filter.Kind {
	kinds := make([]filter.Kind, 0, len(t.kinds)+2)
	for k := range t.kinds {
		kinds = append(kinds, k)
	}
	if t.lists > 0 && !t.kinds[filter.List] {
		kinds = append(kinds, filter.List)
	}
	if t.objects > 0 && !t.kinds[filter.Map] {
		kinds = append(kinds, filter.Map) // one without fields
	}
	switch {
	case len(kinds) == 1:
		return kinds[0]
	case len(kinds) == 2 && t.kinds[filter.Int] && t.kinds[filter.Float]:
		return filter.Float
	}
	return filter.Missing
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

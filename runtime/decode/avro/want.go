package avro

import (
	"slices"
	"strings"

	"github.com/skysift/skysift/filter"
)

// want is a tree of the paths that are asked for: what is wanted of a value
// itself, of its fields where it is a record, of its items where it is a list.
type want struct {
	slots  []int32 // that take the value itself
	fields map[string]*want
	items  *want
}

// newWant returns the tree of the fields that are lazy, or of those that are
// not.
func newWant(fields []filter.Field, lazy bool) *want {
	root := &want{}
	for slot, field := range fields {
		if field.Lazy == lazy {
			w := root.at(field.Path)
			w.slots = append(w.slots, int32(slot))
		}
	}
	return root
}

// at returns the place of a path, which it makes.
func (w *want) at(path string) *want {
	for step := range strings.SplitSeq(path, ".") {
		name := strings.TrimRight(step, "[]")
		w = w.field(name)
		for range strings.Count(step[len(name):], "[]") {
			if w.items == nil {
				w.items = &want{}
			}
			w = w.items
		}
	}
	return w
}

func (w *want) field(name string) *want {
	if w.fields[name] == nil {
		w.put(name, &want{})
	}
	return w.fields[name]
}

// in returns the part of w that a value of type n can give, or nil: a path
// that the schema lacks, or that steps into what is no record or no list, is
// in nothing.
func (w *want) in(n *node) *want {
	if w == nil {
		return nil
	}
	switch n.kind {
	case kindUnion:
		return w.inUnion(n)
	case kindRecord:
		return w.inRecord(n)
	case kindArray:
		items := w.items.in(n.items)
		if items == nil && len(w.slots) == 0 {
			return nil
		}
		return &want{slots: w.slots, items: items}
	}
	if len(w.slots) == 0 {
		return nil
	}
	return &want{slots: w.slots}
}

func (w *want) inRecord(n *node) *want {
	found := &want{slots: w.slots}
	for name, inner := range w.fields {
		f := n.field(name)
		if f == nil {
			continue
		}
		if inner := inner.in(f); inner != nil {
			found.put(name, inner)
		}
	}
	if len(found.slots) == 0 && found.fields == nil {
		return nil
	}
	return found
}

func (w *want) put(name string, inner *want) {
	if w.fields == nil {
		w.fields = map[string]*want{}
	}
	w.fields[name] = inner
}

// inUnion returns what any of the branches can give.
func (w *want) inUnion(n *node) *want {
	var found *want
	for _, branch := range n.branches {
		if branch.kind != kindNull {
			found = both(found, w.in(branch))
		}
	}
	return found
}

// both returns the paths of a and of b, which are parts of one tree.
func both(a, b *want) *want {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	merged := &want{slots: a.slots, items: both(a.items, b.items)}
	if len(merged.slots) == 0 {
		merged.slots = b.slots
	}
	for name, inner := range a.fields {
		merged.put(name, inner)
	}
	for name, inner := range b.fields {
		merged.put(name, both(merged.fields[name], inner))
	}
	return merged
}

// column is one list of a row: the slots that take it.
type column struct {
	slots []int32
}

// ofItems returns what is wanted of each item of a list, of which w is wanted,
// and the columns that the items' values make: in the tree for the items,
// position k of a row stands for the k-th column.
func (w *want) ofItems() (*want, []column) {
	var columns []column
	inner := &want{}
	if w.items != nil {
		inner = w.items.row(&columns)
	}
	switch {
	case len(w.slots) == 0:
	case len(inner.slots) == 0: // the list itself is the column of its items
		inner.slots = []int32{int32(len(columns))}
		columns = append(columns, column{slots: w.slots})
	default:
		c := &columns[inner.slots[0]]
		c.slots = append(slices.Clip(c.slots), w.slots...)
	}
	return inner, columns
}

// row returns the same tree with positions of a row as its slots, and appends
// the columns that these stand for.
func (w *want) row(columns *[]column) *want {
	r := &want{}
	if len(w.slots) > 0 {
		r.slots = []int32{int32(len(*columns))}
		*columns = append(*columns, column{slots: w.slots})
	}
	if w.items != nil {
		r.items = w.items.row(columns)
	}
	for name, inner := range w.fields {
		r.put(name, inner.row(columns))
	}
	return r
}

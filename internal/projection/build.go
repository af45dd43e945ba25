package projection

import (
	"slices"
	"strings"

	"github.com/skysift/skysift/filter"
)

// want is a tree of paths before it is known how lists become columns.
type want struct {
	slots  []int32
	fields map[string]*want
	items  *want
}

// New returns the tree of the fields that are lazy, or of those that are not;
// nil where there are none.
func New(fields []filter.Field, lazy bool) *Node {
	root := &want{}
	for slot, field := range fields {
		if field.Lazy == lazy {
			root.add(field.Path, int32(slot))
		}
	}
	return root.node(false)
}

// Pair is what is wanted of a document that comes with its name beside it, as
// a run engine writes it: ["event", {…}].
type Pair struct {
	// Name has the slots of the field "name".
	Name []int32
	// Document is the tree of all others: the document's own fields, which
	// "document." may stand before.
	Document *Node
}

// NewPair returns what is wanted of a named document by the fields that are
// lazy, or by those that are not. "name" is the name beside the document: one
// in the document is "document.name".
func NewPair(fields []filter.Field, lazy bool) Pair {
	var pair Pair
	root := &want{}
	for slot, field := range fields {
		first, rest, deeper := strings.Cut(field.Path, ".")
		switch {
		case field.Lazy != lazy:
		case field.Path == "name":
			pair.Name = append(pair.Name, int32(slot))
		case first == "name", first == "name[]", first == "document[]":
		case first == "document" && !deeper:
			root.slots = append(root.slots, int32(slot))
		case first == "document":
			root.add(rest, int32(slot))
		default:
			root.add(field.Path, int32(slot))
		}
	}
	pair.Document = root.node(false)
	return pair
}

// add enters a path, whose value goes to the slot.
func (w *want) add(path string, slot int32) {
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
	w.slots = append(w.slots, slot)
}

func (w *want) field(name string) *want {
	if w.fields == nil {
		w.fields = map[string]*want{}
	}
	if w.fields[name] == nil {
		w.fields[name] = &want{}
	}
	return w.fields[name]
}

// node turns the tree into nodes; nil where nothing is wanted.
func (w *want) node(inRow bool) *Node {
	n := &Node{Slots: w.slots, InRow: inRow, every: slices.Clone(w.slots)}
	for name, inner := range w.fields {
		n.names = append(n.names, []byte(name))
		n.nodes = append(n.nodes, inner.node(inRow))
		n.every = append(n.every, n.nodes[len(n.nodes)-1].every...)
	}
	if len(n.nodes) > manyFields {
		n.byName = make(map[string]*Node, len(n.nodes))
		for i, name := range n.names {
			n.byName[string(name)] = n.nodes[i]
		}
	}
	if w.items != nil {
		n.Items, n.Columns = w.rows()
		n.Row = make([]filter.Value, len(n.Columns))
		for _, column := range n.Columns {
			n.every = append(n.every, column...)
		}
	}
	if len(n.every) == 0 {
		return nil
	}
	return n
}

// rows returns what is wanted of each item, with positions of a row as its
// slots, and the columns that these make. The list itself, where it is wanted,
// is the column of its items.
func (w *want) rows() (*Node, [][]int32) {
	var columns [][]int32
	inner := w.items.row(&columns)
	switch {
	case len(w.slots) == 0:
	case len(inner.slots) == 0:
		inner.slots = []int32{int32(len(columns))}
		columns = append(columns, w.slots)
	default:
		at := inner.slots[0]
		columns[at] = append(slices.Clip(columns[at]), w.slots...)
	}
	return inner.node(true), columns
}

// row returns the same tree with positions of a row as its slots, and appends
// the columns that these stand for.
func (w *want) row(columns *[][]int32) *want {
	r := &want{}
	if len(w.slots) > 0 {
		r.slots = []int32{int32(len(*columns))}
		*columns = append(*columns, w.slots)
	}
	if w.items != nil {
		r.items = w.items.row(columns)
	}
	for name, inner := range w.fields {
		if r.fields == nil {
			r.fields = map[string]*want{}
		}
		r.fields[name] = inner.row(columns)
	}
	return r
}

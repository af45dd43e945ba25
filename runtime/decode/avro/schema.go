package avro

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"strings"
)

// kind is a type's shape, as far as reading it goes.
type kind uint8

const (
	kindNull kind = iota
	kindBoolean
	kindInt // int and long are written alike
	kindFloat
	kindDouble
	kindBytes
	kindString
	kindFixed
	kindEnum
	kindRecord
	kindArray
	kindMap
	kindUnion
)

// node is one type of a schema. Types that are named are shared wherever they
// are referred to, so that a schema is a graph without circles.
type node struct {
	kind     kind
	name     string // of a named type, in full
	version  string // a record's version attribute, which is not Avro's own
	fields   []field
	symbols  []string
	items    *node // of an array or a map
	branches []*node

	// least is the fewest bytes a value takes; where size is not negative
	// every value takes that many.
	least, size int
	// leaves is how many fields there are below, and depth how many types
	// stand within each other, with every reference followed; at least 1.
	leaves, depth int
}

type field struct {
	name string
	doc  string
	node *node
	// shadowed says that a later field of the record has the same name. Avro
	// forbids it, WINTER's alerts have it; the last one counts.
	shadowed bool
}

// field returns the type of a record's field, or nil.
func (n *node) field(name string) *node {
	for i := range n.fields {
		if n.fields[i].name == name && !n.fields[i].shadowed {
			return n.fields[i].node
		}
	}
	return nil
}

// nullable returns the branch that a union of two has besides null, and at
// which position null stands.
func (n *node) nullable() (other *node, null int, ok bool) {
	if n.kind != kindUnion || len(n.branches) != 2 {
		return nil, 0, false
	}
	a, b := n.branches[0], n.branches[1]
	switch {
	case a.kind == kindNull && b.kind != kindNull:
		return b, 0, true
	case b.kind == kindNull && a.kind != kindNull:
		return a, 1, true
	}
	return nil, 0, false
}

// Schema is one writer's schema. It is immutable and shared.
type Schema struct {
	raw  string
	text string // complete in itself, where raw is not
	root *node
	// labels name the schema, one for each branch where the root is a union.
	labels []string
	err    error // why it cannot be used
}

// ParseSchema reads a schema that a writer's JSON gives, and with it those of
// the named types that it refers to without defining them, in any order.
func ParseSchema(raw []byte, named ...[]byte) (*Schema, error) {
	others, err := newLibrary(named)
	if err != nil {
		return nil, fmt.Errorf("avro: schema: %w", err)
	}
	s := newSchemaWith(raw, others)
	if s.err != nil {
		return nil, fmt.Errorf("avro: %w", s.err)
	}
	if len(others) > 0 {
		if s.text, err = others.complete(raw); err != nil {
			return nil, fmt.Errorf("avro: schema: %w", err)
		}
	}
	return s, nil
}

// Text is the schema's JSON, complete in itself: as it was written, or with
// the types that it refers to in the places where they are first named.
func (s *Schema) Text() string { return cmp.Or(s.text, s.raw) }

// newSchema parses raw, of which it keeps a copy. A schema that cannot be
// used is one with err, so that it too is parsed but once.
func newSchema(raw []byte) *Schema { return newSchemaWith(raw, nil) }

func newSchemaWith(raw []byte, others library) *Schema {
	s := &Schema{raw: string(raw)}
	s.root, s.err = parse(raw, others)
	if s.err != nil {
		return s
	}
	for _, root := range s.roots() {
		if root.kind != kindRecord {
			s.err = fmt.Errorf("schema: its top level is no record, so that there are no fields")
			return s
		}
	}
	digest := sha256.Sum256(raw)
	s.mark(fmt.Sprintf("sha256:%x", digest[:8]))
	return s
}

// Marked returns the same schema under another mark than the digest of its
// JSON: its alerts' Schema is the record's name, version and mark.
func (s *Schema) Marked(mark string) *Schema {
	marked := *s
	marked.labels = nil
	marked.mark(mark)
	return &marked
}

func (s *Schema) mark(mark string) {
	for _, root := range s.roots() {
		s.labels = append(s.labels, label(root, mark))
	}
}

// String names the schema as its alerts do.
func (s *Schema) String() string { return strings.Join(s.labels, ", ") }

// roots returns the records that a datum can be.
func (s *Schema) roots() []*node {
	if s.root.kind == kindUnion {
		return s.root.branches
	}
	return []*node{s.root}
}

func label(root *node, mark string) string {
	if root.version == "" {
		return root.name + " " + mark
	}
	return root.name + " " + root.version + " " + mark
}

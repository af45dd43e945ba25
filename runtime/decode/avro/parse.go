package avro

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Bounds on schemas, far above what surveys have (30 KB, 700 fields, 8 deep).
const (
	maxSchema = 1 << 20
	maxLeaves = 1 << 15
	maxDepth  = 64
	maxName   = 256
	maxFixed  = 1 << 30
)

// parser turns a schema's JSON into nodes.
type parser struct {
	named  map[string]*node // nil while the type is being read
	others library          // types that the schema may refer to without defining them
	depth  int
}

// parse reads a schema. Errors say at which field it is wrong.
func parse(raw []byte, others library) (*node, error) {
	tree, err := parseTree(raw)
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	p := parser{named: map[string]*node{}, others: others}
	root, err := p.node(tree, "")
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	return root, nil
}

func parseTree(raw []byte) (tree any, err error) {
	if len(raw) > maxSchema {
		return nil, fmt.Errorf("it has %d bytes; at most %d are read", len(raw), maxSchema)
	}
	if err := json.NewDecoder(bytes.NewReader(raw)).Decode(&tree); err != nil {
		return nil, fmt.Errorf("it is no JSON: %w", err)
	}
	return tree, nil
}

// node reads the type that tree describes; space is the namespace around it.
func (p *parser) node(tree any, space string) (*node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, tooDeep()
	}
	defer func() { p.depth-- }()
	switch t := tree.(type) {
	case string:
		return p.reference(t, space)
	case []any:
		return p.union(t, space)
	case map[string]any:
		return p.object(t, space)
	}
	return nil, fmt.Errorf("a type is %s; it must be a name, a list or an object", clip(fmt.Sprint(tree)))
}

// reference reads a type's name.
func (p *parser) reference(name, space string) (*node, error) {
	if n := primitive(name); n != nil {
		return n, nil
	}
	full := qualified(name, space)
	n, known := p.named[full]
	if tree, elsewhere := p.others[full]; !known && elsewhere {
		return p.node(tree, "")
	}
	if !known { // some writers leave the namespace out of what they define
		full = name
		n, known = p.named[full]
	}
	switch {
	case !known:
		return nil, fmt.Errorf("unknown type %s", clip(name))
	case n == nil:
		return nil, fmt.Errorf("type %s contains itself: recursive schemas are refused", clip(full))
	}
	return n, nil
}

// qualified is a reference's name in full.
func qualified(name, space string) string {
	if strings.Contains(name, ".") || space == "" {
		return name
	}
	return space + "." + name
}

func primitive(name string) *node {
	switch name {
	case "null":
		return &node{kind: kindNull, leaves: 1, depth: 1}
	case "boolean":
		return &node{kind: kindBoolean, least: 1, size: 1, leaves: 1, depth: 1}
	case "int", "long":
		return &node{kind: kindInt, least: 1, size: -1, leaves: 1, depth: 1}
	case "float":
		return &node{kind: kindFloat, least: 4, size: 4, leaves: 1, depth: 1}
	case "double":
		return &node{kind: kindDouble, least: 8, size: 8, leaves: 1, depth: 1}
	case "bytes":
		return &node{kind: kindBytes, least: 1, size: -1, leaves: 1, depth: 1}
	case "string":
		return &node{kind: kindString, least: 1, size: -1, leaves: 1, depth: 1}
	}
	return nil
}

func (p *parser) object(o map[string]any, space string) (*node, error) {
	name, plain := o["type"].(string)
	if !plain { // {"type": {…}} and {"type": […]} only wrap
		return p.node(o["type"], space)
	}
	switch name {
	case "record", "error", "enum", "fixed":
		return p.namedType(name, o, space)
	case "array":
		return p.container(kindArray, o["items"], space)
	case "map":
		return p.container(kindMap, o["values"], space)
	}
	return p.reference(name, space)
}

func (p *parser) container(k kind, items any, space string) (*node, error) {
	if items == nil {
		return nil, fmt.Errorf("an array or a map does not say what it holds")
	}
	inner, err := p.node(items, space)
	if err != nil {
		return nil, err
	}
	n := &node{kind: k, items: inner, least: 1, size: -1}
	return n, n.hold(inner)
}

func (p *parser) union(branches []any, space string) (*node, error) {
	n := &node{kind: kindUnion, least: 1, size: -1}
	if len(branches) == 0 {
		return nil, fmt.Errorf("a union has no branches")
	}
	least := -1
	for _, tree := range branches {
		branch, err := p.node(tree, space)
		if err != nil {
			return nil, err
		}
		if branch.kind == kindUnion {
			return nil, fmt.Errorf("a union stands directly in a union")
		}
		if least < 0 || branch.least < least {
			least = branch.least
		}
		n.branches = append(n.branches, branch)
		if err := n.hold(branch); err != nil {
			return nil, err
		}
	}
	n.least += least
	return n, nil
}

// hold counts inner as a part of n and keeps the bounds on what n may hold.
func (n *node) hold(inner *node) error {
	n.leaves += inner.leaves
	n.depth = max(n.depth, inner.depth+1)
	if n.leaves > maxLeaves {
		return fmt.Errorf("more than %d fields once every reference is followed", maxLeaves)
	}
	if n.depth > maxDepth {
		return tooDeep()
	}
	return nil
}

func tooDeep() error { return fmt.Errorf("types are nested more than %d deep", maxDepth) }

// clip shortens what an error quotes of a schema.
func clip(s string) string {
	if len(s) > 80 {
		return s[:80] + "…"
	}
	return s
}

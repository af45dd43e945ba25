package avro

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// namedType reads a record, an enum or a fixed.
func (p *parser) namedType(kind string, o map[string]any, space string) (*node, error) {
	full, space, err := fullName(kind, o, space)
	if err != nil {
		return nil, err
	}
	p.named[full] = nil
	var n *node
	switch kind {
	case "enum":
		n, err = enum(o)
	case "fixed":
		n, err = fixed(o)
	default:
		n, err = p.record(o, space)
	}
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", kind, full, err)
	}
	n.name = full
	p.named[full] = n
	return n, nil
}

// fullName returns a named type's name in full, and the namespace of what it
// contains.
func fullName(kind string, o map[string]any, space string) (full, inner string, err error) {
	name, _ := o["name"].(string)
	if name == "" {
		return "", "", fmt.Errorf("a type of kind %s has no name", kind)
	}
	if len(name) > maxName {
		return "", "", fmt.Errorf("the name %s has %d characters; at most %d are read", clip(name), len(name), maxName)
	}
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		return name, name[:i], nil
	}
	if own, ok := o["namespace"].(string); ok {
		space = own
	}
	if len(space) > maxName {
		return "", "", fmt.Errorf("the namespace %s has %d characters; at most %d are read", clip(space), len(space), maxName)
	}
	if space == "" {
		return name, "", nil
	}
	return space + "." + name, space, nil
}

func (p *parser) record(o map[string]any, space string) (*node, error) {
	trees, ok := o["fields"].([]any)
	if !ok {
		return nil, fmt.Errorf("it has no list of fields")
	}
	n := &node{kind: kindRecord, version: version(o["version"]), fields: make([]field, 0, len(trees)), leaves: 1, depth: 1}
	at := make(map[string]int, len(trees))
	for i, tree := range trees {
		f, err := p.field(tree, space)
		if err != nil {
			return nil, fmt.Errorf("field %d: %w", i+1, err)
		}
		if earlier, twice := at[f.name]; twice {
			n.fields[earlier].shadowed = true
		}
		at[f.name] = i
		if err := n.add(f); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// add appends a field and keeps the record's sizes.
func (n *node) add(f field) error {
	n.fields = append(n.fields, f)
	n.least += f.node.least
	if n.size >= 0 && f.node.size >= 0 {
		n.size += f.node.size
	} else {
		n.size = -1
	}
	return n.hold(f.node)
}

func (p *parser) field(tree any, space string) (field, error) {
	o, ok := tree.(map[string]any)
	if !ok {
		return field{}, fmt.Errorf("it is %s, not an object", clip(fmt.Sprint(tree)))
	}
	name, _ := o["name"].(string)
	if name == "" || len(name) > maxName {
		return field{}, fmt.Errorf("its name %q must have 1 to %d characters", clip(name), maxName)
	}
	if o["type"] == nil {
		return field{}, fmt.Errorf("%s has no type", name)
	}
	n, err := p.node(o["type"], space)
	if err != nil {
		return field{}, fmt.Errorf("%s: %w", name, err)
	}
	doc, _ := o["doc"].(string)
	return field{name: name, doc: doc, node: n}, nil
}

func enum(o map[string]any) (*node, error) {
	trees, ok := o["symbols"].([]any)
	if !ok || len(trees) == 0 {
		return nil, fmt.Errorf("it has no list of symbols")
	}
	n := &node{kind: kindEnum, least: 1, size: -1, leaves: 1, depth: 1}
	for i, tree := range trees {
		symbol, ok := tree.(string)
		if !ok {
			return nil, fmt.Errorf("symbol %d is no string", i+1)
		}
		n.symbols = append(n.symbols, symbol)
	}
	return n, nil
}

func fixed(o map[string]any) (*node, error) {
	size, ok := o["size"].(float64)
	if !ok || size < 0 || size > maxFixed || size != float64(int(size)) {
		return nil, fmt.Errorf("its size is %s; it must be a whole number up to %d", clip(fmt.Sprint(o["size"])), maxFixed)
	}
	return &node{kind: kindFixed, least: int(size), size: int(size), leaves: 1, depth: 1}, nil
}

// version returns a record's version as a word, "" where it has none.
func version(v any) string {
	text := ""
	switch v := v.(type) {
	case string:
		text = v
	case float64:
		text = strconv.FormatFloat(v, 'g', -1, 64)
	case json.Number:
		text = v.String()
	}
	if len(text) > 64 {
		return ""
	}
	return text
}

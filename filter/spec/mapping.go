package spec

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/skysift/skysift/internal/spelling"
)

// key is one key that a mapping may have, and what reads its value.
type key struct {
	name string
	read func(*yaml.Node)
}

// mapping reads a mapping with known keys, each at most once. What names it
// in errors ("a filter").
func (r *reader) mapping(node *yaml.Node, what string, keys []key) {
	r.pairs(node, what, func(name string, at, value *yaml.Node) {
		for _, k := range keys {
			if k.name == name {
				k.read(value)
				return
			}
		}
		r.unknown(at, what, name, keys)
	})
}

// pairs calls visit for each key and value of a mapping, in order. An empty
// node is an empty mapping: people comment out what is in it.
func (r *reader) pairs(node *yaml.Node, what string, visit func(name string, at, value *yaml.Node)) {
	node = aliased(node)
	if node.Tag == "!!null" {
		return
	}
	if node.Kind != yaml.MappingNode {
		r.fail(node, "%s is written as key: value lines, and this is %s", what, describe(node))
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		at, value := aliased(node.Content[i]), node.Content[i+1]
		if at.Kind != yaml.ScalarNode {
			r.fail(at, "a key of %s is a word, and this is %s", what, describe(at))
			continue
		}
		if first, twice := seen[at.Value]; twice {
			r.fail(at, "%s has the key %s twice: the first is in line %d", what, quoted(at.Value), first)
			continue
		}
		seen[at.Value] = at.Line
		visit(at.Value, at, value)
	}
}

func (r *reader) unknown(at *yaml.Node, what, name string, keys []key) {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.name
	}
	mistake := r.fail(at, "%s has no key %s", what, quoted(name))
	switch near := spelling.Nearest(name, names); {
	case name == "<<":
		mistake.Suggestion = "merge keys are not read: name a shared expression under define"
	case near != "":
		mistake.Suggestion = "did you mean " + near + "?"
	default:
		mistake.Suggestion = "it takes " + strings.Join(names, ", ")
	}
}

// lookup returns the value of a mapping's key; nil where it has none.
func lookup(node *yaml.Node, name string) *yaml.Node {
	node = aliased(node)
	if node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if aliased(node.Content[i]).Value == name {
			return aliased(node.Content[i+1])
		}
	}
	return nil
}

// hasOtherKey reports whether a mapping has a key besides those named.
func hasOtherKey(node *yaml.Node, names ...string) bool {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if !slices.Contains(names, aliased(node.Content[i]).Value) {
			return true
		}
	}
	return false
}

// describe says what a node is, as a person would call it.
func describe(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch node.Tag {
	case "!!null":
		return "empty"
	case "!!bool":
		return "the boolean " + clipped(node.Value)
	case "!!int", "!!float":
		return "the number " + clipped(node.Value)
	case "!!timestamp":
		return "the date " + clipped(node.Value)
	}
	return "text"
}

// maxQuoted is how much of somebody's text an error repeats.
const maxQuoted = 60

func quoted(text string) string { return fmt.Sprintf("%q", clipped(text)) }

func clipped(text string) string {
	if runes := []rune(text); len(runes) > maxQuoted {
		return string(runes[:maxQuoted]) + "…"
	}
	return text
}

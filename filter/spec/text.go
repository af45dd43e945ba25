package spec

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"
)

// text is a string of the stream or output section. Errors print it as it is
// written, never with the variables' values.
type text struct {
	value   string
	written string
	mark    mark
}

// expanded reports whether a variable went into the value.
func (t text) expanded() bool { return t.value != t.written }

// text reads a string and expands its variables; it reports whether there is
// one that can be used.
func (r *reader) text(node *yaml.Node, what string) (text, bool) {
	node = aliased(node)
	if !r.isText(node, what) {
		return text{}, false
	}
	value, mistakes := expand(node.Value, r.env)
	for _, m := range mistakes[:min(len(mistakes), maxMistakes-len(r.mistakes))] {
		found := r.keep(mark{r.source, node}.within(m.offset, m.length, m.err))
		found.Suggestion = m.suggestion
	}
	t := text{value: strings.TrimSpace(value), written: strings.TrimSpace(node.Value), mark: mark{r.source, node}}
	switch {
	case len(mistakes) > 0:
		return t, false
	case t.value == "" && t.expanded():
		r.fail(node, "%s is empty once its variables are filled in", what)
		return t, false
	case t.value == "":
		r.fail(node, "%s is empty", what)
		return t, false
	case strings.ContainsFunc(t.value, unicode.IsControl):
		r.fail(node, "%s has a line break or another control character in it", what)
		return t, false
	}
	return t, true
}

// isText refuses what YAML does not read as text.
func (r *reader) isText(node *yaml.Node, what string) bool {
	switch {
	case node.Kind != yaml.ScalarNode:
		r.fail(node, "%s is one line of text, and this is %s", what, describe(node))
	case node.Tag == "!!str", node.Tag == "!!timestamp":
		return true
	case node.Tag == "!!null":
		r.fail(node, "%s is empty: fill it in, or leave the key out", what)
	case strings.HasPrefix(node.Tag, "!!"):
		mistake := r.fail(node, "%s is text, and YAML reads this as %s", what, describe(node))
		mistake.Suggestion = "write " + strconv.Quote(node.Value)
	default:
		r.fail(node, "%s begins with the YAML tag %s: put it in quotes", what, quoted(node.Tag))
	}
	return false
}

// texts reads a list of strings, or one string with commas, as a variable has
// it. A variable's commas count too.
func (r *reader) texts(node *yaml.Node, what string) []text {
	node = aliased(node)
	items := []*yaml.Node{node}
	if node.Kind == yaml.SequenceNode {
		items = node.Content
		if len(items) == 0 {
			r.fail(node, "%s is an empty list: fill it in, or leave the key out", what)
		}
	}
	var all []text
	for _, child := range items {
		whole, ok := r.text(child, what)
		if !ok {
			continue
		}
		for part := range strings.SplitSeq(whole.value, ",") {
			t := text{value: strings.TrimSpace(part), written: whole.written, mark: whole.mark}
			if !whole.expanded() {
				t.written = t.value
			}
			if t.value != "" {
				all = append(all, t)
			}
		}
	}
	return all
}

// hasVariable reports whether a string, or one of a list, has a variable in it.
func hasVariable(node *yaml.Node) bool {
	node = aliased(node)
	return strings.Contains(node.Value, "${") || slices.ContainsFunc(node.Content, hasVariable)
}

func values(texts []text) []string {
	var all []string
	for _, t := range texts {
		all = append(all, t.value)
	}
	return all
}

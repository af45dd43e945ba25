package spec

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Form is a YAML file that stands beside the filters, such as their tests. It
// is read as they are: within the same bounds, with every mistake in its place.
type Form struct {
	reader reader
	root   *yaml.Node
}

// FormKey is one key that a mapping of a form may have, and what reads its value.
type FormKey struct {
	Name string
	Read func(*yaml.Node)
}

// ReadForm reads the file at path. What cannot be read at all is the form's
// first mistake, and its root is nil.
func ReadForm(path string) *Form {
	data, err := readFile(path)
	if err != nil {
		f := &Form{reader: reader{source: newSource(path, "")}}
		f.reader.keep(&Error{Path: path, Err: err})
		return f
	}
	return ParseForm(path, data)
}

// ParseForm is ReadForm without a file system; path is for its mistakes.
func ParseForm(path string, data []byte) *Form {
	f := &Form{}
	if isBlank(string(data)) {
		f.reader.source = newSource(path, string(data))
		f.reader.keep(&Error{Path: path, Err: errors.New("there is nothing in the file")})
		return f
	}
	src, root, mistake := parse(path, data)
	f.reader.source, f.root = src, root
	if mistake != nil {
		f.reader.keep(mistake)
	}
	return f
}

// isBlank reports whether a text has comments and blank lines alone.
func isBlank(text string) bool {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return false
		}
	}
	return true
}

// Root is the file's outermost node; nil where it could not be read.
func (f *Form) Root() *yaml.Node { return f.root }

// Mapping reads a mapping with known keys, each at most once. What names it in
// mistakes ("a test").
func (f *Form) Mapping(node *yaml.Node, what string, keys []FormKey) {
	known := make([]key, len(keys))
	for i, k := range keys {
		known[i] = key{k.Name, func(n *yaml.Node) { k.Read(aliased(n)) }}
	}
	f.reader.mapping(node, what, known)
}

// Pairs calls visit for each key and value of a mapping, in order; a key that
// stands there twice is a mistake.
func (f *Form) Pairs(node *yaml.Node, what string, visit func(name string, at, value *yaml.Node)) {
	f.reader.pairs(node, what, func(name string, at, value *yaml.Node) { visit(name, at, aliased(value)) })
}

// Items calls visit for each item of a list.
func (f *Form) Items(node *yaml.Node, what string, visit func(*yaml.Node)) {
	if node.Kind != yaml.SequenceNode {
		f.Fail(node, "%s is a list, each item beginning with \"- \", and this is %s", what, describe(node))
		return
	}
	for _, item := range node.Content {
		visit(aliased(item))
	}
}

// Text reads a line of text, and reports whether it is one.
func (f *Form) Text(node *yaml.Node, what string) (string, bool) {
	if !f.reader.isText(node, what) {
		return "", false
	}
	if strings.TrimSpace(node.Value) == "" {
		f.Fail(node, "%s is empty", what)
		return "", false
	}
	return node.Value, true
}

// Describe says what a node is, as a person would call it.
func (f *Form) Describe(node *yaml.Node) string { return describe(node) }

// Fail adds a mistake at a node, and returns it to be given a suggestion.
func (f *Form) Fail(node *yaml.Node, format string, args ...any) *Error {
	return f.reader.failWith(node, fmt.Errorf(format, args...))
}

// Mistakes are all that is wrong with the form, in the order of its text.
func (f *Form) Mistakes() []*Error {
	slices.SortStableFunc(f.reader.mistakes, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return f.reader.mistakes
}

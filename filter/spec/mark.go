package spec

import "gopkg.in/yaml.v3"

// mark is where something stands: a node of a file, or the whole file.
type mark struct {
	source *source
	node   *yaml.Node
}

// mistake gives err the mark's place.
func (m mark) mistake(err error) *Error {
	if m.source == nil {
		return &Error{Path: "filters", Err: err}
	}
	if m.node == nil {
		return &Error{Path: m.source.path, Err: err}
	}
	start := m.source.byteOf(m.node.Line, m.node.Column)
	length := 0
	if m.node.Kind == yaml.ScalarNode && m.node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		length = len([]rune(m.node.Value))
		if m.node.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
			length += len(`""`)
		}
	}
	return m.source.mistake(start, length, err)
}

// mistake gives err a place in the source, length characters long.
func (s *source) mistake(at position, length int, err error) *Error {
	return &Error{
		Path: s.path, Line: at.line, Column: s.column(at), Length: length,
		Err: err, line: shown(s.line(at.line)),
	}
}

package spec

import (
	"errors"
	"strings"

	"gopkg.in/yaml.v3"
)

// Expression is one expression of the language and where it stands. Its zero
// value is an empty expression without a place.
type Expression struct {
	Source string

	mark mark
}

// Mistake returns a mistake in the expression. Offset and length count bytes
// of Source; the place is that of the characters in the file, through quotes,
// escapes, folds and the indentation of a block.
func (e Expression) Mistake(offset, length int, message, suggestion string) *Error {
	err := e.mistake(offset, length, errors.New(message))
	err.Suggestion = suggestion
	if e.cutOff() {
		err.Suggestion = `YAML ends the expression before " #": put the whole of it in '…'`
	}
	return err
}

// cutOff reports whether YAML took a " #" within quotes or brackets for a
// comment. A # is the item of a loop, too.
func (e Expression) cutOff() bool {
	if e.mark.node == nil || e.mark.node.LineComment == "" || e.mark.node.Style != 0 {
		return false
	}
	return strings.Count(e.Source, `"`)%2 == 1 || strings.Count(e.Source, "'")%2 == 1 ||
		strings.Count(e.Source, "(") > strings.Count(e.Source, ")") || strings.Count(e.Source, "[") > strings.Count(e.Source, "]")
}

func (e Expression) mistake(offset, length int, err error) *Error {
	if e.mark.source == nil || e.mark.node == nil {
		return e.mark.mistake(err)
	}
	return e.mark.within(offset, length, err)
}

// within gives err the place of some bytes of the mark's scalar.
func (m mark) within(offset, length int, err error) *Error {
	places := m.source.align(m.node)
	if places == nil {
		start := m.source.byteOf(m.node.Line, m.node.Column)
		return m.source.mistake(start, 0, err)
	}
	offset = min(max(offset, 0), len(places)-1)
	start := places[offset]
	return m.source.mistake(start, m.source.width(places, offset, length), err)
}

// width returns how many characters of the file hold length bytes of a
// scalar, as far as they stand in one line.
func (s *source) width(places []position, offset, length int) int {
	start := places[offset]
	last := min(offset+length, len(places)-1)
	for last > offset && places[last].line != start.line {
		last--
	}
	return s.column(places[last]) - s.column(start)
}

// expressionOf returns a scalar node as an expression.
func expressionOf(src *source, node *yaml.Node) Expression {
	return Expression{Source: node.Value, mark: mark{src, node}}
}

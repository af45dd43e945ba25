package expression

import (
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
)

// source is one expression's text and the place it has in the program, as a
// Mistake names it.
type source struct {
	text  string
	place Mistake
	// disguised holds, by the character it starts at, each function's name
	// that the parser was shown under another (see disguise).
	disguised map[int]string
	// doubts are what may not be what was meant.
	doubts []doubt
	// characters is how many the text has, counted when first asked for.
	characters int
}

// span is a range of bytes in a source.
type span struct{ from, to int }

// bytes turns the parser's location, which counts characters, into bytes.
func (s *source) bytes(at file.Location) span {
	return span{s.byteAt(at.From), s.byteAt(at.To)}
}

func (s *source) byteAt(character int) int {
	if s.characters == 0 {
		s.characters = utf8.RuneCountInString(s.text)
	}
	if s.characters == len(s.text) {
		return min(character, len(s.text))
	}
	offset := 0
	for ; character > 0 && offset < len(s.text); character-- {
		_, size := utf8.DecodeRuneInString(s.text[offset:])
		offset += size
	}
	return offset
}

// whole returns the span of an expression with all its operands.
func (s *source) whole(n ast.Node) span {
	found := span{from: -1}
	ast.Walk(&n, coverer{s, &found})
	if found.from < 0 {
		return span{0, len(s.text)}
	}
	return found
}

type coverer struct {
	source *source
	found  *span
}

func (c coverer) Visit(node *ast.Node) {
	if _, ok := (*node).(*ast.ConditionalNode); ok {
		return // its location is that of the token behind it
	}
	at := c.source.bytes((*node).Location())
	if at.to == at.from {
		return
	}
	if c.found.from < 0 || at.from < c.found.from {
		c.found.from = at.from
	}
	c.found.to = max(c.found.to, at.to)
}

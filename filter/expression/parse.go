package expression

import (
	"errors"
	"fmt"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/parser/lexer"
)

// The limits of one source. They are checked before the parser runs, whose
// recursion has none of its own.
const (
	maxSource  = 8 << 10
	maxNodes   = 3000
	maxNesting = 64
)

// parse returns the syntax tree of a source, or nil after reporting why there
// is none.
func (c *compilation) parse(s *source) ast.Node {
	if len(s.text) > maxSource {
		c.complain(s, span{}, fmt.Sprintf("the expression has %d bytes and may have %d", len(s.text), maxSource),
			"move parts of it into define:")
		return nil
	}
	if s.isPlain() {
		if tree, err := parseTokens(s.text); err == nil {
			return tree.Node
		}
	}
	tokens, err := lexer.Lex(file.NewSource(s.text))
	if err != nil {
		c.complainSyntax(s, tokens, err)
		return nil
	}
	if at, deep := tooDeep(tokens); deep {
		c.complain(s, s.bytes(at), fmt.Sprintf("brackets are nested more than %d deep", maxNesting), "move parts of it into define:")
		return nil
	}
	if len(tokens) == 1 {
		c.complain(s, span{}, "the expression is empty", "")
		return nil
	}
	tree, err := parseTokens(s.disguise(tokens))
	if err != nil {
		c.complainSyntax(s, tokens, err)
		return nil
	}
	return tree.Node
}

// isPlain reports whether the parser may have the text as it is: it is too short
// to be nested too deep, and names none of the functions that are disguised.
// Most are, and need not be taken apart twice.
func (s *source) isPlain() bool {
	return len(s.text) <= maxNesting && !strings.Contains(s.text, "minBy") && !strings.Contains(s.text, "maxBy")
}

// parseTokens runs expr's parser; a panic in it is an error of the source.
func parseTokens(text string) (tree *parser.Tree, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the expression cannot be read")
		}
	}()
	return parser.ParseWithConfig(text, &conf.Config{MaxNodes: maxNodes})
}

// tooDeep finds the token at which brackets, or operators that the parser
// descends for, are too many.
func tooDeep(tokens []lexer.Token) (file.Location, bool) {
	depth, descents := 0, 0
	for i, token := range tokens {
		switch {
		case token.Is(lexer.Bracket, "(", "[", "{"):
			depth++
		case token.Is(lexer.Bracket):
			depth--
		case token.Is(lexer.Operator, "-", "+"):
			if i == 0 || tokens[i-1].Kind == lexer.Operator {
				descents++
			}
		case token.Is(lexer.Operator, "!", "not", "?", "**", "^", "if", "let"):
			descents++
		}
		if depth > maxNesting || descents > 4*maxNesting {
			return token.Location, true
		}
	}
	return file.Location{}, false
}

// disguise returns the text with minBy( and maxBy( written as count(: the
// parser reads ".field" only inside functions that it knows, and every place
// in the text must stay where it is.
func (s *source) disguise(tokens []lexer.Token) string {
	s.disguised = map[int]string{}
	text := []byte(s.text)
	for i, token := range tokens[:len(tokens)-1] {
		if token.Is(lexer.Identifier, "minBy", "maxBy") && tokens[i+1].Is(lexer.Bracket, "(") {
			s.disguised[token.From] = token.Value
			copy(text[s.byteAt(token.From):], "count")
		}
	}
	return string(text)
}

// complainSyntax turns an error of the parser into a mistake, with the word
// that somebody coming from Python or SQL needs.
func (c *compilation) complainSyntax(s *source, tokens []lexer.Token, err error) {
	var syntax *file.Error
	if !errors.As(err, &syntax) {
		c.complain(s, span{0, len(s.text)}, err.Error(), "")
		return
	}
	at := s.bytes(syntax.Location)
	message, suggestion, where := explainSyntax(syntax.Message, syntax.Location, tokens)
	if where != nil {
		at = s.bytes(*where)
	}
	if at.to <= at.from {
		at.to = at.from + 1
	}
	c.complain(s, at, message, suggestion)
}

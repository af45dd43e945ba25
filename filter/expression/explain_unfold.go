package expression

import (
	"strings"

	"github.com/expr-lang/expr/ast"
)

// unfolder takes the clauses of filters apart, down to the comparisons and
// through the definitions. All it makes are nodes of the compilation's graph,
// so a part is evaluated as it is within its clause.
type unfolder struct {
	*compilation
	clauses  map[int][]*condition
	unfolded map[*definition]*condition
	nodes    []*node // every node that is evaluated
}

func (u *unfolder) clause(number, where int, text string) {
	s := &source{text: text, place: Mistake{Filter: number, Definition: -1, Clause: where, Annotation: -1, List: -1}}
	made := &condition{text: strings.TrimSpace(text), node: u.graph.bad()}
	if tree := u.parse(s); tree != nil {
		*made = *u.condition(s, tree)
		made.text = strings.TrimSpace(text)
	}
	for _, n := range conjuncts(made.node) {
		made.conjuncts = append(made.conjuncts, &condition{node: n})
	}
	if u.clauses == nil {
		u.clauses = map[int][]*condition{}
	}
	u.clauses[number] = append(u.clauses[number], made)
}

// condition takes one condition apart.
func (u *unfolder) condition(s *source, n ast.Node) *condition {
	made := &condition{text: s.textOf(n), node: (&checker{compilation: u.compilation, source: s}).condition(n)}
	u.nodes = append(u.nodes, made.node)
	switch n := n.(type) {
	case *ast.IdentifierNode:
		if d, ok := u.definitions[n.Value]; ok {
			return u.definition(made, d)
		}
	case *ast.UnaryNode:
		if n.Operator == "not" || n.Operator == "!" {
			made.join, made.parts = opNot, []*condition{u.condition(s, n.Node)}
			return made
		}
	case *ast.BinaryNode:
		if join := junctionOf(n); join != "" {
			made.join = join
			for _, operand := range operandsOf(n, join) {
				made.parts = append(made.parts, u.condition(s, operand))
			}
			return made
		}
	}
	made.values = u.values(s, n)
	return made
}

// definition unfolds what stands behind a name.
func (u *unfolder) definition(made *condition, d *definition) *condition {
	made.source = strings.TrimSpace(d.source.text)
	if u.unfolded[d] == nil {
		u.unfolded[d] = u.condition(d.source, u.parse(d.source))
	}
	body := u.unfolded[d]
	made.join, made.parts = opAnd, []*condition{body}
	if body.join == opAnd && body.source == "" {
		made.parts = body.parts
	}
	return made
}

func junctionOf(n *ast.BinaryNode) string {
	switch n.Operator {
	case "and", "&&":
		return opAnd
	case "or", "||":
		return opOr
	}
	return ""
}

// operandsOf returns the operands of a chain of one junction.
func operandsOf(n ast.Node, join string) []ast.Node {
	if b, ok := n.(*ast.BinaryNode); ok && junctionOf(b) == join {
		return append(operandsOf(b.Left, join), operandsOf(b.Right, join)...)
	}
	return []ast.Node{n}
}

func (u *unfolder) nodeOf(s *source, n ast.Node) *node {
	return (&checker{compilation: u.compilation, source: s}).value(n)
}

// textOf returns an expression as it is written, with the brackets that it
// needs but that the syntax tree has no place of.
func (s *source) textOf(n ast.Node) string {
	at := s.closed(s.whole(n))
	return strings.Join(strings.Fields(s.text[at.from:at.to]), " ")
}

// closed widens a span over the brackets whose other half is in it.
func (s *source) closed(at span) span {
	at.to = min(at.to, len(s.text))
	open, unopened := brackets(s.text[at.from:at.to])
	for ; unopened > 0 && at.from > 0; at.from-- {
		if strings.ContainsRune("([{", rune(s.text[at.from-1])) {
			unopened--
		}
	}
	for ; open > 0 && at.to < len(s.text); at.to++ {
		switch s.text[at.to] {
		case '(', '[', '{':
			open++
		case ')', ']', '}':
			open--
		}
	}
	return at
}

// brackets counts those left open, and those that close what is not there,
// outside of quotes.
func brackets(text string) (open, unopened int) {
	var quote byte
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0 && c == '\\' && quote != '`':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case strings.IndexByte("([{", c) >= 0:
			open++
		case strings.IndexByte(")]}", c) >= 0 && open > 0:
			open--
		case strings.IndexByte(")]}", c) >= 0:
			unopened++
		}
	}
	return open, unopened
}

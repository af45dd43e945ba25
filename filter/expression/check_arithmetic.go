package expression

import (
	"errors"
	"regexp/syntax"

	"github.com/expr-lang/expr/ast"
)

func (c *checker) plus(n *ast.BinaryNode) *node {
	a, b := c.value(n.Left), c.value(n.Right)
	texts := a.typ.kind == stringKind || b.typ.kind == stringKind
	for i, v := range []*node{a, b} {
		if v.typ.unknown() || texts && v.typ.kind == stringKind || !texts && v.typ.isNumber() {
			continue
		}
		at := c.whole([]ast.Node{n.Left, n.Right}[i])
		switch {
		case texts && v.typ.isNumber():
			return c.wrong(at, "text and a number cannot be added", "string(x) makes text of a number")
		case v.typ.kind == listKind:
			return c.wrong(at, "lists cannot be added", "write concat(a, b)")
		}
		return c.wrong(at, "this is "+v.typ.words()+", not a number", numberHelp(v.typ))
	}
	if texts {
		return c.graph.add(node{op: opArith, text: "+", args: []*node{a, b}, typ: typ{kind: stringKind}})
	}
	return c.arithmetic(n, a, b)
}

func (c *checker) arithmetic(n *ast.BinaryNode, a, b *node) *node {
	op := n.Operator
	if op == "^" {
		op = "**"
	}
	if (op == "%" || op == "/") && b.isConst() && b.value.IsNumber() && b.value.Float() == 0 {
		return c.wrong(c.whole(n.Right), "division by zero", "")
	}
	if op == "%" {
		for i, v := range []*node{a, b} {
			if v.typ.kind == floatKind {
				return c.wrong(c.whole([]ast.Node{n.Left, n.Right}[i]), "% needs integers", "int(x) drops the fraction")
			}
		}
	}
	return c.graph.add(node{op: opArith, text: op, args: []*node{a, b}, typ: arithmeticType(op, a.typ, b.typ)})
}

func arithmeticType(op string, a, b typ) typ {
	switch {
	case op == "/" || op == "**":
		return typ{kind: floatKind}
	case op == "+" && (a.kind == anyKind && !b.isNumber() || b.kind == anyKind && !a.isNumber()):
		return typ{kind: anyKind} // numbers or text: the alert decides
	case op == "%" || a.kind == intKind && b.kind == intKind:
		return typ{kind: intKind}
	case a.kind == floatKind || b.kind == floatKind:
		return typ{kind: floatKind}
	}
	return typ{kind: numberKind}
}

// integer checks an operand that must be an integer.
func (c *checker) integer(n ast.Node) *node {
	v := c.number(n)
	if v.typ.kind == floatKind {
		return c.wrong(c.whole(n), "this must be an integer", "int(x) drops the fraction")
	}
	return v
}

// patternFault words a regular expression's fault without its preamble.
func patternFault(err error) string {
	var fault *syntax.Error
	if errors.As(err, &fault) {
		return fault.Code.String() + ": " + fault.Expr
	}
	return err.Error()
}

package expression

import (
	"fmt"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/skysift/skysift/filter/index"
)

// doubt is something in an expression that may not be what was meant. It is
// told unless more is to be said of the whole expression.
type doubt struct {
	at            span
	message, help string
}

func (c *compilation) warnDoubts(s *source) {
	for _, d := range s.doubts {
		c.warn(s, d.at, d.message, d.help)
	}
	s.doubts = nil
}

// all is the span of the whole expression, but for the blanks at its end.
func (s *source) all() span { return span{0, len(strings.TrimRight(s.text, " \n"))} }

func (c *checker) doubt(n ast.Node, help, format string, args ...any) {
	c.source.doubts = append(c.source.doubts, doubt{c.whole(n), fmt.Sprintf(format, args...), help})
}

// doubtItself doubts a comparison of a value with itself.
func (c *checker) doubtItself(n *ast.BinaryNode, a, b *node) {
	if a == b && !a.isConst() && !a.isBad() && a.cost < maxLinted {
		c.doubt(n, "write x != nil to ask whether x is there", "%s is compared with itself", a.written())
	}
}

// both makes an and, and doubts it where no value meets its two sides.
func (c *checker) both(n *ast.BinaryNode, left, right *node) *node {
	if value, holds, _ := about(right); value != nil && !left.isBad() && left.cost < maxLinted {
		for _, before := range conjuncts(left) {
			other, also, _ := about(before)
			if other == value && !also.IsNothing() && !holds.IsNothing() && also.And(holds).IsNothing() {
				c.doubt(n, "is an or meant, or another limit?", "no value of %s meets both sides: this is always false", value.written())
				break
			}
		}
	}
	return c.graph.and(left, right)
}

// either makes an or, and doubts it where a side adds nothing, or the two sides
// leave nothing out.
func (c *checker) either(n *ast.BinaryNode, left, right *node) *node {
	if left.isBad() || right.isBad() || left.cost > maxLinted || right.cost > maxLinted {
		return c.graph.or(left, right)
	}
	before := flatten(opOr, []*node{left})
	for _, operand := range before {
		if operand == right && !right.isConst() {
			c.doubt(n.Right, "test what you mean, or leave it out", "this is tested already, on the left of the or")
			return c.graph.or(left, right)
		}
	}
	if value, holds, all := about(right); value != nil && !holds.IsNothing() {
		c.doubtSides(n, value, holds, all, before)
	}
	return c.graph.or(left, right)
}

func (c *checker) doubtSides(n *ast.BinaryNode, value *node, holds, all index.PassSet, before []*node) {
	joined := holds
	for _, operand := range before {
		other, also, _ := about(operand)
		if other != value || also.IsNothing() {
			continue
		}
		switch joined = joined.Or(also); {
		case holds.And(also.Not()).IsNothing():
			c.doubt(n.Right, "leave it out, or test what you mean", "this adds nothing: %s holds wherever it does", operand.written())
			return
		case also.And(holds.Not()).IsNothing():
			c.doubt(n.Right, "leave one of them out, or test what you mean", "beside this, %s adds nothing", operand.written())
			return
		}
	}
	if all.And(joined.Not()).IsNothing() && !value.fails {
		c.doubt(n, "is an and meant, or another limit?", "this is always true, whatever %s is", value.written())
	}
}

package expression

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/expr-lang/expr/ast"

	"github.com/skysift/skysift/filter"
)

func (c *checker) unary(n *ast.UnaryNode) *node {
	switch n.Operator {
	case "not", "!":
		return c.graph.not(c.condition(n.Node))
	case "-":
		v := c.number(n.Node)
		return c.graph.add(node{op: opNegate, args: []*node{v}, typ: numeric(v.typ)})
	}
	return c.number(n.Node)
}

// numeric returns a number's type; an unknown one becomes a number.
func numeric(t typ) typ {
	if t.isNumber() {
		return typ{kind: t.kind}
	}
	return typ{kind: numberKind}
}

func (c *checker) binary(n *ast.BinaryNode) *node {
	switch n.Operator {
	case "and", "&&":
		return c.both(n, c.condition(n.Left), c.condition(n.Right))
	case "or", "||":
		return c.either(n, c.condition(n.Left), c.condition(n.Right))
	case "==", "!=":
		return c.equality(n)
	case "<", "<=", ">", ">=":
		return c.ordering(n)
	case "in":
		return c.membership(n)
	case "contains", "startsWith", "endsWith":
		return c.text(n)
	case "matches":
		return c.matches(n)
	case "??":
		return c.coalesce(n)
	case "..":
		return c.graph.add(node{op: opRange, args: []*node{c.integer(n.Left), c.integer(n.Right)}, typ: listOf(typ{kind: intKind})})
	case "+":
		return c.plus(n)
	case "-", "*", "/", "%", "**", "^":
		return c.arithmetic(n, c.number(n.Left), c.number(n.Right))
	}
	return c.wrong(c.at(n), "unknown operator "+n.Operator, "")
}

func (c *checker) equality(n *ast.BinaryNode) *node {
	a, b := c.value(n.Left), c.value(n.Right)
	if a.typ.kind == nilKind || b.typ.kind == nilKind {
		if c.isMatches(a.typ) || c.isMatches(b.typ) {
			return c.wrong(c.whole(n), "a list of rows is never nil, but it may be empty", "write len(…) > 0, or the list by itself")
		}
		return c.graph.compare(n.Operator, a, b)
	}
	if bad := c.comparable(n, a, b); bad != nil {
		return bad
	}
	c.doubtItself(n, a, b)
	return c.graph.compare(n.Operator, a, b)
}

// comparable reports operands that are never equal, or never ordered.
func (c *checker) comparable(n *ast.BinaryNode, a, b *node) *node {
	for i, v := range []*node{a, b} {
		if k := v.typ.kind; k == listKind || k == mapKind || k == recordKind {
			at := c.whole([]ast.Node{n.Left, n.Right}[i])
			return c.wrong(at, v.typ.words()+" cannot be compared", "compare one of its values, or len(x)")
		}
	}
	if a.typ.unknown() || b.typ.unknown() || a.typ.isNumber() && b.typ.isNumber() || a.typ.kind == b.typ.kind {
		return nil
	}
	return c.wrong(c.whole(n), fmt.Sprintf("%s is compared with %s", a.typ.words(), b.typ.words()), compareHelp(a, b))
}

func compareHelp(a, b *node) string {
	for _, pair := range [][2]*node{{a, b}, {b, a}} {
		other := pair[1]
		if pair[0].typ.isNumber() && other.isConst() && other.typ.kind == stringKind {
			if v := parseNumber(other.value.Text()); v.IsNumber() {
				return "write the number without quotes"
			}
		}
		if pair[0].typ.kind == stringKind && other.isConst() && other.value.IsNumber() {
			return "it is text: write " + strconv.Quote(string(other.value.AppendJSON(nil)))
		}
		if pair[0].typ.kind == boolKind && other.typ.isNumber() {
			return "the field is true or false already"
		}
	}
	return "they are never equal"
}

func (c *checker) ordering(n *ast.BinaryNode) *node {
	a, b := c.value(n.Left), c.value(n.Right)
	for i, v := range []*node{a, b} {
		at := c.whole([]ast.Node{n.Left, n.Right}[i])
		if v.op == opConst && v.typ.kind == nilKind {
			return c.wrong(at, "nothing is less or greater than nil", "write x == nil or x != nil")
		}
		if v.typ.kind == boolKind {
			return c.wrong(at, "true and false have no order", "write == or !=, and, or")
		}
	}
	if bad := c.comparable(n, a, b); bad != nil {
		return bad
	}
	c.doubtItself(n, a, b)
	return c.graph.compare(n.Operator, a, b)
}

func (c *checker) membership(n *ast.BinaryNode) *node {
	item, list := c.value(n.Left), c.asItems(c.value(n.Right))
	switch {
	case item.isBad() || list.isBad():
		return c.graph.bad()
	case list.typ.kind == stringKind:
		return c.wrong(c.whole(n.Right), "in looks for an item in a list, and this is text", "write text contains part")
	case list.typ.kind == mapKind:
		return c.wrong(c.whole(n.Right), "in looks for an item in a list, and this is a map", `write map["key"] != nil`)
	case !list.typ.maybeList():
		return c.wrong(c.whole(n.Right), "in looks for an item in a list, and this is "+list.typ.words(), "write [a, b, c]")
	case item.typ.kind == listKind || item.typ.kind == recordKind || item.typ.kind == mapKind:
		return c.wrong(c.whole(n.Left), item.typ.words()+" cannot be an item", "write any(list, # in […])")
	}
	if !mayHold(list, item.typ) {
		return c.wrong(c.whole(n), fmt.Sprintf("%s is looked for in a list that has none", item.typ.words()), "quotes make text of a number")
	}
	return c.graph.in(item, list)
}

// mayHold reports whether a list can have an item of a type.
func mayHold(list *node, item typ) bool {
	if list.typ.item().unknown() || item.unknown() {
		return true
	}
	if !list.isConst() || len(list.value.List()) == 0 {
		return fitsType(list.typ.item(), item)
	}
	for _, constant := range list.value.List() {
		if fitsType(constantType(constant), item) {
			return true
		}
	}
	return false
}

func fitsType(candidate, item typ) bool {
	return candidate.unknown() || candidate.kind == item.kind || candidate.isNumber() && item.isNumber()
}

func (c *checker) text(n *ast.BinaryNode) *node {
	args := []*node{c.value(n.Left), c.value(n.Right)}
	for i, v := range args {
		if v.typ.kind != stringKind && !v.typ.unknown() {
			help := ""
			if i == 0 && v.typ.kind == listKind {
				help = "write item in list"
			}
			return c.wrong(c.whole([]ast.Node{n.Left, n.Right}[i]), fmt.Sprintf("%s needs text, and this is %s", n.Operator, v.typ.words()), help)
		}
	}
	return c.graph.add(node{op: opText, text: n.Operator, args: args, typ: boolean()})
}

func (c *checker) matches(n *ast.BinaryNode) *node {
	subject, pattern := c.value(n.Left), c.value(n.Right)
	switch {
	case subject.isBad() || pattern.isBad():
		return c.graph.bad()
	case subject.typ.kind != stringKind && !subject.typ.unknown():
		return c.wrong(c.whole(n.Left), "matches needs text, and this is "+subject.typ.words(), matchHelp(subject.typ))
	case !pattern.isConst() || pattern.value.Kind() != filter.String:
		return c.wrong(c.whole(n.Right), "the pattern of matches must be a constant", `write it out: matches "^ZTF1[89]"`)
	}
	if _, err := regexp.Compile(pattern.value.Text()); err != nil {
		return c.wrong(c.whole(n.Right), "bad pattern: "+patternFault(err), "patterns are RE2: no look-around, no back-references")
	}
	return c.graph.add(node{op: opMatches, text: pattern.value.Text(), args: []*node{subject}, typ: boolean()})
}

func (c *checker) coalesce(n *ast.BinaryNode) *node {
	a, b := c.value(n.Left), c.value(n.Right)
	joined := join(a.typ, b.typ)
	if joined.kind == anyKind && !a.typ.unknown() && !b.typ.unknown() {
		return c.wrong(c.whole(n), fmt.Sprintf("?? would replace %s by %s", a.typ.words(), b.typ.words()), "let both be of one kind")
	}
	return c.graph.add(node{op: opCoalesce, args: []*node{a, b}, typ: joined})
}

func matchHelp(t typ) string {
	switch {
	case t.isNumber():
		return "compare a number with < or =="
	case t.kind == listKind:
		return "write any(list, # matches …)"
	}
	return ""
}

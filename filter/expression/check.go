package expression

import (
	"fmt"

	"github.com/expr-lang/expr/ast"

	"github.com/skysift/skysift/filter"
)

// checker turns one source's syntax tree into nodes. After a mistake it goes
// on with a bad node, about which nothing more is said.
type checker struct {
	*compilation
	source *source
	lets   []binding
	level  int   // loops that enclose the place
	rows   []typ // the type of each loop's row
	// surveys marks an expression of the survey's view: it does not see
	// definitions, and what these alerts' schema lacks is missing.
	surveys bool
}

type binding struct {
	name  string
	value *node
}

// wrong reports a mistake at a place and returns the bad node.
func (c *checker) wrong(at span, message, suggestion string) *node {
	c.complain(c.source, at, message, suggestion)
	return c.graph.bad()
}

func (c *checker) at(n ast.Node) span    { return c.source.bytes(n.Location()) }
func (c *checker) whole(n ast.Node) span { return c.source.whole(n) }

// value checks an operand: a list field becomes its rows and a record a row,
// for their fields must be found wherever the value goes.
func (c *checker) value(n ast.Node) *node {
	v := c.check(n)
	if v.op == opField && v.text == viewRoot && c.view.exists() {
		return c.wrong(c.whole(n), "alert is no value by itself", "name one of its fields, such as alert.mag")
	}
	if v.op == opField {
		switch {
		case v.typ.kind == recordKind:
			return c.graph.single(v)
		case v.typ.kind == listKind && v.typ.item().kind == recordKind:
			return c.graph.items(v)
		}
	}
	return v
}

// check returns a tree's node; a field stays a path that "." may lengthen.
func (c *checker) check(n ast.Node) *node {
	switch n := n.(type) {
	case *ast.NilNode:
		return c.graph.constant(filter.Value{})
	case *ast.BoolNode:
		return c.graph.boolean(n.Value)
	case *ast.IntegerNode:
		return c.graph.constant(filter.IntOf(int64(n.Value)))
	case *ast.FloatNode:
		return c.graph.constant(filter.FloatOf(n.Value))
	case *ast.StringNode:
		return c.graph.constant(filter.StringOf(n.Value))
	case *ast.BytesNode:
		return c.graph.constant(filter.BytesOf(n.Value))
	case *ast.IdentifierNode:
		return c.name(n)
	case *ast.PointerNode:
		return c.pointer(n)
	case *ast.ChainNode:
		return c.check(n.Node)
	case *ast.MemberNode:
		return c.member(n)
	case *ast.SliceNode:
		return c.slice(n)
	case *ast.UnaryNode:
		return c.unary(n)
	case *ast.BinaryNode:
		return c.binary(n)
	case *ast.ConditionalNode:
		return c.conditional(n)
	case *ast.ArrayNode:
		return c.list(n)
	case *ast.VariableDeclaratorNode:
		return c.let(n)
	case *ast.BuiltinNode:
		return c.call(n, n.Name, n.Arguments)
	case *ast.CallNode:
		return c.callee(n)
	case *ast.MapNode:
		help := "write a list, or condition ? a : b"
		if c.source.place.Annotation >= 0 {
			help = "annotate each value under a name of its own"
		}
		return c.wrong(c.at(n), "maps cannot be written in a filter", help)
	case *ast.SequenceNode:
		return c.wrong(span{0, len(c.source.text)}, "several expressions, split by ;", "join them with and")
	}
	return c.wrong(c.at(n), "this cannot be used in a filter", "")
}

// condition checks an operand that must be true or false.
func (c *checker) condition(n ast.Node) *node {
	v := c.value(n)
	return c.asCondition(v, c.whole(n))
}

func (c *checker) asCondition(v *node, at span) *node {
	if v.typ.kind == boolKind || v.typ.unknown() {
		return v
	}
	if c.isMatches(v.typ) {
		return c.anyMatch(v)
	}
	suggestion := "compare it with something, or ask x != nil"
	if v.typ.kind == listKind {
		suggestion = "write any(list, condition) or len(list) > 0"
	}
	return c.wrong(at, "this is "+v.typ.words()+", not true or false", suggestion)
}

// number checks an operand that must be a number.
func (c *checker) number(n ast.Node) *node {
	v := c.value(n)
	if v.typ.maybeNumber() {
		return v
	}
	return c.wrong(c.whole(n), "this is "+v.typ.words()+", not a number", numberHelp(v.typ))
}

func numberHelp(t typ) string {
	switch t.kind {
	case stringKind:
		return "float(x) reads a number from text"
	case listKind:
		return "write mean(list), max(list), or last(list)"
	case boolKind:
		return "write condition ? 1 : 0"
	case recordKind:
		return "name one of its fields"
	}
	return ""
}

func (c *checker) pointer(n *ast.PointerNode) *node {
	if c.level == 0 {
		return c.wrong(c.at(n), "# outside of any(…), map(…), filter(…) and their like", "")
	}
	switch n.Name {
	case "":
		return c.graph.rowAt(c.level, c.rows[c.level-1])
	case "index":
		return c.graph.add(node{op: opPosition, level: c.level, typ: typ{kind: intKind}})
	}
	return c.wrong(c.at(n), "unknown #"+n.Name, "write # for the item, #index for its position")
}

func (c *checker) conditional(n *ast.ConditionalNode) *node {
	condition, yes, no := c.condition(n.Cond), c.value(n.Exp1), c.value(n.Exp2)
	if condition.isConst() {
		if condition.value.True() {
			return yes
		}
		return no
	}
	joined := join(yes.typ, no.typ)
	if joined.kind == anyKind && !yes.typ.unknown() && !no.typ.unknown() {
		return c.wrong(c.whole(n), fmt.Sprintf("one side is %s, the other %s", yes.typ.words(), no.typ.words()), "let both be of one kind")
	}
	return c.graph.add(node{op: opIf, args: []*node{condition, yes, no}, typ: joined})
}

// list checks a list that is written out.
func (c *checker) list(n *ast.ArrayNode) *node {
	item := typ{kind: nilKind}
	args := make([]*node, len(n.Nodes))
	for i, arg := range n.Nodes {
		args[i] = c.value(arg)
		if args[i].op == opField && args[i].typ.kind == anyKind {
			args[i] = c.graph.single(args[i])
		}
		item = join(item, args[i].typ)
	}
	return c.graph.add(node{op: opList, args: args, typ: listOf(item)})
}

// let binds a name to a value within the expression behind it. The value is
// a node like any other: wherever the name stands, it is that node.
func (c *checker) let(n *ast.VariableDeclaratorNode) *node {
	if help := habitWord(n.Name); help != "" {
		c.wrong(c.at(n), n.Name+" cannot be a name", help)
	}
	c.lets = append(c.lets, binding{n.Name, c.check(n.Value)})
	body := c.check(n.Expr)
	c.lets = c.lets[:len(c.lets)-1]
	return body
}

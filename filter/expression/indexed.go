package expression

import (
	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/index"
)

// indexer finds what of a condition an index can answer: the one value that it
// is about, its attribute, and the values of it on which the condition holds.
type indexer struct {
	graph *graph
	// level is the loop of whose items values must depend; 0: of the alert alone.
	level int
	// tests counts the tests that the condition was made of.
	tests int
	// linting takes any value, at whatever level, and makes no nodes.
	linting bool
}

// maxIndexed is how many constants a membership test has at most that an index
// answers. A longer list would take much room there, and is looked up by itself.
const maxIndexed = 1000

// of returns the value that a condition is about and the values of it on
// which the condition holds; nil where the condition is not about one value and
// constants alone.
func (x *indexer) of(n *node) (*node, index.PassSet) {
	switch n.op {
	case opCompare:
		return x.comparedWithConstant(n)
	case opMissing:
		return x.attribute(n.args[0]), index.Missing()
	case opIn:
		return x.amongConstants(n)
	case opNot:
		about, passes := x.of(n.args[0])
		return about, passes.Not()
	case opAnd, opOr:
		return x.joined(n)
	case opLoop:
		return x.quantified(n)
	}
	return nil, index.PassSet{}
}

// attribute returns the node if it can be an attribute.
func (x *indexer) attribute(n *node) *node {
	x.tests++
	if x.linting && !n.isConst() || x.level == 0 && n.needs == 1 || x.level > 0 && n.needs&(1<<x.level) != 0 {
		return n
	}
	return nil
}

func (x *indexer) comparedWithConstant(n *node) (*node, index.PassSet) {
	if !n.args[1].isConst() {
		return nil, index.PassSet{}
	}
	about, limit := x.attribute(n.args[0]), n.args[1].value
	if limit.Kind() == filter.String && n.text == "==" {
		return about, index.Text(limit.Text())
	}
	if !limit.IsNumber() || !index.Indexable(limit.Float()) {
		return nil, index.PassSet{}
	}
	switch f := limit.Float(); n.text {
	case "==":
		return about, index.Equal(f)
	case "<":
		return about, index.Less(f)
	case "<=":
		return about, index.AtMost(f)
	case ">":
		return about, index.Greater(f)
	default:
		return about, index.AtLeast(f)
	}
}

func (x *indexer) amongConstants(n *node) (*node, index.PassSet) {
	if !n.args[1].isConst() || n.args[1].value.Kind() != filter.List || x.linting && len(n.args[1].value.List()) > maxListed {
		return nil, index.PassSet{}
	}
	items := n.args[1].value.List()
	if len(items) > maxIndexed {
		return nil, index.PassSet{}
	}
	var texts []string
	var numbers []float64
	missing := false
	for _, item := range items {
		switch {
		case item.IsMissing():
			missing = true
		case item.Kind() == filter.String:
			texts = append(texts, item.Text())
		case item.IsNumber() && index.Indexable(item.Float()):
			numbers = append(numbers, item.Float())
		default:
			return nil, index.PassSet{}
		}
	}
	return x.attribute(n.args[0]), index.OneOf(texts, numbers, missing)
}

// joined joins conditions that are all about the same value.
func (x *indexer) joined(n *node) (*node, index.PassSet) {
	about, passes := x.of(n.args[0])
	for _, arg := range n.args[1:] {
		if about == nil {
			return nil, index.PassSet{}
		}
		other, more := x.of(arg)
		if other != about {
			return nil, index.PassSet{}
		}
		if n.op == opAnd {
			passes = passes.And(more)
		} else {
			passes = passes.Or(more)
		}
	}
	return about, passes
}

// quantified turns "any item's value is below a limit" into "the least value is
// below it", and so on: filters with other limits then ask about one value.
func (x *indexer) quantified(n *node) (*node, index.PassSet) {
	if n.text != "any" && n.text != "none" || n.needs != 1 || x.level > 0 || x.linting {
		return nil, index.PassSet{}
	}
	inner := indexer{graph: x.graph, level: n.level}
	about, passes, rest := inner.oneBound(conjuncts(n.args[1]))
	x.tests += inner.tests
	if about == nil {
		return nil, index.PassSet{}
	}
	which := "max"
	if below, _ := passes.Bound(); below {
		which = "min"
	}
	extreme := x.extreme(which, n, about, rest)
	if n.text == "none" {
		passes = passes.Not()
	}
	return extreme, passes
}

// oneBound finds the one conjunct that limits a value from one side, and joins
// the rest.
func (x *indexer) oneBound(conjuncts []*node) (about *node, passes index.PassSet, rest *node) {
	var others []*node
	for _, c := range conjuncts {
		value, on := x.of(c)
		if _, ok := on.Bound(); value == nil || !ok {
			others = append(others, c)
			continue
		}
		if about != nil {
			return nil, index.PassSet{}, nil
		}
		about, passes = value, on
	}
	return about, passes, x.graph.and(others...)
}

// extreme is the least or greatest that value becomes over a loop's items. What
// is added to every item's value, or taken from it, is left to the end, so that
// more filters share the loop: floating-point addition and subtraction never turn
// an order round.
func (x *indexer) extreme(which string, loop, value, condition *node) *node {
	constant := func(n *node) bool { return n.needs&(1<<loop.level) == 0 && n.typ.isNumber() }
	if value.op == opArith && (value.text == "-" || value.text == "+") && value.typ.kind == floatKind {
		a, b := value.args[0], value.args[1]
		switch {
		case constant(b) && a.typ.kind == floatKind:
			return x.arithmetic(value, x.extreme(which, loop, a, condition), b)
		case constant(a) && b.typ.kind == floatKind && value.text == "+":
			return x.arithmetic(value, a, x.extreme(which, loop, b, condition))
		case constant(a) && b.typ.kind == floatKind:
			return x.arithmetic(value, a, x.extreme(opposite(which), loop, b, condition))
		}
	}
	kind := anyKind
	if value.typ.kind == floatKind {
		kind = floatKind
	}
	return x.graph.add(node{
		op: opExtreme, text: which, args: []*node{loop.args[0], value, condition}, level: loop.level, typ: typ{kind: kind},
	})
}

func opposite(which string) string {
	if which == "min" {
		return "max"
	}
	return "min"
}

func (x *indexer) arithmetic(like, a, b *node) *node {
	return x.graph.add(node{op: opArith, text: like.text, args: []*node{a, b}, typ: like.typ})
}

package expression

import (
	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/index"
)

// attributeOf returns the value that a condition is about and the values of
// it on which the condition holds; nil where the condition is not about one
// value and constants alone, or its value is costly or may fail.
func attributeOf(n *node) (*node, index.PassSet) {
	switch n.op {
	case opCompare:
		return comparedWithConstant(n)
	case opMissing:
		return attribute(n.args[0]), index.Missing()
	case opIn:
		return amongConstants(n)
	case opNot:
		about, passes := attributeOf(n.args[0])
		return about, passes.Not()
	case opAnd, opOr:
		return joined(n)
	}
	return nil, index.PassSet{}
}

// attribute returns the node if it can be an attribute: it depends on the
// alert alone, needs no lazy field, and cannot fail.
func attribute(n *node) *node {
	if n.needs != 1 || n.lazy || n.fails {
		return nil
	}
	return n
}

func comparedWithConstant(n *node) (*node, index.PassSet) {
	if !n.args[1].isConst() {
		return nil, index.PassSet{}
	}
	about, limit := attribute(n.args[0]), n.args[1].value
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

func amongConstants(n *node) (*node, index.PassSet) {
	if !n.args[1].isConst() || n.args[1].value.Kind() != filter.List {
		return nil, index.PassSet{}
	}
	passes := index.Nothing()
	for _, item := range n.args[1].value.List() {
		switch {
		case item.IsMissing():
			passes = passes.Or(index.Missing())
		case item.Kind() == filter.String:
			passes = passes.Or(index.Text(item.Text()))
		case item.IsNumber() && index.Indexable(item.Float()):
			passes = passes.Or(index.Equal(item.Float()))
		default:
			return nil, index.PassSet{}
		}
	}
	return attribute(n.args[0]), passes
}

// joined joins conditions that are all about the same value.
func joined(n *node) (*node, index.PassSet) {
	about, passes := attributeOf(n.args[0])
	for _, arg := range n.args[1:] {
		other, more := attributeOf(arg)
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

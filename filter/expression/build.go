package expression

import (
	"math"

	"github.com/skysift/skysift/filter"
)

// The constructors of conditions bring them into one canonical form, so that
// filters share what they write differently: constants stand to the right,
// != is the opposite of ==, and nested ands and ors are one.

func boolean() typ { return typ{kind: boolKind} }

// flatten returns the operands of nested operations of one kind as one list.
func flatten(op string, args []*node) []*node {
	var flat []*node
	seen := map[int]bool{}
	for _, arg := range args {
		operands := []*node{arg}
		if arg.op == op {
			operands = arg.args
		}
		for _, operand := range operands {
			if !seen[operand.id] {
				seen[operand.id] = true
				flat = append(flat, operand)
			}
		}
	}
	return flat
}

func (g *graph) and(args ...*node) *node { return g.junction(opAnd, true, args) }
func (g *graph) or(args ...*node) *node  { return g.junction(opOr, false, args) }

// junction makes an and (neutral true) or an or (neutral false). Operands keep
// their order, for the first may guard the second.
func (g *graph) junction(op string, neutral bool, args []*node) *node {
	for _, arg := range args {
		if arg.isBad() {
			return g.bad()
		}
	}
	var kept []*node
	for _, arg := range flatten(op, args) {
		if !arg.isConst() {
			kept = append(kept, arg)
			continue
		}
		if arg.value.True() != neutral && len(kept) == 0 {
			return g.boolean(!neutral)
		}
		if arg.value.True() != neutral {
			kept = append(kept, g.boolean(!neutral))
			break
		}
	}
	if contradicts(kept) {
		return g.boolean(!neutral)
	}
	switch len(kept) {
	case 0:
		return g.boolean(neutral)
	case 1:
		if kept[0].typ.kind == boolKind {
			return kept[0]
		}
	}
	return g.add(node{op: op, args: kept, typ: boolean()})
}

// contradicts reports whether a condition stands beside its own opposite and
// neither can fail.
func contradicts(args []*node) bool {
	for _, arg := range args {
		if arg.op != opNot || arg.fails {
			continue
		}
		for _, other := range args {
			if other == arg.args[0] {
				return true
			}
		}
	}
	return false
}

func (g *graph) not(arg *node) *node {
	if arg.op == opNot && arg.args[0].typ.kind == boolKind {
		return arg.args[0]
	}
	return g.add(node{op: opNot, args: []*node{arg}, typ: boolean()})
}

func (g *graph) missing(arg *node) *node {
	if arg.isBad() {
		return g.bad()
	}
	return g.add(node{op: opMissing, args: []*node{arg}, typ: boolean()})
}

func (g *graph) compare(op string, a, b *node) *node {
	if op == "!=" {
		return g.not(g.compare("==", a, b))
	}
	if a.isConst() && !b.isConst() || (op == ">" || op == ">=") && !b.isConst() {
		a, b, op = b, a, flipped(op)
	}
	if op == "==" && b.typ.kind == nilKind {
		return g.missing(a)
	}
	if b.isConst() && b.value.IsNumber() {
		b = g.constant(integral(b.value))
	}
	return g.add(node{op: opCompare, text: op, args: []*node{a, b}, typ: boolean()})
}

func flipped(op string) string {
	switch op {
	case "<":
		return ">"
	case "<=":
		return ">="
	case ">":
		return "<"
	case ">=":
		return "<="
	}
	return op
}

func (g *graph) in(item, list *node) *node {
	if list.op == opRange {
		return g.add(node{op: opBetween, args: []*node{item, list.args[0], list.args[1]}, typ: boolean()})
	}
	if list.isConst() && list.value.Kind() == filter.List {
		list = g.setOf(list)
		switch set := list.value.List(); len(set) {
		case 0:
			return g.boolean(false)
		case 1:
			return g.compare("==", item, g.constant(set[0]))
		}
	}
	return g.add(node{op: opIn, args: []*node{item, list}, typ: boolean()})
}

func (g *graph) field(path string, t typ) *node {
	return g.add(node{op: opField, text: path, typ: t})
}

// items returns a list field's items as rows whose fields can be reached.
func (g *graph) items(field *node) *node {
	base := g.baseOf(field.text, true)
	item := typ{kind: recordKind, rows: []row{{base, field.text + "[]"}}}
	if k, known := g.names.kinds[field.text+"[]"]; !known || k == anyKind {
		item.kind = anyKind
	}
	return g.add(node{op: opItems, base: base, args: []*node{field}, typ: listOf(item)})
}

// single returns a record field as a row, so that it may stand in a list
// beside the rows of others.
func (g *graph) single(field *node) *node {
	base := g.baseOf(field.text, false)
	t := typ{kind: field.typ.kind, rows: []row{{base, field.text}}}
	return g.add(node{op: opItems, text: oneRow, base: base, args: []*node{field}, typ: t})
}

// ofView marks rows of the view, oneRow the row of a single record.
const ofView, oneRow = "view", "single"

// viewRows returns the items of the view's list as rows of their own.
func (g *graph) viewRows(list *node) *node {
	base := g.viewBase()
	item := typ{kind: recordKind, rows: []row{{base, viewHistory + "[]"}}}
	return g.add(node{op: opItems, text: ofView, base: base, args: []*node{list}, typ: listOf(item)})
}

// kept returns a value of the view, which is computed once an alert for all who
// ask.
func (g *graph) kept(path string, value *node) *node {
	if value.isBad() {
		return value
	}
	return g.add(node{op: opView, text: path, args: []*node{value}, typ: value.typ})
}

func (g *graph) rowAt(level int, t typ) *node {
	// The type is part of the key: two loops at one level differ in their rows.
	return g.add(node{op: opRow, level: level, columns: t.rows, text: t.text(), typ: t})
}

func (g *graph) slice(list, from, to *node) *node {
	if from == nil {
		from = g.constant(filter.IntOf(0))
	}
	if to == nil {
		to = g.constant(filter.IntOf(math.MaxInt64))
	}
	return g.add(node{op: opSlice, args: []*node{list, from, to}, typ: list.typ})
}

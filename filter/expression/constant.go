package expression

import (
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/skysift/skysift/filter"
)

// constantText spells a constant with its kind: 1 and 1.0 differ, as do nil
// and "nil".
func constantText(v filter.Value) string { return string(appendConstant(nil, v)) }

func appendConstant(b []byte, v filter.Value) []byte {
	switch v.Kind() {
	case filter.Bool:
		return strconv.AppendBool(b, v.True())
	case filter.Int:
		return strconv.AppendInt(b, v.Int(), 10)
	case filter.Float:
		return strconv.AppendFloat(append(b, 'f'), v.Float(), 'g', -1, 64)
	case filter.String:
		return strconv.AppendQuote(b, v.Text())
	case filter.Bytes:
		return hex.AppendEncode(append(b, 'b'), v.Bytes())
	case filter.List:
		return appendList(b, v.List())
	}
	return append(b, "nil"...)
}

func appendList(b []byte, items []filter.Value) []byte {
	b = append(b, '[')
	for i, item := range items {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = appendConstant(b, item)
	}
	return append(b, ']')
}

func (g *graph) constant(v filter.Value) *node {
	return g.add(node{op: opConst, value: v, typ: constantType(v)})
}

// absent is a value that is missing from these alerts, where others have one of
// whatever kind.
func (g *graph) absent() *node {
	missing := g.constant(filter.Value{})
	return &node{op: opConst, id: missing.id}
}

func (g *graph) boolean(b bool) *node { return g.constant(filter.BoolOf(b)) }

func constantType(v filter.Value) typ {
	switch v.Kind() {
	case filter.Missing:
		return typ{kind: nilKind}
	case filter.List:
		item := typ{kind: nilKind}
		for _, v := range v.List() {
			item = join(item, constantType(v))
		}
		return listOf(item)
	}
	return typ{kind: kindOf(v.Kind())}
}

// fold returns the constant that an operation on constants gives, nil where
// it is no such operation or does not give a scalar.
func (g *graph) fold(n *node) *node {
	switch n.op {
	case opConst, opField, opItems, opRow, opPosition, opColumn, opView, opLoop, opRange, opSlice, opRows, opBad:
		return nil
	}
	for _, arg := range n.args {
		if !arg.isConst() {
			return nil
		}
	}
	if n.op == opList {
		return g.foldList(n)
	}
	m := newMachine(0, 0)
	m.begin(&filter.Alert{})
	v := newEmitter(nil, nil).value(n)(m)
	if m.failure != nil || v.Kind() == filter.List || v.Kind() == filter.Map || v.Kind() == filter.Record {
		return nil
	}
	if v.Kind() == filter.String {
		v = filter.StringOf(strings.Clone(v.Text()))
	}
	folded := g.constant(v)
	if v.IsMissing() && n.typ.kind != nilKind {
		// Missing, but still a missing number: type checks go on.
		return &node{op: opConst, value: v, typ: n.typ, id: folded.id}
	}
	return folded
}

func (g *graph) foldList(n *node) *node {
	items := make([]filter.Value, len(n.args))
	for i, arg := range n.args {
		items[i] = arg.value
	}
	return g.constant(filter.ListOf(items))
}

// setOf returns a constant list as the set that it is in a membership test.
func (g *graph) setOf(list *node) *node {
	if made, ok := g.sets[list]; ok {
		return made
	}
	made := g.constant(filter.ListOf(canonicalSet(list.value.List())))
	g.sets[list], g.sets[made] = made, made
	return made
}

// canonicalSet returns a list's items sorted and each once: the order in
// which a membership test lists its items is no part of its meaning.
func canonicalSet(items []filter.Value) []filter.Value {
	type spelt struct {
		text string
		item filter.Value
	}
	all := make([]spelt, len(items))
	for i, item := range items {
		item = integral(item)
		all[i] = spelt{constantText(item), item}
	}
	slices.SortFunc(all, func(a, b spelt) int { return strings.Compare(a.text, b.text) })
	all = slices.CompactFunc(all, func(a, b spelt) bool { return a.text == b.text })
	set := make([]filter.Value, len(all))
	for i := range all {
		set[i] = all[i].item
	}
	return set
}

// integral turns a whole Float into the Int that compares the same.
func integral(v filter.Value) filter.Value {
	f := v.Float()
	if v.Kind() == filter.Float && f == float64(int64(f)) && f > -1<<53 && f < 1<<53 {
		return filter.IntOf(int64(f))
	}
	return v
}

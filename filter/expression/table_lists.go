package expression

import (
	"unicode/utf8"

	"github.com/skysift/skysift/filter"
)

func listFunctions() []Function {
	list := params(wantList, []string{"list"})
	return []Function{
		{Name: "len", Group: "lists", Params: params(wantAny, []string{"x"}), Doc: "How many items a list or map has, numbers an array, or characters a text. 0 for a missing list.",
			Example: "len([3, 1, 2])", Gives: "3", result: gives(intKind), build: buildLen, call: length, absent: true, numbers: true},
		{Name: "shape", Group: "lists", Params: params(wantAny, []string{"x"}),
			Doc:     "The dimensions of an array, such as an image, or of lists in lists as far as they are of one length; an empty list for what is no list.",
			Example: "shape([[3, 1, 2], [4, 5, 6]])", Gives: "[2,3]", result: func([]*node) typ { return listOf(typ{kind: intKind}) }, call: shape, numbers: true},
		{Name: "first", Group: "lists", Params: list, Doc: "First item; missing where the list is empty.", Example: "first([3, 1, 2])", Gives: "3",
			result: itemOf, call: func(_ *machine, a []filter.Value) filter.Value { return itemAt(a[0].List(), 0) }},
		{Name: "last", Group: "lists", Params: list, Doc: "Last item; missing where the list is empty.", Example: "last([3, 1, 2])", Gives: "2",
			result: itemOf, call: func(_ *machine, a []filter.Value) filter.Value { return itemAt(a[0].List(), len(a[0].List())-1) }},
		{Name: "reverse", Group: "lists", Params: list, Doc: "The list from its end to its start.", Example: "reverse([3, 1, 2])", Gives: "[2,1,3]",
			result: sameList, call: reverse},
		{Name: "concat", Group: "lists", Params: params(wantList, []string{"list", "list2"}), Repeats: true,
			Doc:     "The items of all lists. A single record joins a list as concat(prv_candidates, [candidate]).",
			Example: "concat([1], [2, 3])", Gives: "[1,2,3]", result: joinedLists, call: concat},
		{Name: "diff", Group: "lists", Params: params(wantNumbers, []string{"xs"}), Doc: "Differences of neighbours, each item less the one before it; missing beside a missing item.",
			Example: "diff([1, 4, 2])", Gives: "[3,-2]", result: sameList, call: diff},
		{Name: "pairs", Group: "lists", Params: list,
			Doc:     "Neighbours as pairs with .earlier and .later. Records are put in the order of their time (jd, mjd or midpointMjdTai) first, those without one left out; numbers keep their order.",
			Example: "map(pairs([1, 4, 2]), .later - .earlier)", Gives: "[3,-2]", build: buildPairs, call: pairs},
		{Name: "latest", Group: "lists", Params: list,
			Doc:     "The record with the greatest time (jd, mjd or midpointMjdTai), of equal times the last; missing where there is none.",
			Example: "latest(prv_candidates).magpsf", Gives: "18.5", build: buildLatest},
	}
}

func itemOf(args []*node) typ   { return args[0].typ.item() }
func sameList(args []*node) typ { return listOf(args[0].typ.item()) }

func joinedLists(args []*node) typ {
	item := typ{kind: nilKind}
	for _, arg := range args {
		item = join(item, arg.typ.item())
	}
	return listOf(item)
}

func itemAt(items []filter.Value, i int) filter.Value {
	if i < 0 || i >= len(items) {
		return filter.Value{}
	}
	return items[i]
}

// buildLen refuses what has no length.
func buildLen(c *checker, at span, args []*node) *node {
	t := args[0].typ
	if t.isNumber() || t.kind == boolKind || t.kind == recordKind {
		return c.wrong(at, "len wants a list, and this is "+t.words(), "")
	}
	return c.graph.add(node{op: opCall, text: "len", fn: c.functions["len"], args: args, typ: typ{kind: intKind}})
}

func length(_ *machine, a []filter.Value) filter.Value {
	switch v := a[0]; v.Kind() {
	case filter.List:
		return filter.IntOf(int64(len(v.List())))
	case filter.Array:
		return filter.IntOf(int64(v.Numbers().Len()))
	case filter.Map:
		return filter.IntOf(int64(len(v.Map())))
	case filter.String:
		return filter.IntOf(int64(utf8.RuneCountInString(v.Text())))
	case filter.Bytes:
		return filter.IntOf(int64(len(v.Bytes())))
	case filter.Missing:
		return filter.IntOf(0)
	}
	return filter.Value{}
}

func reverse(m *machine, a []filter.Value) filter.Value {
	items := a[0].List()
	turned := m.list(len(items))
	for i := len(items) - 1; i >= 0; i-- {
		turned = append(turned, items[i])
	}
	return filter.ListOf(turned)
}

func concat(m *machine, a []filter.Value) filter.Value {
	n := 0
	for _, list := range a {
		n += len(list.List())
	}
	joined := m.list(n)
	if m.failure != nil {
		return filter.Value{}
	}
	for _, list := range a {
		joined = append(joined, list.List()...)
	}
	return filter.ListOf(joined)
}

func diff(m *machine, a []filter.Value) filter.Value {
	items := a[0].List()
	steps := m.list(max(0, len(items)-1))
	for i := 1; i < len(items); i++ {
		steps = append(steps, subtract(items[i], items[i-1]))
	}
	return filter.ListOf(steps)
}

func pairs(m *machine, a []filter.Value) filter.Value {
	items := a[0].List()
	made := m.list(max(0, len(items)-1))
	for i := 1; i < len(items); i++ {
		// A pair is a window on the list itself.
		made = append(made, filter.ListOf(items[i-1:i+1]))
	}
	return filter.ListOf(made)
}

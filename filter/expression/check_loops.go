package expression

import (
	"fmt"
	"slices"

	"github.com/expr-lang/expr/ast"
)

// maxCost is the estimated cost of one clause, in nanoseconds, above which it
// is refused: with histories of 100 items it would take 50 ms.
const maxCost = 50e6

func sortStrings(list []string) { slices.Sort(list) }

// loop checks a function that evaluates an expression on each item of a list.
func (c *checker) loop(fn *Function, n ast.Node, args []ast.Node) *node {
	list := c.asItems(c.value(args[0]))
	if !list.typ.maybeList() {
		return c.wrong(c.whole(args[0]), fmt.Sprintf("%s wants a list, and this is %s", fn.Name, list.typ.words()), "")
	}
	if c.level == maxLevels {
		return c.wrong(c.at(n), fmt.Sprintf("loops are nested more than %d deep", maxLevels), "")
	}
	var body *node
	c.enter(list.typ.item(), func() {
		if len(args) > 1 {
			body = c.body(fn, args[1])
			return
		}
		body = c.bare(fn, c.whole(args[0]))
	})
	name := fn.Name
	if len(args) > 2 {
		order, ok := c.value(args[2]).constantText()
		if !ok || order != "asc" && order != "desc" {
			return c.wrong(c.whole(args[2]), "the order must be a constant", `write "asc" or "desc"`)
		}
		if order == "desc" {
			name += " desc"
		}
	}
	return c.looped(name, list, body, c.at(n))
}

// enter checks something inside a loop over items of a type.
func (c *checker) enter(item typ, inside func()) {
	c.level++
	c.rows = append(c.rows, item)
	inside()
	c.rows = c.rows[:len(c.rows)-1]
	c.level--
}

// bare returns the body of count(list), sum(list) and sortBy(list): the item.
func (c *checker) bare(fn *Function, at span) *node {
	item := c.graph.rowAt(c.level, c.rows[c.level-1])
	switch {
	case item.typ.kind == recordKind:
		return c.wrong(at, fn.Name+" is given a list of records", "write "+fn.Name+"(list, .field …), or len(list)")
	case fn.Name == "count":
		return c.asCondition(item, at)
	case fn.Name == "sum" && !item.typ.maybeNumber():
		return c.wrong(at, "sum wants numbers, and the items are "+item.typ.words(), "")
	}
	return item
}

func (c *checker) body(fn *Function, arg ast.Node) *node {
	if predicate, ok := arg.(*ast.PredicateNode); ok {
		arg = predicate.Node
	}
	if fn.param(1) == wantCondition {
		return c.condition(arg)
	}
	if fn.Name == "sum" {
		return c.number(arg)
	}
	v := c.value(arg)
	if k := v.typ.kind; fn.Name != "map" && (k == listKind || k == mapKind || k == recordKind) {
		return c.wrong(c.whole(arg), fmt.Sprintf("%s cannot order by %s", fn.Name, v.typ.words()), "write "+fn.Name+"(list, .field)")
	}
	return v
}

// looped makes a loop's node; c.level is the level around it.
func (c *checker) looped(name string, list, body *node, at span) *node {
	if name == "map" && isWholeColumn(list, body) {
		return body.args[1]
	}
	made := c.graph.add(node{op: opLoop, text: name, level: c.level + 1, args: []*node{list, body}, typ: loopType(name, list.typ, body.typ)})
	if made.cost > maxCost {
		return c.wrong(at, "this is too expensive: loops inside loops inside loops", "filter the lists before they are combined")
	}
	return made
}

func loopType(name string, list, body typ) typ {
	switch name {
	case "any", "all", "none", "one":
		return boolean()
	case "count", "findIndex", "findLastIndex":
		return typ{kind: intKind}
	case "sum":
		return numeric(body)
	case "map":
		return listOf(body)
	case "find", "findLast", "minBy", "maxBy":
		return list.item()
	}
	return listOf(list.item())
}

// isWholeColumn reports whether a body is nothing but a column of the view over
// all of the view's rows.
func isWholeColumn(list, body *node) bool {
	return list.op == opItems && list.text == ofView && body.op == opColumn && len(body.columns) == 1 &&
		body.isOfView(0) && body.args[0].op == opRow
}

// timeOf returns the field that tells a row's time, as a body of the loop
// that is being made.
func (c *checker) timeOf(item typ, at span) *node {
	if item.kind != recordKind && item.kind != anyKind || len(item.rows) == 0 {
		return c.wrong(at, "the items have no time", "write latest and pairs on lists of detections, last on lists of numbers")
	}
	row := c.graph.rowAt(c.level, item)
	names := []string{"jd", "mjd", "midpointMjdTai", "midPointTai"}
	if c.graph.names.open {
		return c.firstOf(row, item.rows, names, at)
	}
	for _, name := range names {
		for _, r := range item.rows {
			if _, known := c.columnType(r, name); known {
				return c.column(row, item.rows, name, at)
			}
		}
	}
	return c.wrong(at, "the items have no time: none of jd, mjd, midpointMjdTai", "write maxBy(list, .field)")
}

// firstOf is the first of some fields of a row that is not missing: without a
// schema nobody knows which of them it has.
func (c *checker) firstOf(from *node, prefixes []row, names []string, at span) *node {
	first := c.column(from, prefixes, names[0], at)
	if len(names) == 1 {
		return first
	}
	return c.graph.add(node{op: opCoalesce, args: []*node{first, c.firstOf(from, prefixes, names[1:], at)}, typ: typ{}})
}

// buildLatest makes latest(list) the maximum by time.
func buildLatest(c *checker, at span, args []*node) *node {
	var time *node
	c.enter(args[0].typ.item(), func() { time = c.timeOf(args[0].typ.item(), at) })
	return c.looped("maxBy", args[0], time, at)
}

// buildPairs makes pairs(list) the neighbours of the list in time order; a
// list of numbers is in its own order.
func buildPairs(c *checker, at span, args []*node) *node {
	list := args[0]
	if !list.typ.item().isNumber() && !list.isHistory() {
		var time *node
		c.enter(list.typ.item(), func() { time = c.timeOf(list.typ.item(), at) })
		list = c.looped("timeline", list, time, at)
	}
	pair := typ{kind: listKind, elem: &typ{}, pair: true}
	if !list.isBad() {
		item := list.typ.item()
		pair.elem = &item
	}
	return c.graph.add(node{op: opCall, text: "pairs", fn: c.functions["pairs"], args: []*node{list}, typ: listOf(pair)})
}

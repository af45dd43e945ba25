package expression

import (
	"slices"
	"strings"

	"github.com/skysift/skysift/filter"
)

// A loop keeps the frame of its level while it runs and puts it back at its
// end: a definition with a loop of the same level may stand in its body.

// quantifier returns the test of any, all, none and one; nil for other loops.
func (e *emitter) quantifier(n *node) testFunc {
	if !slices.Contains([]string{"any", "all", "none", "one"}, n.text) {
		return nil
	}
	list, level := e.valueAt(n.args[0], n.level-1), n.level
	if s := e.sieveOf(n, n.args[1]); s != nil {
		return s.quantifier(n.text, list)
	}
	body := e.testAt(n.args[1], level)
	if n.text == "one" {
		counted := e.count(list, body, level, 2)
		return func(m *machine) bool { return counted(m) == 1 }
	}
	stopAt := n.text != "all"  // the body's answer that settles the matter
	settled := n.text == "any" // and how
	return func(m *machine) bool {
		items, saved := m.itemsOf(list(m)), m.frames[level]
		result := !settled
		for i, item := range items {
			if !m.enter(level, i, item) {
				break
			}
			if body(m) == stopAt {
				result = settled
				break
			}
		}
		m.frames[level] = saved
		return result
	}
}

// count counts the items for which body holds, up to most.
func (e *emitter) count(list valueFunc, body testFunc, level, most int) func(*machine) int {
	return func(m *machine) int {
		items, saved := m.itemsOf(list(m)), m.frames[level]
		found := 0
		for i, item := range items {
			if found == most || !m.enter(level, i, item) {
				break
			}
			if body(m) {
				found++
			}
		}
		m.frames[level] = saved
		return found
	}
}

func (e *emitter) loop(n *node, level int) valueFunc {
	if test := e.quantifier(n); test != nil {
		return func(m *machine) filter.Value { return filter.BoolOf(test(m)) }
	}
	list, inner := e.valueAt(n.args[0], level), n.level
	switch n.text {
	case "count":
		if s := e.sieveOf(n, n.args[1]); s != nil {
			return s.count(list)
		}
		counted := e.count(list, e.testAt(n.args[1], inner), inner, maxTicks)
		return func(m *machine) filter.Value { return filter.IntOf(int64(counted(m))) }
	case "filter":
		if s := e.sieveOf(n, n.args[1]); s != nil {
			return s.filter(list)
		}
		return emitFilter(list, e.testAt(n.args[1], inner), inner)
	case "find", "findIndex":
		return emitFind(list, e.testAt(n.args[1], inner), inner, false, n.text == "findIndex")
	case "findLast", "findLastIndex":
		return emitFind(list, e.testAt(n.args[1], inner), inner, true, n.text == "findLastIndex")
	}
	body := e.valueAt(n.args[1], inner)
	switch n.text {
	case "map":
		if read := e.rowReader(n.args[1], inner); read != nil {
			return e.columnOf(n, level, emitColumn(list, read))
		}
		return e.columnOf(n, level, emitMap(list, body, inner))
	case "sum":
		bare := n.args[1].op == opRow && n.args[1].level == inner
		return emitSum(list, body, inner, bare)
	case "timeline":
		return emitTimeline(list, e.keysOf(n.args[1], body, inner))
	case "minBy", "maxBy":
		return emitExtreme(list, body, inner, n.text == "maxBy")
	}
	return emitSort(list, body, inner, strings.HasSuffix(n.text, "desc"))
}

func emitFilter(list valueFunc, body testFunc, level int) valueFunc {
	return func(m *machine) filter.Value {
		items, saved := m.itemsOf(list(m)), m.frames[level]
		kept := m.list(len(items))
		for i, item := range items {
			if !m.enter(level, i, item) {
				break
			}
			if body(m) {
				kept = append(kept, item)
			}
		}
		m.frames[level] = saved
		return filter.ListOf(kept)
	}
}

func emitMap(list, body valueFunc, level int) valueFunc {
	return func(m *machine) filter.Value {
		items, saved := m.itemsOf(list(m)), m.frames[level]
		made := m.list(len(items))
		for i, item := range items {
			if !m.enter(level, i, item) {
				break
			}
			made = append(made, body(m))
		}
		m.frames[level] = saved
		return filter.ListOf(made)
	}
}

// emitColumn is emitMap with a column as the body, which needs no frame.
func emitColumn(list valueFunc, read rowFunc) valueFunc {
	return func(m *machine) filter.Value {
		items := m.itemsOf(list(m))
		made := m.list(len(items))
		if m.charge(len(items)); m.failure != nil {
			return filter.Value{}
		}
		for i := range items {
			made = append(made, read(m, items[i]))
		}
		return filter.ListOf(made)
	}
}

// emitSum skips missing items; the sum of none is 0. Where the items themselves
// are added up, an array is read where it is.
func emitSum(list, body valueFunc, level int, bare bool) valueFunc {
	return func(m *machine) filter.Value {
		v := list(m)
		if numbers := v.Numbers(); numbers != nil && bare {
			return m.sumNumbers(numbers)
		}
		items, saved := m.itemsOf(v), m.frames[level]
		sum := filter.IntOf(0)
		for i, item := range items {
			if !m.enter(level, i, item) {
				break
			}
			if v := body(m); v.IsNumber() {
				sum = add(sum, v)
			}
		}
		m.frames[level] = saved
		return sum
	}
}

// emitFind gives the first item, or the last, for which body holds.
func emitFind(list valueFunc, body testFunc, level int, last, position bool) valueFunc {
	return func(m *machine) filter.Value {
		items, saved := m.itemsOf(list(m)), m.frames[level]
		var found filter.Value
		for step := range items {
			i := step
			if last {
				i = len(items) - 1 - step
			}
			if !m.enter(level, i, items[i]) {
				break
			}
			if body(m) {
				found = items[i]
				if position {
					found = filter.IntOf(int64(i))
				}
				break
			}
		}
		m.frames[level] = saved
		return found
	}
}

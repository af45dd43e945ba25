package expression

import (
	"slices"

	"github.com/skysift/skysift/filter"
)

// sieve tests all rows of a list at once, for a loop whose condition is made of
// plain tests of the row's columns: a column at a time, without a frame for each
// row. Its tests cost no ticks of their own and cannot fail.
type sieve []sift

// sift takes rows out of kept, which has a place for each row.
type sift func(m *machine, rows []filter.Value, kept []bool)

// rowsColumn is a column of the rows of one list.
type rowsColumn struct {
	base     uint32
	items    valueFunc
	declared kind
}

// sieveOf returns the sieve of a condition in a loop; nil where it is made of other
// things, or where the list is another for each item of a loop around it: a sieve
// looks at all rows, and would do so for each of them, where the ticks bound the
// rows up to the one that settles the matter.
func (e *emitter) sieveOf(loop, condition *node) sieve {
	if loop.args[0].deepest() > 0 {
		return nil
	}
	var s sieve
	for _, c := range conjuncts(condition) {
		one := e.siftOf(c, loop.level, true)
		if one == nil {
			return nil
		}
		s = append(s, one)
	}
	return s
}

// siftOf returns what keeps the rows for which the test holds, or does not.
func (e *emitter) siftOf(n *node, level int, holds bool) sift {
	switch n.op {
	case opNot:
		return e.siftOf(n.args[0], level, !holds)
	case opColumn:
		if column := e.rowsColumn(n, level); column != nil {
			return siftTrue(column, holds)
		}
	case opMissing:
		if column := e.rowsColumn(n.args[0], level); column != nil {
			return siftMissing(column, holds)
		}
	case opCompare:
		return e.siftCompared(n, level, holds)
	}
	return nil
}

// siftCompared compares a column with a constant or a field of the alert.
func (e *emitter) siftCompared(n *node, level int, holds bool) sift {
	a, b, op := n.args[0], n.args[1], n.text
	if a.deepest() < b.deepest() {
		a, b, op = b, a, flipped(op)
	}
	column := e.rowsColumn(a, level)
	if column == nil || !b.isReady() {
		return nil
	}
	return siftLimit(column, op, e.valueAt(b, 0), holds)
}

// isReady reports whether asking for the node's value once is like asking for it
// for each row: it costs no ticks and cannot fail.
func (n *node) isReady() bool {
	if n.lazy || n.fails || n.needs > 1 {
		return false
	}
	switch n.op {
	case opConst, opField, opView:
		return true
	case opIf, opCompare, opMissing, opCoalesce, opNot, opAnd, opOr:
		return !slices.ContainsFunc(n.args, func(arg *node) bool { return !arg.isReady() })
	}
	return false
}

// rowsColumn returns the column that a value is of the row at a level, where all
// rows come from one list and the column is no record; nil for any other value.
func (e *emitter) rowsColumn(n *node, level int) *rowsColumn {
	if n.op != opColumn || n.args[0].op != opRow || n.args[0].level != level || len(n.columns) != 1 || len(n.typ.rows) > 0 {
		return nil
	}
	base := n.columns[0].base
	from := e.sources(n)[base]
	switch {
	case !from.list:
		return nil
	case from.view != nil:
		return &rowsColumn{base: uint32(base) + 1, items: from.view, declared: anyKind}
	}
	slot := from.slot
	return &rowsColumn{
		base: uint32(base) + 1, items: func(m *machine) filter.Value { return m.values[slot] }, declared: from.declared,
	}
}

// at is the column's value of a row; missing where the row is of another list.
func (c *rowsColumn) at(items []filter.Value, row filter.Value) filter.Value {
	base, index := row.At()
	if base != c.base || int(index) >= len(items) {
		return filter.Value{}
	}
	if v := items[index]; v.Kind() != filter.Record {
		return conform(v, c.declared)
	}
	return items[index]
}

func siftTrue(c *rowsColumn, holds bool) sift {
	return func(m *machine, rows []filter.Value, kept []bool) {
		items := c.items(m).List()
		for i := range rows {
			kept[i] = kept[i] && c.at(items, rows[i]).True() == holds
		}
	}
}

func siftMissing(c *rowsColumn, holds bool) sift {
	return func(m *machine, rows []filter.Value, kept []bool) {
		items := c.items(m).List()
		for i := range rows {
			kept[i] = kept[i] && c.at(items, rows[i]).IsMissing() == holds
		}
	}
}

// siftLimit compares with a limit. Most limits are numbers, or texts that must be
// the row's.
func siftLimit(c *rowsColumn, op string, limit valueFunc, wanted bool) sift {
	numbers := siftNumber(c, op, limit, wanted)
	if op != "==" || c.declared != stringKind && c.declared != anyKind {
		return numbers
	}
	return func(m *machine, rows []filter.Value, kept []bool) {
		if against := limit(m); against.Kind() == filter.String {
			c.siftText(m, rows, kept, against.Text(), wanted)
		} else {
			numbers(m, rows, kept)
		}
	}
}

func (c *rowsColumn) siftText(m *machine, rows []filter.Value, kept []bool, text string, wanted bool) {
	items := c.items(m).List()
	for i := range rows {
		if kept[i] {
			v := c.at(items, rows[i])
			kept[i] = (v.Kind() == filter.String && v.Text() == text) == wanted
		}
	}
}

// siftNumber compares floats, and integers in a column of integers, with a limit of
// their kind directly, and leaves all else to the rules of comparison.
func siftNumber(c *rowsColumn, op string, limit valueFunc, wanted bool) sift {
	rules := func(v, against filter.Value) bool { return holds(op, v, against) == wanted }
	if c.declared == intKind {
		return siftAgainst(c, filter.Int, filter.Value.Int, ordered[int64](op, wanted), limit, rules)
	}
	return siftAgainst(c, filter.Float, filter.Value.Float, ordered[float64](op, wanted), limit, rules)
}

func siftAgainst[T int64 | float64](
	c *rowsColumn, native filter.Kind, read func(filter.Value) T, keep func(a, b T) bool, limit valueFunc, rules func(v, against filter.Value) bool,
) sift {
	return func(m *machine, rows []filter.Value, kept []bool) {
		items, against := c.items(m).List(), limit(m)
		direct, number := against.Kind() == native, read(against)
		for i := range rows {
			if !kept[i] {
				continue
			}
			base, index := rows[i].At()
			if direct && base == c.base && int(index) < len(items) && items[index].Kind() == native {
				kept[i] = keep(read(items[index]), number)
				continue
			}
			kept[i] = rules(c.at(items, rows[i]), against)
		}
	}
}

// ordered is whether a comparison of numbers of one kind holds as wanted.
func ordered[T int64 | float64](op string, wanted bool) func(a, b T) bool {
	switch op {
	case "<":
		return func(a, b T) bool { return a < b == wanted }
	case "<=":
		return func(a, b T) bool { return a <= b == wanted }
	case ">":
		return func(a, b T) bool { return a > b == wanted }
	case ">=":
		return func(a, b T) bool { return a >= b == wanted }
	}
	return func(a, b T) bool { return a == b == wanted }
}

// pick returns which rows the sieve keeps, on the stack m.kept: whoever asks puts it
// back to the length that it had.
func (s sieve) pick(m *machine, rows []filter.Value) []bool {
	base := len(m.kept)
	m.kept = slices.Grow(m.kept, len(rows))[:base+len(rows)]
	kept := m.kept[base:]
	for i := range kept {
		kept[i] = true
	}
	for _, one := range s {
		one(m, rows, kept)
	}
	return kept
}

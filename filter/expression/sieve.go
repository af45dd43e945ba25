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

// sieveOf returns the sieve of a loop's condition; nil where it is made of other
// things.
func (e *emitter) sieveOf(condition *node, level int) sieve {
	var s sieve
	for _, c := range conjuncts(condition) {
		one := e.siftOf(c, level, true)
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
	if column == nil || !b.isConst() && (b.op != opField || b.lazy) {
		return nil
	}
	return siftLimit(column, op, e.valueAt(b, 0), holds)
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

func siftMissing(c *rowsColumn, holds bool) sift {
	return func(m *machine, rows []filter.Value, kept []bool) {
		items := c.items(m).List()
		for i := range rows {
			kept[i] = kept[i] && c.at(items, rows[i]).IsMissing() == holds
		}
	}
}

// siftLimit compares what is of the kind that most of the column is with a limit of
// that kind directly, and leaves all else to the rules of comparison.
func siftLimit(c *rowsColumn, op string, limit valueFunc, wanted bool) sift {
	native, within := filter.Float, floatTest(op)
	if c.declared == intKind {
		native, within = filter.Int, intTest(op)
	}
	return func(m *machine, rows []filter.Value, kept []bool) {
		items, against := c.items(m).List(), limit(m)
		direct := against.Kind() == native
		for i := range rows {
			if !kept[i] {
				continue
			}
			base, index := rows[i].At()
			if direct && base == c.base && int(index) < len(items) && items[index].Kind() == native {
				kept[i] = within(&items[index], &against) == wanted
				continue
			}
			kept[i] = holds(op, c.at(items, rows[i]), against) == wanted
		}
	}
}

// floatTest compares two Floats.
func floatTest(op string) func(a, b *filter.Value) bool {
	switch op {
	case "<":
		return func(a, b *filter.Value) bool { return a.Float() < b.Float() }
	case "<=":
		return func(a, b *filter.Value) bool { return a.Float() <= b.Float() }
	case ">":
		return func(a, b *filter.Value) bool { return a.Float() > b.Float() }
	case ">=":
		return func(a, b *filter.Value) bool { return a.Float() >= b.Float() }
	}
	return func(a, b *filter.Value) bool { return a.Float() == b.Float() }
}

// intTest compares two Ints.
func intTest(op string) func(a, b *filter.Value) bool {
	switch op {
	case "<":
		return func(a, b *filter.Value) bool { return a.Int() < b.Int() }
	case "<=":
		return func(a, b *filter.Value) bool { return a.Int() <= b.Int() }
	case ">":
		return func(a, b *filter.Value) bool { return a.Int() > b.Int() }
	case ">=":
		return func(a, b *filter.Value) bool { return a.Int() >= b.Int() }
	}
	return func(a, b *filter.Value) bool { return a.Int() == b.Int() }
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

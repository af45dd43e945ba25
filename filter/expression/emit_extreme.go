package expression

import (
	"math"

	"github.com/skysift/skysift/filter"
)

// extreme gives the least or greatest number that the value has over the items
// for which the condition holds; missing where there is none. Value and condition
// are evaluated on every item, so that it fails where any test of them might. An
// infinite value makes it fail too: with infinities, what is added to the extreme is
// not the extreme of what is added to each.
func (e *emitter) extreme(n *node, level int) valueFunc {
	list := e.valueAt(n.args[0], level)
	if extreme := e.columnExtreme(n, list); extreme != nil {
		return extreme
	}
	body, condition := e.valueAt(n.args[1], n.level), e.testAt(n.args[2], n.level)
	inner, greatest := n.level, n.text == "max"
	return func(m *machine) filter.Value {
		items, saved := m.itemsOf(list(m)), m.frames[inner]
		var best filter.Value
		for i, item := range items {
			if !m.enter(inner, i, item) {
				break
			}
			v, counts := body(m), condition(m)
			if v.IsNumber() && math.IsInf(v.Float(), 0) {
				m.fail(ErrBudget)
			}
			if !counts || !v.IsNumber() {
				continue
			}
			if sign, ok := order(v, best); !ok || sign != 0 && (sign > 0) == greatest {
				best = v
			}
		}
		m.frames[inner] = saved
		return best
	}
}

// plainColumn returns the column that the value is of the items of a list field,
// or of the view's, in their order; nil unless it is one of floats.
func (e *emitter) plainColumn(list, value *node, level int) valueFunc {
	if list.op != opItems || list.text == oneRow || value.op != opColumn || value.typ.kind != floatKind || len(value.columns) != 1 {
		return nil
	}
	row := value.args[0]
	if row.op != opRow || row.level != level || value.columns[0].base != list.base || !e.bases[list.base].list {
		return nil
	}
	if value.isOfView(0) {
		return e.value(value.args[1])
	}
	slot := e.slots[value.columns[0].path]
	return func(m *machine) filter.Value { return m.values[slot] }
}

// columnExtreme is extreme for a column of floats, of all rows or of those that a
// sieve keeps; nil for all else. An item of another kind than the schema's makes it
// fail, and the tests are done one by one.
func (e *emitter) columnExtreme(n *node, list valueFunc) valueFunc {
	column := e.rowsColumn(n.args[1], n.level)
	if column == nil || n.args[1].typ.kind != floatKind {
		return nil
	}
	var s sieve
	if !n.args[2].isConst() {
		if s = e.sieveOf(n, n.args[2]); s == nil {
			return nil
		}
	}
	sign := 1.0
	if n.text == "max" {
		sign = -1
	}
	return func(m *machine) filter.Value {
		rows, kept := s.sift(m, list)
		defer m.release(kept)
		m.charge(len(rows))
		best, ok := column.least(column.items(m).List(), rows, kept, sign)
		if !ok {
			return m.fail(ErrBudget)
		}
		if math.IsInf(best, 0) { // of no row
			return filter.Value{}
		}
		return filter.FloatOf(best)
	}
}

// least is the least finite number of the rows that are kept, or with the sign turned
// round the greatest, and infinite of none; not ok where any row has another
// thing than a finite number, or nothing.
func (c *rowsColumn) least(items, rows []filter.Value, kept []bool, sign float64) (best float64, ok bool) {
	best = math.Inf(1)
	for i := range rows {
		base, index := rows[i].At()
		if base != c.base || int(index) >= len(items) {
			return 0, false
		}
		f := sign * items[index].Float()
		if items[index].Kind() != filter.Float || f > math.MaxFloat64 || f < -math.MaxFloat64 {
			if items[index].IsMissing() {
				continue
			}
			return 0, false
		}
		if kept[i] && f < best {
			best = f
		}
	}
	return sign * best, true
}

// columnOf is map(list, .column) where the column needs no change: it is the
// column.
func (e *emitter) columnOf(n *node, level int, otherwise valueFunc) valueFunc {
	items := e.plainColumn(n.args[0], n.args[1], n.level)
	if items == nil {
		return otherwise
	}
	list := e.valueAt(n.args[0], level)
	return func(m *machine) filter.Value {
		rows := list(m).List()
		column := items(m).List()
		if len(rows) != len(column) || m.failure != nil || m.ticks+len(rows) > maxTicks {
			return otherwise(m)
		}
		for i := range column {
			if k := column[i].Kind(); k != filter.Float && k != filter.Missing || rows[i].Kind() != filter.Record {
				return otherwise(m)
			}
		}
		m.charge(len(rows))
		return filter.ListOf(column)
	}
}

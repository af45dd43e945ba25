package expression

import (
	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/sky"
)

// field reads a slot. An alert may bring another kind than the schema says:
// an integer where a float is declared is widened, a whole float where an
// integer is declared becomes one, and every other clash is missing.
func (e *emitter) field(n *node) valueFunc {
	slot, declared := e.slots[n.text], n.typ.kind
	if n.lazy {
		return func(m *machine) filter.Value {
			if !m.load() {
				return filter.Value{}
			}
			return conform(m.values[slot], declared)
		}
	}
	if declared == anyKind {
		return func(m *machine) filter.Value { return m.values[slot] }
	}
	return func(m *machine) filter.Value { return conform(m.values[slot], declared) }
}

func conform(v filter.Value, declared kind) filter.Value {
	found := v.Kind()
	switch {
	case declared == anyKind || found == filter.Missing || kindOf(found) == declared:
		return v
	case declared == floatKind && found == filter.Int:
		return filter.FloatOf(float64(v.Int()))
	case declared == intKind && found == filter.Float:
		return wholeOrSame(v)
	case declared == numberKind && v.IsNumber():
		return v
	}
	return filter.Value{}
}

func wholeOrSame(v filter.Value) filter.Value {
	if whole := truncate(v.Float()); whole.Kind() == filter.Int && orderIntFloat(whole.Int(), v.Float()) == 0 {
		return whole
	}
	return v
}

// Rows number their bases from 1: 0 is a record that is no row.

// items reads a list of records as rows that name their base, or a single
// record as such a row; what is no record stays as it is.
func (e *emitter) items(n *node) valueFunc {
	base := uint32(n.base) + 1
	if n.text == ofView {
		return emitViewRows(base, e.value(n.args[0]))
	}
	if n.text == oneRow {
		field := e.field(n.args[0])
		return func(m *machine) filter.Value {
			v := field(m)
			if v.Kind() == filter.Record || v.Kind() == filter.Map { // a map where no schema says which it is
				return filter.RecordAt(base, 0)
			}
			return v
		}
	}
	slot, declared := e.slots[n.args[0].text], n.args[0].typ.kind
	return func(m *machine) filter.Value {
		if !m.load() {
			return filter.Value{}
		}
		v := conform(m.values[slot], declared)
		if v.Kind() != filter.List {
			return v
		}
		m.charge(len(v.List()))
		rows := m.list(len(v.List()))
		for i, item := range v.List() {
			if i == cap(rows) {
				break
			}
			if item.Kind() == filter.Record {
				item = filter.RecordAt(base, uint32(i))
			}
			rows = append(rows, item)
		}
		return filter.ListOf(rows)
	}
}

// columnSource tells where a row's column is: in a slot of its own for a single
// record, at the row's index in the slot's list for the item of a list.
type columnSource struct {
	slot int // -1: rows of this base do not have the column
	// catalogue has the column of that number, where the row is a match.
	catalogue *sky.Catalogue
	number    int
	view      valueFunc // the column, where the view has it
	// one is that column for one item alone, where no other is asked for.
	one      func(m *machine, index int) filter.Value
	list     bool
	lazy     bool // and no list was read before, which would have loaded it
	declared kind
	native   filter.Kind // the one that values of the declared kind have
}

func (e *emitter) column(n *node, level int) valueFunc {
	sources := e.sources(n)
	if quick := e.rowColumn(n, sources); quick != nil {
		return quick
	}
	read := reader(n, sources)
	if n.args[0].op == opRow {
		at := n.args[0].level
		return func(m *machine) filter.Value { return read(m, m.frames[at].row) }
	}
	row := e.valueAt(n.args[0], level)
	return func(m *machine) filter.Value { return read(m, row(m)) }
}

// rowFunc reads something of a row.
type rowFunc func(m *machine, row filter.Value) filter.Value

// rowReader returns what reads a loop's body of a row alone, where it is a column
// of the row that the loop at a level is at; nil for any other body.
func (e *emitter) rowReader(body *node, level int) rowFunc {
	if body.op != opColumn || body.args[0].op != opRow || body.args[0].level != level {
		return nil
	}
	return reader(body, e.sources(body))
}

// reader reads the column from whichever base the row is of.
func reader(n *node, sources []columnSource) rowFunc {
	record := len(n.typ.rows) > 0
	return func(m *machine, at filter.Value) filter.Value {
		if at.Kind() != filter.Record {
			return filter.Value{}
		}
		base, index := at.At()
		if base == 0 || int(base) > len(sources) {
			return filter.Value{}
		}
		from := &sources[base-1]
		if from.list && from.slot >= 0 && !from.lazy { // as most are
			items := m.values[from.slot].List()
			if int(index) < len(items) && !record && items[index].Kind() == from.native {
				return items[index]
			}
		}
		v := from.read(m, int(index))
		if v.Kind() == filter.Record && record {
			return at // its fields are the row's own, one step deeper
		}
		return v
	}
}

// read returns the column's value of the row at an index, as it was declared.
func (from *columnSource) read(m *machine, index int) filter.Value {
	switch {
	case from.catalogue != nil:
		return m.matched(from, index)
	case from.one != nil:
		return from.one(m, index)
	case from.view != nil:
		return itemAt(from.view(m).List(), index)
	case from.slot < 0, from.lazy && !m.load():
		return filter.Value{}
	}
	v := m.values[from.slot]
	if from.list {
		v = itemAt(v.List(), index)
	}
	if v.Kind() == filter.Record {
		return v
	}
	return conform(v, from.declared)
}

// rowColumn reads a column of the row that a loop is at, where all rows come
// from one list and the column is no record; nil for any other column.
func (e *emitter) rowColumn(n *node, sources []columnSource) valueFunc {
	row := n.args[0]
	if row.op != opRow || len(n.columns) != 1 || len(n.typ.rows) > 0 || !sources[n.columns[0].base].list {
		return nil
	}
	base, at := uint32(n.columns[0].base)+1, row.level
	if column := sources[base-1].view; column != nil {
		return func(m *machine) filter.Value {
			found, index := m.frames[at].row.At()
			if found != base {
				return filter.Value{}
			}
			return itemAt(column(m).List(), int(index))
		}
	}
	slot, declared := sources[base-1].slot, sources[base-1].declared
	return func(m *machine) filter.Value {
		found, index := m.frames[at].row.At()
		items := m.values[slot].List()
		if found != base || int(index) >= len(items) {
			return filter.Value{}
		}
		if v := items[index]; v.Kind() != filter.Record {
			return conform(v, declared)
		}
		return items[index]
	}
}

func (e *emitter) sources(n *node) []columnSource {
	sources := make([]columnSource, len(e.bases))
	for i := range sources {
		sources[i].slot = -1
	}
	for i, column := range n.columns {
		if from := e.bases[column.base].catalogue; from != nil {
			number, _, _ := from.Column(nameOfColumn(column.path))
			sources[column.base] = columnSource{catalogue: from, number: number}
			continue
		}
		if n.isOfView(i) {
			sources[column.base] = e.columnOfView(n)
			continue
		}
		list, k := e.bases[column.base].list, n.kinds[i]
		lazy := !list && (k == listKind || k == bytesKind)
		sources[column.base] = columnSource{slot: e.slots[column.path], list: list, lazy: lazy, declared: k, native: nativeKind(k)}
	}
	return sources
}

package expression

import (
	"slices"

	"github.com/skysift/skysift/filter"
)

// view computes a value of the view once an alert, with ticks of its own: what a
// clause may take depends neither on how the survey fills its view nor on who
// asks first. A value that ran out of ticks is missing, and each clause that asks
// for it fails.
func (e *emitter) view(n *node) valueFunc {
	if kept, ok := e.shared[n]; ok {
		return kept
	}
	compute, slot := e.valueAt(n.args[0], 0), e.memos
	e.memos++
	kept := func(m *machine) filter.Value {
		kept := &m.memo[slot]
		if kept.id != m.frames[0].id {
			m.look(slot, compute)
			kept = &m.memo[slot]
		}
		if kept.failure != nil {
			m.fail(kept.failure)
		}
		return kept.value
	}
	e.shared[n] = kept
	return kept
}

// look computes a value of the view for the alert in hand.
func (m *machine) look(slot int, compute valueFunc) {
	ticks, failure := m.ticks, m.failure
	m.ticks, m.failure = 0, nil
	v := compute(m)
	if m.failure != nil {
		v = filter.Value{}
	}
	m.memo[slot] = memo{m.frames[0].id, v, 0, m.failure}
	m.ticks, m.failure = ticks, failure
}

// emitViewRows numbers the rows of the view: row i is that of item i.
func emitViewRows(base uint32, list valueFunc) valueFunc {
	return func(m *machine) filter.Value {
		n := len(list(m).List())
		if m.charge(n); n > maxTicks {
			return filter.Value{}
		}
		for i := len(m.rows); i < n; i++ {
			m.rows = append(m.rows, filter.RecordAt(base, uint32(i)))
		}
		return filter.ListOf(m.rows[:n:n])
	}
}

// columnOfView tells where a column of the view is. Outside of loops one item is
// asked for, and the others' values may never be needed.
func (e *emitter) columnOfView(column *node) columnSource {
	from := columnSource{slot: -1, list: true}
	loop := column.args[1].args[0]
	if column.args[0].deepest() == 0 && loop.op == opLoop && loop.text == "map" {
		from.one = e.itemOfView(loop)
	} else {
		from.view = e.value(column.args[1])
	}
	return from
}

// itemOfView computes what a loop over the history would for one item, with ticks of
// its own as the loop has.
func (e *emitter) itemOfView(loop *node) func(m *machine, index int) filter.Value {
	level := loop.level
	list, body := e.valueAt(loop.args[0], level-1), e.valueAt(loop.args[1], level)
	return func(m *machine, index int) (v filter.Value) {
		items := list(m).List()
		if index >= len(items) {
			return v
		}
		ticks, frame := m.ticks, m.frames[level]
		m.ticks = 0
		if m.enter(level, index, items[index]) {
			v = body(m)
		}
		m.ticks, m.frames[level] = ticks, frame
		return v
	}
}

// keysOf returns what appends the items whose key is there to m.keyed, and whether
// they are in order and all of them.
func (e *emitter) keysOf(body *node, value valueFunc, level int) func(m *machine, items []filter.Value) bool {
	read := e.rowReader(body, level)
	return func(m *machine, items []filter.Value) bool {
		saved, inOrder := m.frames[level], true
		m.charge(4 * len(items))
		for i := range items {
			var key filter.Value
			if read != nil {
				m.charge(1)
				key = read(m, items[i])
			} else if m.enter(level, i, items[i]) {
				key = value(m)
			}
			if m.failure != nil {
				break
			}
			if key.IsMissing() {
				inOrder = false
				continue
			}
			if n := len(m.keyed); i > 0 && inOrder {
				inOrder = inTime(m.keyed[n-1].key, key)
			}
			m.keyed = append(m.keyed, keyed{key, items[i]})
		}
		m.frames[level] = saved
		return inOrder
	}
}

// inTime reports whether one key comes before the next, or at the same time.
func inTime(a, b filter.Value) bool {
	if a.Kind() == filter.Float && b.Kind() == filter.Float {
		return a.Float() <= b.Float()
	}
	return orderKeys(keyed{key: a}, keyed{key: b}) <= 0
}

// emitTimeline puts items in the order of their keys and leaves out those whose
// key is missing. Histories mostly come so: then the list is itself the answer.
func emitTimeline(list valueFunc, keys func(*machine, []filter.Value) bool) valueFunc {
	return func(m *machine) filter.Value {
		v := m.listed(list(m))
		base := len(m.keyed)
		if keys(m, v.List()) {
			m.keyed = m.keyed[:base]
			return filter.ListOf(v.List())
		}
		slices.SortStableFunc(m.keyed[base:], orderKeys)
		ordered := m.list(len(m.keyed) - base)
		for _, k := range m.keyed[base:] {
			ordered = append(ordered, k.item)
		}
		m.keyed = m.keyed[:base]
		return filter.ListOf(ordered)
	}
}

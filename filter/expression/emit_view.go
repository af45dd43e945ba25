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

// emitTimeline puts items in the order of their keys and leaves out those whose
// key is missing. Histories mostly come in order.
func emitTimeline(list, body valueFunc, level int) valueFunc {
	return func(m *machine) filter.Value {
		items, saved := m.itemsOf(list(m)), m.frames[level]
		base, sorted := len(m.keyed), true
		for i, item := range items {
			if !m.enter(level, i, item) {
				break
			}
			key := body(m)
			if key.IsMissing() {
				continue
			}
			next := keyed{key, item}
			if n := len(m.keyed); n > base && sorted {
				sorted = orderKeys(m.keyed[n-1], next) <= 0
			}
			m.keyed = append(m.keyed, next)
		}
		m.frames[level] = saved
		m.charge(4 * len(items))
		if !sorted {
			slices.SortStableFunc(m.keyed[base:], orderKeys)
		}
		ordered := m.list(len(m.keyed) - base)
		for _, k := range m.keyed[base:] {
			ordered = append(ordered, k.item)
		}
		m.keyed = m.keyed[:base]
		return filter.ListOf(ordered)
	}
}

package expression

import "github.com/skysift/skysift/filter"

// compare returns a comparison's test. Most clauses of most filters are
// "field < constant", so that form reads its slot directly.
func (e *emitter) compare(n *node, level int) testFunc {
	a, b, op := n.args[0], n.args[1], n.text
	if b.isConst() && b.value.IsNumber() && exactFloat(b.value) {
		if a.op == opField && !a.lazy && (a.typ.kind == floatKind || a.typ.kind == anyKind) {
			return compareSlot(e.slots[a.text], a.typ.kind, op, b.value)
		}
		return compareConst(e.valueAt(a, level), op, b.value)
	}
	x, y := e.valueAt(a, level), e.valueAt(b, level)
	return func(m *machine) bool { return holds(op, x(m), y(m)) }
}

func exactFloat(v filter.Value) bool {
	return v.Kind() == filter.Float || v.Int() > -1<<53 && v.Int() < 1<<53
}

func compareSlot(slot int, declared kind, op string, limit filter.Value) testFunc {
	f := limit.Float()
	slow := func(v filter.Value) bool { return holds(op, conform(v, declared), limit) }
	switch op {
	case "<":
		return func(m *machine) bool {
			v := m.values[slot]
			if v.Kind() != filter.Float {
				return slow(v)
			}
			return v.Float() < f
		}
	case "<=":
		return func(m *machine) bool {
			v := m.values[slot]
			if v.Kind() != filter.Float {
				return slow(v)
			}
			return v.Float() <= f
		}
	case ">":
		return func(m *machine) bool {
			v := m.values[slot]
			if v.Kind() != filter.Float {
				return slow(v)
			}
			return v.Float() > f
		}
	case ">=":
		return func(m *machine) bool {
			v := m.values[slot]
			if v.Kind() != filter.Float {
				return slow(v)
			}
			return v.Float() >= f
		}
	}
	return func(m *machine) bool { return slow(m.values[slot]) }
}

func compareConst(x valueFunc, op string, limit filter.Value) testFunc {
	f := limit.Float()
	return func(m *machine) bool {
		v := x(m)
		if v.Kind() != filter.Float {
			return holds(op, v, limit)
		}
		switch op {
		case "<":
			return v.Float() < f
		case "<=":
			return v.Float() <= f
		case ">":
			return v.Float() > f
		case ">=":
			return v.Float() >= f
		}
		return v.Float() == f
	}
}

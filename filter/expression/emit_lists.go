package expression

import (
	"math"

	"github.com/skysift/skysift/filter"
)

func emitArithmetic(n *node, a, b valueFunc) valueFunc {
	switch n.text {
	case "+":
		return func(m *machine) filter.Value {
			x, y := a(m), b(m)
			if x.Kind() == filter.String && y.Kind() == filter.String {
				return m.join(x.Text(), y.Text())
			}
			return add(x, y)
		}
	case "-":
		return func(m *machine) filter.Value { return subtract(a(m), b(m)) }
	case "*":
		return func(m *machine) filter.Value { return multiply(a(m), b(m)) }
	case "/":
		return func(m *machine) filter.Value { return divide(a(m), b(m)) }
	case "%":
		return func(m *machine) filter.Value { return remainder(a(m), b(m)) }
	}
	return func(m *machine) filter.Value { return power(a(m), b(m)) }
}

func emitList(args []valueFunc) valueFunc {
	return func(m *machine) filter.Value {
		m.charge(len(args))
		items := m.list(len(args))
		for _, arg := range args {
			items = append(items, arg(m))
		}
		return filter.ListOf(items)
	}
}

func emitRange(from, to valueFunc) valueFunc {
	return func(m *machine) filter.Value {
		a, b := from(m), to(m)
		if a.Kind() != filter.Int || b.Kind() != filter.Int || b.Int() < a.Int() {
			return filter.Value{}
		}
		length := uint64(b.Int()) - uint64(a.Int()) + 1
		if length == 0 || length > maxTicks {
			return m.fail(ErrBudget)
		}
		m.charge(int(length))
		items := m.list(int(length))
		for i := range int64(length) {
			items = append(items, filter.IntOf(a.Int()+i))
		}
		return filter.ListOf(items)
	}
}

// emitIndex counts from the end where the index is negative. Beyond either end
// the clause fails; a missing index, or a value that is no list, gives missing.
func emitIndex(list, index valueFunc) valueFunc {
	return func(m *machine) filter.Value {
		v := list(m)
		return m.itemOf(v, index(m))
	}
}

func (m *machine) itemOf(v, i filter.Value) filter.Value {
	items := v.List()
	if i.Kind() == filter.Float {
		i = wholeOrSame(i)
	}
	numbers := v.Numbers()
	if i.Kind() != filter.Int || v.Kind() != filter.List && numbers == nil && !v.IsMissing() {
		return filter.Value{}
	}
	at, length := i.Int(), int64(len(items))
	if numbers != nil {
		length = int64(numbers.Len())
	}
	if at < 0 {
		at += length
	}
	if at < 0 || at >= length {
		return m.fail(ErrIndex)
	}
	if numbers != nil {
		return numbers.At(int(at))
	}
	return items[at]
}

// emitItem is emitIndex with a constant index that counts from the start, as the
// members of pairs have it.
func emitItem(list valueFunc, at int) valueFunc {
	return func(m *machine) filter.Value {
		v := list(m)
		if items := v.List(); at < len(items) {
			return items[at]
		}
		return m.itemOf(v, filter.IntOf(int64(at)))
	}
}

// emitSlice clamps its ends to the list, as Python does.
func emitSlice(list, from, to valueFunc) valueFunc {
	return func(m *machine) filter.Value {
		v, a, b := m.listed(list(m)), from(m), to(m)
		if v.Kind() != filter.List || a.Kind() != filter.Int || b.Kind() != filter.Int {
			return filter.Value{}
		}
		items := v.List()
		start, end := clamp(a.Int(), len(items)), clamp(b.Int(), len(items))
		if start >= end {
			return filter.ListOf(nil)
		}
		return filter.ListOf(items[start:end])
	}
}

func clamp(i int64, length int) int64 {
	if i < 0 {
		i += int64(length)
	}
	return min(max(i, 0), int64(length))
}

// emitKey looks a key up in a map; the last of equal keys counts.
func emitKey(object, key valueFunc) valueFunc {
	return func(m *machine) filter.Value {
		entries, k := object(m).Map(), key(m)
		if k.Kind() != filter.String {
			return filter.Value{}
		}
		m.charge(len(entries))
		for i := len(entries) - 1; i >= 0; i-- {
			if entries[i].Key == k.Text() {
				return entries[i].Value
			}
		}
		return filter.Value{}
	}
}

// inRange reports whether v is a whole number from a to b.
func inRange(v, a, b filter.Value) bool {
	if v.Kind() == filter.Float && v.Float() != math.Trunc(v.Float()) {
		return false
	}
	return holds(">=", v, a) && holds("<=", v, b) && v.IsNumber() && a.IsNumber() && b.IsNumber()
}

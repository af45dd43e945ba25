package expression

import "github.com/skysift/skysift/filter"

// Each loop here gives what it gives item by item, and takes as many ticks: one for
// each row that it looks at.

// sift returns the items of a list and which of them the sieve keeps; the caller
// releases the latter.
func (s sieve) sift(m *machine, list valueFunc) (items []filter.Value, kept []bool) {
	items = m.itemsOf(list(m))
	return items, s.pick(m, items)
}

// release gives back the room of the rows that were sifted last.
func (m *machine) release(kept []bool) { m.kept = m.kept[:len(m.kept)-len(kept)] }

// quantifier is any, all, none or one. The loop ends at the row that settles it.
func (s sieve) quantifier(which string, list valueFunc) testFunc {
	if which == "one" {
		return func(m *machine) bool { return s.number(m, list, 2) == 1 }
	}
	stopAt := which != "all"
	settled := which == "any"
	return func(m *machine) bool {
		items, kept := s.sift(m, list)
		defer m.release(kept)
		for i := range items {
			if kept[i] == stopAt {
				m.charge(i + 1)
				return settled
			}
		}
		m.charge(len(items))
		return !settled
	}
}

// number counts the rows that are kept, up to most.
func (s sieve) number(m *machine, list valueFunc, most int) int {
	items, kept := s.sift(m, list)
	defer m.release(kept)
	found := 0
	for i := range items {
		if kept[i] {
			found++
		}
		if found == most {
			m.charge(i + 1)
			return found
		}
	}
	m.charge(len(items))
	return found
}

func (s sieve) count(list valueFunc) valueFunc {
	return func(m *machine) filter.Value { return filter.IntOf(int64(s.number(m, list, maxTicks))) }
}

func (s sieve) filter(list valueFunc) valueFunc {
	return func(m *machine) filter.Value {
		items, kept := s.sift(m, list)
		defer m.release(kept)
		room := m.list(len(items))
		m.charge(len(items))
		for i := range items {
			if kept[i] && m.failure == nil {
				room = append(room, items[i])
			}
		}
		return filter.ListOf(room)
	}
}

package expression

import (
	"slices"

	"github.com/skysift/skysift/filter"
)

// emitExtreme gives the item with the least or greatest key. Items whose key is
// missing take no part; of equal keys the last item counts.
func emitExtreme(list, body valueFunc, level int, greatest bool) valueFunc {
	return func(m *machine) filter.Value {
		items, saved := m.itemsOf(list(m)), m.frames[level]
		var found, best filter.Value
		for i, item := range items {
			if !m.enter(level, i, item) {
				break
			}
			key := body(m)
			if !key.IsNumber() && key.Kind() != filter.String {
				continue
			}
			sign, ok := order(key, best)
			if best.IsMissing() || ok && (sign == 0 || (sign > 0) == greatest) {
				found, best = item, key
			}
		}
		m.frames[level] = saved
		return found
	}
}

// emitSort orders items by their keys and keeps the order of equal ones; items
// with a missing key come last.
func emitSort(list, body valueFunc, level int, descending bool) valueFunc {
	compare := orderKeys
	if descending {
		compare = orderKeysDown
	}
	return func(m *machine) filter.Value {
		items, saved := m.itemsOf(list(m)), m.frames[level]
		base := len(m.keyed)
		for i, item := range items {
			if !m.enter(level, i, item) {
				break
			}
			key := body(m)
			m.keyed = append(m.keyed, keyed{key, item})
		}
		m.frames[level] = saved
		m.charge(4 * len(items))
		slices.SortStableFunc(m.keyed[base:], compare)
		sorted := m.list(len(items))
		for _, k := range m.keyed[base:] {
			sorted = append(sorted, k.item)
		}
		m.keyed = m.keyed[:base]
		return filter.ListOf(sorted)
	}
}

// orderKeys is a total order, also of keys of several kinds.
func orderKeys(a, b keyed) int {
	if sign, ok := order(a.key, b.key); ok {
		return sign
	}
	return keyRank(a.key) - keyRank(b.key)
}

func orderKeysDown(a, b keyed) int {
	if sign, ok := order(a.key, b.key); ok {
		return -sign
	}
	return keyRank(a.key) - keyRank(b.key)
}

func keyRank(v filter.Value) int {
	switch {
	case v.IsNumber():
		return 0
	case v.Kind() == filter.String:
		return 1
	}
	return 2
}

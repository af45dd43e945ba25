package expression

import (
	"math"

	"github.com/skysift/skysift/filter"
)

// minHashed is how many constants a list has for which looking them up is faster
// than going through them.
const minHashed = 12

// constantSet is a constant list made ready for membership tests.
//
// Invariant: a whole number that an int64 holds is in ints, however it is
// written; rest has what is neither number nor text.
type constantSet struct {
	texts  map[string]struct{}
	ints   map[int64]struct{}
	floats map[float64]struct{}
	rest   []filter.Value
}

// hashed returns a list's items as a set; nil for a list that is short.
func hashed(list filter.Value) *constantSet {
	if len(list.List()) < minHashed {
		return nil
	}
	s := &constantSet{texts: map[string]struct{}{}, ints: map[int64]struct{}{}, floats: map[float64]struct{}{}}
	for _, item := range list.List() {
		if whole, ok := wholeNumber(item); ok {
			s.ints[whole] = struct{}{}
			continue
		}
		switch item.Kind() {
		case filter.String:
			s.texts[item.Text()] = struct{}{}
		case filter.Float:
			s.floats[item.Float()] = struct{}{}
		default:
			s.rest = append(s.rest, item)
		}
	}
	return s
}

// wholeNumber returns the int64 that a number is equal to, if there is one.
func wholeNumber(v filter.Value) (int64, bool) {
	switch f := v.Float(); {
	case v.Kind() == filter.Int:
		return v.Int(), true
	case v.Kind() == filter.Float && f == math.Trunc(f) && f >= -1<<63 && f < 1<<63:
		return int64(f), true
	}
	return 0, false
}

// has reports whether some item is the same as v.
func (s *constantSet) has(v filter.Value) bool {
	found := false
	if whole, ok := wholeNumber(v); ok {
		_, found = s.ints[whole]
		return found
	}
	switch v.Kind() {
	case filter.String:
		_, found = s.texts[v.Text()]
	case filter.Float:
		_, found = s.floats[v.Float()]
	default:
		for i := 0; !found && i < len(s.rest); i++ {
			found = same(s.rest[i], v)
		}
	}
	return found
}

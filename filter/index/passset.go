package index

import (
	"math"
	"slices"

	"github.com/skysift/skysift/filter"
)

// PassSet is the set of an attribute's values on which a test holds.
//
// Invariants:
//   - cuts ascend strictly. Membership changes at each: a number is in the set
//     if below says so after one change of mind for each cut that it is not
//     less than.
//   - texts are exceptions: a text passes if it is in texts, xor otherTexts.
//   - missing is the verdict on a missing value, others that on a value which
//     is neither a number nor a text.
type PassSet struct {
	below      bool
	cuts       []float64
	texts      map[string]bool
	otherTexts bool
	missing    bool
	others     bool
}

// Nothing is the set that no value is in.
func Nothing() PassSet { return PassSet{} }

// Missing is the set of missing values.
func Missing() PassSet { return PassSet{missing: true} }

// Numbers is the set of all numbers.
func Numbers() PassSet { return PassSet{below: true} }

// Texts is the set of all texts.
func Texts() PassSet { return PassSet{otherTexts: true} }

// Less is the set of numbers below limit, Missing and texts not among them.
func Less(limit float64) PassSet {
	return PassSet{below: true, cuts: []float64{limit}}
}

// AtMost is the set of numbers up to limit.
func AtMost(limit float64) PassSet {
	return PassSet{below: true, cuts: justAfter(limit)}
}

// Greater is the set of numbers above limit.
func Greater(limit float64) PassSet {
	return PassSet{cuts: justAfter(limit)}
}

// AtLeast is the set of numbers from limit on.
func AtLeast(limit float64) PassSet {
	return PassSet{cuts: []float64{limit}}
}

// Equal is the set of one number.
func Equal(number float64) PassSet {
	return PassSet{cuts: append([]float64{number}, justAfter(number)...)}
}

// justAfter is the cut above number: none above the last.
func justAfter(number float64) []float64 {
	if math.IsInf(number, 1) {
		return nil
	}
	return []float64{math.Nextafter(number, math.Inf(1))}
}

// Text is the set of one text.
func Text(text string) PassSet {
	return PassSet{texts: map[string]bool{text: true}}
}

// OneOf is the set of some texts and numbers, and of missing values if missing.
func OneOf(texts []string, numbers []float64, missing bool) PassSet {
	s := PassSet{missing: missing}
	for _, text := range texts {
		if s.texts == nil {
			s.texts = make(map[string]bool, len(texts))
		}
		s.texts[text] = true
	}
	numbers = slices.Compact(slices.Sorted(slices.Values(numbers)))
	for _, number := range numbers {
		if last := len(s.cuts) - 1; last >= 0 && s.cuts[last] == number { // the next number after the one before
			s.cuts = s.cuts[:last]
		} else {
			s.cuts = append(s.cuts, number)
		}
		s.cuts = append(s.cuts, justAfter(number)...)
	}
	return s
}

// Not is the set of all values that are not in s, missing ones included: the
// language's `not` is a plain opposite.
func (s PassSet) Not() PassSet {
	s.below, s.otherTexts, s.missing, s.others = !s.below, !s.otherTexts, !s.missing, !s.others
	return s
}

// And is the set of the values that are in both.
func (s PassSet) And(t PassSet) PassSet {
	return combine(s, t, func(a, b bool) bool { return a && b })
}

// Or is the set of the values that are in either.
func (s PassSet) Or(t PassSet) PassSet {
	return combine(s, t, func(a, b bool) bool { return a || b })
}

// IsNothing reports whether no value is in the set.
func (s PassSet) IsNothing() bool {
	return !s.below && len(s.cuts) == 0 && len(s.texts) == 0 && !s.otherTexts && !s.missing && !s.others
}

func combine(s, t PassSet, op func(a, b bool) bool) PassSet {
	out := PassSet{
		below: op(s.below, t.below), otherTexts: op(s.otherTexts, t.otherTexts),
		missing: op(s.missing, t.missing), others: op(s.others, t.others),
		texts: combineTexts(s, t, op),
	}
	inS, inT, in := s.below, t.below, out.below
	i, j := 0, 0
	for i < len(s.cuts) || j < len(t.cuts) {
		c := nextCut(s.cuts[i:], t.cuts[j:])
		if i < len(s.cuts) && s.cuts[i] == c {
			inS, i = !inS, i+1
		}
		if j < len(t.cuts) && t.cuts[j] == c {
			inT, j = !inT, j+1
		}
		if op(inS, inT) != in {
			out.cuts, in = append(out.cuts, c), !in
		}
	}
	return out
}

// nextCut is the first cut of either list; one of them is not empty.
func nextCut(a, b []float64) float64 {
	switch {
	case len(a) == 0:
		return b[0]
	case len(b) == 0:
		return a[0]
	}
	return min(a[0], b[0])
}

func combineTexts(s, t PassSet, op func(a, b bool) bool) map[string]bool {
	otherwise := op(s.otherTexts, t.otherTexts)
	var texts map[string]bool
	for _, list := range []map[string]bool{s.texts, t.texts} {
		for text := range list {
			if op(s.hasText(text), t.hasText(text)) == otherwise {
				continue
			}
			if texts == nil {
				texts = map[string]bool{}
			}
			texts[text] = true
		}
	}
	return texts
}

func (s PassSet) hasText(text string) bool { return s.texts[text] != s.otherTexts }

// Bound reports whether s is all numbers up to some limit (below), or all from
// some limit on, and nothing else.
func (s PassSet) Bound() (below, ok bool) {
	return s.below, len(s.cuts) == 1 && len(s.texts) == 0 && !s.otherTexts && !s.missing && !s.others
}

// Has reports whether v is in the set.
func (s PassSet) Has(v filter.Value) bool {
	switch v.Kind() {
	case filter.Missing:
		return s.missing
	case filter.Int, filter.Float:
		return s.below != (place(s.cuts, v.Float())%2 == 1)
	case filter.String:
		return s.hasText(v.Text())
	}
	return s.others
}

// place is the number of cuts that number is not less than.
func place(cuts []float64, number float64) int {
	// Its steps do not depend on the number, so the processor need not guess.
	low, n := 0, len(cuts)
	for n > 1 {
		half := n >> 1
		next := low + half
		if cuts[next-1] <= number {
			low = next
		}
		n -= half
	}
	if n == 1 && cuts[low] <= number {
		low++
	}
	return low
}

// Indexable reports whether every Int, widened to float64, compares with the
// number as the Int itself does.
func Indexable(number float64) bool {
	return math.Abs(number) < 1<<53
}

package index

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/skysift/skysift/filter"
)

// Values gives an alert's attributes; Search asks only for those it needs.
// Where ok is false the value is not known, and rules nothing out.
type Values interface {
	Attribute(i int) (v filter.Value, ok bool)
}

// Search is one goroutine's way to ask an Index.
//
// Invariants:
//   - order is a permutation of the index's. It follows what was seen of the alerts
//     and changes no answer: an intersection has no order.
//   - left[i] has the filters left of word words[i]; while dense, words is not
//     kept and left[i] is of word i.
type Search struct {
	index   *Index
	scratch []uint64
	words   []int32 // positions of the words in which a filter is left
	left    []uint64
	dense   bool
	found   []int32

	order  []int
	finds  int
	sortAt int       // how many finds before the order is looked at again
	kept   []float64 // per attribute: filters left by it, over the alerts looked at
	looked float64   // filters asked about in kept
}

// How often a Search looks at what each attribute rules out, and when it sorts
// them by it first: then after four times as many alerts, and so on.
const lookEvery, firstSort = 64, 256

// NewSearch returns a Search of the index.
func (ix *Index) NewSearch() *Search {
	return &Search{
		index: ix, scratch: make([]uint64, ix.words),
		words: make([]int32, 0, ix.words), left: make([]uint64, 0, ix.words), found: make([]int32, 0, ix.filters),
		order: slices.Clone(ix.order), sortAt: firstSort, kept: make([]float64, len(ix.axes)),
	}
}

// Find returns those of the filters among whose constraints on prompt attributes
// all hold, ascending, valid until the next call. among has a bit for each
// filter; nil is all of them.
func (s *Search) Find(values Values, among []uint64) []int32 {
	if s.finds%lookEvery == 0 {
		s.look(values)
	}
	s.finds++
	s.start(among)
	for i, attribute := range s.order {
		if i%thinEvery == thinEvery-1 {
			s.thin()
		}
		if len(s.left) == 0 {
			break
		}
		if v, ok := values.Attribute(attribute); ok {
			s.intersect(s.index.axes[attribute].row(v, s.scratch))
		}
	}
	return s.collect()
}

// thinEvery is after how many attributes empty words are looked for.
const thinEvery = 4

// Narrow returns those of the found filters whose constraints on late
// attributes hold too, ascending, valid until the next call.
func (s *Search) Narrow(found []int32, values Values) []int32 {
	if len(s.index.late) == 0 || len(found) == 0 {
		return found
	}
	s.only(found)
	for _, attribute := range s.index.late {
		axis := s.index.axes[attribute]
		if !s.meets(axis.tested) {
			continue
		}
		if v, ok := values.Attribute(attribute); ok {
			s.intersect(axis.row(v, s.scratch))
		}
	}
	return s.collect()
}

// look notes how many filters each prompt attribute leaves, and now and then
// sorts the attributes by it.
func (s *Search) look(values Values) {
	for _, attribute := range s.order {
		if v, ok := values.Attribute(attribute); ok {
			s.kept[attribute] += float64(ones(s.index.axes[attribute].row(v, s.scratch)))
		}
	}
	s.looked += float64(s.index.filters)
	if s.finds < s.sortAt {
		return
	}
	s.sortAt *= 4
	slices.SortStableFunc(s.order, func(a, b int) int { return cmp.Compare(s.rank(a), s.rank(b)) })
}

func (s *Search) rank(attribute int) float64 {
	return rankOf(s.index.attributes[attribute].Cost, s.kept[attribute], s.looked)
}

func (s *Search) start(among []uint64) {
	if among == nil {
		s.dense, s.left = true, append(s.left[:0], s.index.all...)
		return
	}
	s.dense, s.left = true, append(s.left[:0], among...)
	s.thin() // they may be few
}

// only leaves the filters given, ascending.
func (s *Search) only(filters []int32) {
	s.dense, s.words, s.left = false, s.words[:0], s.left[:0]
	for _, f := range filters {
		if n := len(s.words); n == 0 || s.words[n-1] != f/64 {
			s.words, s.left = append(s.words, f/64), append(s.left, 0)
		}
		s.left[len(s.left)-1] |= 1 << (f % 64)
	}
}

// thin drops the words in which no filter is left. While most have one, it is
// faster to go through all.
func (s *Search) thin() {
	some := 0
	for _, word := range s.left {
		if word != 0 {
			some++
		}
	}
	if 2*some > len(s.left) {
		return
	}
	words := s.words[:some]
	if kept := 0; s.dense {
		for i, word := range s.left {
			if word != 0 {
				words[kept], s.left[kept] = int32(i), word
				kept++
			}
		}
	} else {
		for i, word := range s.left {
			if word != 0 {
				words[kept], s.left[kept] = s.words[i], word
				kept++
			}
		}
	}
	s.dense, s.words, s.left = false, words, s.left[:some]
}

// meets reports whether a filter that is left, in a search that is not dense,
// is in the row.
func (s *Search) meets(row []uint64) bool {
	for i, at := range s.words {
		if s.left[i]&row[at] != 0 {
			return true
		}
	}
	return false
}

// intersect keeps the filters that are in the row.
func (s *Search) intersect(row []uint64) {
	left := s.left
	if s.dense {
		row = row[:len(left)]
		for i := range left {
			left[i] &= row[i]
		}
		return
	}
	for i, at := range s.words[:len(left)] {
		left[i] &= row[at]
	}
}

func (s *Search) collect() []int32 {
	s.found = s.found[:0]
	for i, word := range s.left {
		at := int32(i)
		if !s.dense {
			at = s.words[i]
		}
		for ; word != 0; word &= word - 1 {
			s.found = append(s.found, at*64+int32(bits.TrailingZeros64(word)))
		}
	}
	return s.found
}

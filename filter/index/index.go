package index

import (
	"math/bits"
	"slices"

	"github.com/skysift/skysift/filter"
)

// Index answers which filters an alert leaves possible. It is immutable and
// may be shared; each goroutine asks through a Search of its own.
type Index struct {
	filters int
	words   int
	axes    []*axis // by attribute
	order   []int   // attributes, most selective first
	all     []uint64
}

// Constraint is one filter's test on one attribute.
type Constraint struct {
	Filter    int
	Attribute int
	Passes    PassSet
}

// Build indexes the constraints of filters 0…filters-1 on attributes
// 0…attributes-1. Several constraints of one filter on one attribute must all
// hold. memory is how many bytes the rows may take, roughly; an axis always
// has one row at least.
func Build(filters, attributes int, constraints []Constraint, memory int) *Index {
	ix := &Index{filters: filters, words: (filters + 63) / 64}
	ix.all = fullRow(ix.words, filters)
	tests := make([][]test, attributes)
	for _, c := range merged(constraints) {
		tests[c.Attribute] = append(tests[c.Attribute], test{filter: c.Filter, passes: c.Passes})
	}
	stride := strideFor(tests, ix.words, memory)
	for _, t := range tests {
		ix.axes = append(ix.axes, newAxis(ix.words, filters, t, stride))
	}
	ix.order = bySelectivity(ix.axes, ix.words)
	return ix
}

// merged joins the constraints of one filter on one attribute into one.
func merged(constraints []Constraint) []Constraint {
	type place struct{ filter, attribute int }
	at := map[place]int{}
	var out []Constraint
	for _, c := range constraints {
		key := place{c.Filter, c.Attribute}
		if i, ok := at[key]; ok {
			out[i].Passes = out[i].Passes.And(c.Passes)
			continue
		}
		at[key] = len(out)
		out = append(out, c)
	}
	return out
}

// strideFor is the smallest stride at which all rows fit in memory bytes.
func strideFor(tests [][]test, words, memory int) int {
	cuts := 0
	for _, axis := range tests {
		for _, t := range axis {
			cuts += len(t.passes.cuts)
		}
	}
	return max(1, (cuts*words*8+memory-1)/max(memory, 1))
}

// bySelectivity orders the attributes by the share of filters that their rows
// leave on average, each segment counted once, fewest first.
func bySelectivity(axes []*axis, words int) []int {
	left := make([]float64, len(axes))
	order := make([]int, len(axes))
	for i, a := range axes {
		order[i] = i
		left[i] = float64(ones(a.rows)+ones(a.missing)) / float64(max(1, len(a.rows)/max(1, words)+1))
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case left[a] < left[b]:
			return -1
		case left[a] > left[b]:
			return 1
		}
		return 0
	})
	return order
}

func ones(row []uint64) int {
	n := 0
	for _, word := range row {
		n += bits.OnesCount64(word)
	}
	return n
}

// Values gives an alert's attributes; Search asks only for those it needs.
type Values interface {
	Attribute(i int) filter.Value
}

// Search is one goroutine's way to ask an Index.
type Search struct {
	index   *Index
	scratch []uint64
	words   []int32 // positions of the words in which a filter is left
	left    []uint64
	found   []int32
}

// NewSearch returns a Search of the index.
func (ix *Index) NewSearch() *Search {
	return &Search{
		index: ix, scratch: make([]uint64, ix.words),
		words: make([]int32, 0, ix.words), left: make([]uint64, 0, ix.words),
	}
}

// Find returns the filters whose constraints all hold, ascending, valid until
// the next call.
func (s *Search) Find(values Values) []int32 {
	s.start()
	for _, attribute := range s.index.order {
		if len(s.words) == 0 {
			break
		}
		s.intersect(s.index.axes[attribute].row(values.Attribute(attribute), s.scratch))
	}
	return s.collect()
}

func (s *Search) start() {
	s.words, s.left = s.words[:0], append(s.left[:0], s.index.all...)
	for i := range s.index.all {
		s.words = append(s.words, int32(i))
	}
}

// intersect keeps the filters that are in the row. Words that become empty
// are never looked at again.
func (s *Search) intersect(row []uint64) {
	kept := 0
	words, left := s.words, s.left[:len(s.words)]
	for i, at := range words {
		if word := left[i] & row[at]; word != 0 {
			words[kept], left[kept] = at, word
			kept++
		}
	}
	s.words, s.left = words[:kept], left[:kept]
}

func (s *Search) collect() []int32 {
	s.found = s.found[:0]
	for i, at := range s.words {
		for word := s.left[i]; word != 0; word &= word - 1 {
			s.found = append(s.found, at*64+int32(bits.TrailingZeros64(word)))
		}
	}
	return s.found
}

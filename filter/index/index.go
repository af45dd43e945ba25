package index

import (
	"cmp"
	"math/bits"
	"slices"
)

// Index answers which filters an alert leaves possible. It is immutable and
// may be shared; each goroutine asks through a Search of its own.
type Index struct {
	filters    int
	words      int
	attributes []Attribute
	axes       []*axis // by attribute
	order      []int   // prompt attributes, most selective first
	late       []int   // late ones, cheapest first
	all        []uint64
}

// Attribute is a value that filters test.
type Attribute struct {
	// Cost is what it takes to compute the value, in rough nanoseconds.
	Cost float64
	// Late attributes are asked for by Narrow, and only where a filter that is
	// still possible tests them.
	Late bool
}

// Constraint is one filter's test on one attribute.
type Constraint struct {
	Filter    int
	Attribute int
	Passes    PassSet
}

// Build indexes the constraints of filters 0…filters-1 on the attributes, by
// their position. Several constraints of one filter on one attribute must all
// hold. memory is how many bytes the rows may take, roughly; an axis always
// has one row at least.
func Build(filters int, attributes []Attribute, constraints []Constraint, memory int) *Index {
	ix := &Index{filters: filters, words: (filters + 63) / 64, attributes: attributes}
	ix.all = fullRow(ix.words, filters)
	tests := make([][]test, len(attributes))
	for _, c := range merged(constraints) {
		tests[c.Attribute] = append(tests[c.Attribute], test{filter: c.Filter, passes: c.Passes})
	}
	stride := strideFor(tests, ix.words, memory)
	for _, t := range tests {
		ix.axes = append(ix.axes, newAxis(ix.words, filters, t, stride))
	}
	ix.sortAttributes()
	return ix
}

// Segments is into how many parts the tests divide the attribute's numbers.
func (ix *Index) Segments(attribute int) int { return len(ix.axes[attribute].cuts) + 1 }

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

// sortAttributes orders the prompt attributes by what it costs to rule a
// filter out, each segment counted once, and the late ones by their cost.
func (ix *Index) sortAttributes() {
	rank := make([]float64, len(ix.axes))
	for i, a := range ix.axes {
		rows := max(1, len(a.rows)/max(1, ix.words)+1)
		rank[i] = rankOf(ix.attributes[i].Cost, float64(ones(a.rows)+ones(a.missing)), float64(rows*ix.filters))
		if ix.attributes[i].Late {
			rank[i] = ix.attributes[i].Cost
			ix.late = append(ix.late, i)
		} else {
			ix.order = append(ix.order, i)
		}
	}
	byRank := func(a, b int) int { return cmp.Compare(rank[a], rank[b]) }
	slices.SortStableFunc(ix.order, byRank)
	slices.SortStableFunc(ix.late, byRank)
}

// rankOf is the cost of ruling one filter out, of which left in all remain.
func rankOf(cost, left, all float64) float64 {
	const lookUp = 40 // finding the segment, and looking at its row
	return (cost + lookUp) / max(all-left, 1e-3) * all
}

func ones(row []uint64) int {
	n := 0
	for _, word := range row {
		n += bits.OnesCount64(word)
	}
	return n
}

// Tests reports whether the filter has a constraint on the attribute.
func (ix *Index) Tests(attribute, filter int) bool {
	return ix.axes[attribute].tested[filter/64]&(1<<(filter%64)) != 0
}

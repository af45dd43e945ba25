package index

import (
	"cmp"
	"slices"

	"github.com/skysift/skysift/filter"
)

// axis is one attribute's segments with the filters that each leaves possible.
//
// Invariants:
//   - numbers has one segment more than there are cuts: segment i goes from
//     cuts[i-1] to just below cuts[i].
//   - A row is a bit set over all filters; a filter without a test on this
//     attribute is in every row.
//   - Only every stride-th segment has a row of its own; the flips lead from
//     it to the segments that follow: flips[flipStart[i]:flipStart[i+1]] are
//     the filters that change at cuts[i].
type axis struct {
	cuts      []float64
	rows      []uint64 // rows of segments 0, stride, 2·stride…, words each
	stride    int
	flipStart []int32
	flips     []int32

	texts     map[string][]uint64
	otherText []uint64
	missing   []uint64
	others    []uint64
	tested    []uint64 // the filters with a test on this attribute
}

// test is one filter's PassSet on the axis.
type test struct {
	filter int
	passes PassSet
}

// flip is one filter's change of mind at a cut.
type flip struct {
	at     float64
	filter int32
}

func newAxis(words, filters int, tests []test, stride int) *axis {
	a := &axis{stride: stride, texts: map[string][]uint64{}}
	all := fullRow(words, filters)
	a.otherText, a.missing, a.others = slices.Clone(all), slices.Clone(all), slices.Clone(all)
	below := slices.Clone(all)
	a.tested = make([]uint64, words)
	for _, t := range tests {
		a.tested[t.filter/64] |= 1 << (t.filter % 64)
		exclude(a.otherText, t.filter, t.passes.otherTexts)
		exclude(a.missing, t.filter, t.passes.missing)
		exclude(a.others, t.filter, t.passes.others)
		exclude(below, t.filter, t.passes.below)
	}
	a.addTexts(tests)
	a.addNumbers(below, sortedFlips(tests))
	return a
}

func (a *axis) addTexts(tests []test) {
	for _, t := range tests {
		for text := range t.passes.texts {
			if a.texts[text] == nil {
				a.texts[text] = slices.Clone(a.otherText)
			}
			a.texts[text][t.filter/64] ^= 1 << (t.filter % 64)
		}
	}
}

func sortedFlips(tests []test) []flip {
	var flips []flip
	for _, t := range tests {
		for _, c := range t.passes.cuts {
			flips = append(flips, flip{at: c, filter: int32(t.filter)})
		}
	}
	slices.SortFunc(flips, func(f, g flip) int { return cmp.Compare(f.at, g.at) })
	return flips
}

// addNumbers walks the axis from the row below every cut.
func (a *axis) addNumbers(row []uint64, flips []flip) {
	a.rows = append(a.rows, row...)
	row = slices.Clone(row)
	for i := 0; i < len(flips); {
		at := flips[i].at
		a.cuts = append(a.cuts, at)
		a.flipStart = append(a.flipStart, int32(len(a.flips)))
		for ; i < len(flips) && flips[i].at == at; i++ {
			a.flips = append(a.flips, flips[i].filter)
			row[flips[i].filter/64] ^= 1 << (flips[i].filter % 64)
		}
		if len(a.cuts)%a.stride == 0 {
			a.rows = append(a.rows, row...)
		}
	}
	a.flipStart = append(a.flipStart, int32(len(a.flips)))
}

// row returns the filters that the value leaves possible. scratch is a row of
// the caller's, which the answer may use.
func (a *axis) row(v filter.Value, scratch []uint64) []uint64 {
	switch v.Kind() {
	case filter.Missing:
		return a.missing
	case filter.Int, filter.Float:
		return a.segment(place(a.cuts, v.Float()), scratch)
	case filter.String:
		if row, ok := a.texts[v.Text()]; ok {
			return row
		}
		return a.otherText
	}
	return a.others
}

func (a *axis) segment(i int, scratch []uint64) []uint64 {
	words := len(scratch)
	kept := i / a.stride
	row := a.rows[kept*words : (kept+1)*words]
	first := kept * a.stride
	if first == i {
		return row
	}
	copy(scratch, row)
	for _, f := range a.flips[a.flipStart[first]:a.flipStart[i]] {
		scratch[f/64] ^= 1 << (f % 64)
	}
	return scratch
}

// fullRow has a bit for each of the filters.
func fullRow(words, filters int) []uint64 {
	row := make([]uint64, words)
	for f := range filters {
		row[f/64] |= 1 << (f % 64)
	}
	return row
}

// exclude takes the filter out of the row unless it passes.
func exclude(row []uint64, filter int, passes bool) {
	if !passes {
		row[filter/64] &^= 1 << (filter % 64)
	}
}

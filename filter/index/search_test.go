package index_test

import (
	"slices"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/index"
)

// asked are values that note who is asked for; those that are missing here are
// not known.
type asked struct {
	values map[int]filter.Value
	asked  []int
}

func (a *asked) Attribute(i int) (filter.Value, bool) {
	a.asked = append(a.asked, i)
	v, ok := a.values[i]
	return v, ok
}

// twoFilters test attribute 0, which is prompt, and one of the late attributes
// 1 and 2 each.
func twoFilters() *index.Index {
	return index.Build(2, []index.Attribute{{}, {Late: true, Cost: 9}, {Late: true, Cost: 5}}, []index.Constraint{
		{Filter: 0, Attribute: 0, Passes: index.Less(5)}, {Filter: 0, Attribute: 1, Passes: index.Less(5)},
		{Filter: 1, Attribute: 0, Passes: index.Less(8)}, {Filter: 1, Attribute: 2, Passes: index.Less(5)},
	}, 1<<20)
}

func TestLateAttributesAreAskedForOnlyWhereAFilterNeedsThem(t *testing.T) {
	s := twoFilters().NewSearch()
	for _, test := range []struct {
		prompt      float64
		asked, left []int32
	}{
		{9, nil, nil}, {6, []int32{2}, []int32{1}}, {4, []int32{2, 1}, []int32{0, 1}},
	} {
		a := &asked{values: map[int]filter.Value{0: filter.FloatOf(test.prompt), 1: filter.FloatOf(1), 2: filter.FloatOf(1)}}
		found := s.Find(a, nil)
		a.asked = nil
		left := s.Narrow(found, a)
		var got []int32
		for _, i := range a.asked {
			got = append(got, int32(i))
		}
		if !slices.Equal(got, test.asked) || !slices.Equal(left, test.left) {
			t.Errorf("%v: asked for %v, left %v", test.prompt, got, left)
		}
	}
}

func TestAnUnknownValueRulesNothingOut(t *testing.T) {
	s := twoFilters().NewSearch()
	a := &asked{values: map[int]filter.Value{2: filter.FloatOf(9)}}
	if left := s.Narrow(s.Find(a, nil), a); !slices.Equal(left, []int32{0}) {
		t.Errorf("left %v", left)
	}
}

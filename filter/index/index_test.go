package index_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/index"
)

// constants are few, so that random tests meet at equal thresholds.
var constants = []float64{math.Inf(-1), -999, -1, 0, 0.5, 1, 2, 18.5, 1<<53 - 1, math.Inf(1)}

func values() []filter.Value {
	vs := []filter.Value{
		{}, filter.BoolOf(true), filter.RecordOf(), filter.StringOf("t"), filter.StringOf("1"), filter.StringOf(""),
		filter.IntOf(0), filter.IntOf(2), filter.IntOf(math.MaxInt64), filter.IntOf(1<<53 + 1), filter.IntOf(math.MinInt64),
	}
	for _, c := range constants {
		vs = append(vs, filter.FloatOf(c), filter.FloatOf(math.Nextafter(c, math.Inf(1))), filter.FloatOf(math.Nextafter(c, math.Inf(-1))))
	}
	return vs
}

// random returns a test as a set and, written independently, as a predicate.
func random(r *rand.Rand, depth int) (index.PassSet, func(filter.Value) bool) {
	if depth > 0 && r.IntN(3) > 0 {
		a, inA := random(r, depth-1)
		b, inB := random(r, depth-1)
		switch r.IntN(3) {
		case 0:
			return a.And(b), func(v filter.Value) bool { return inA(v) && inB(v) }
		case 1:
			return a.Or(b), func(v filter.Value) bool { return inA(v) || inB(v) }
		}
		return a.Not(), func(v filter.Value) bool { return !inA(v) }
	}
	c := constants[r.IntN(len(constants))]
	switch r.IntN(8) {
	case 0:
		return index.Less(c), func(v filter.Value) bool { return v.IsNumber() && v.Float() < c }
	case 1:
		return index.AtMost(c), func(v filter.Value) bool { return v.IsNumber() && v.Float() <= c }
	case 2:
		return index.Greater(c), func(v filter.Value) bool { return v.IsNumber() && v.Float() > c }
	case 3:
		return index.AtLeast(c), func(v filter.Value) bool { return v.IsNumber() && v.Float() >= c }
	case 4:
		return index.Equal(c), func(v filter.Value) bool { return v.IsNumber() && v.Float() == c }
	case 5:
		return index.Missing(), func(v filter.Value) bool { return v.IsMissing() }
	case 6:
		return index.Text("t"), func(v filter.Value) bool { return v.Kind() == filter.String && v.Text() == "t" }
	}
	return index.Nothing(), func(filter.Value) bool { return false }
}

func TestPassSetsAreTheTestsTheyStandFor(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		set, in := random(r, 4)
		for _, v := range values() {
			if set.Has(v) != in(v) {
				t.Fatalf("%+v has %s %s: %v, want %v", set, v.Kind(), v.AppendJSON(nil), set.Has(v), in(v))
			}
		}
	}
}

func TestIntegersCompareExactlyWithEveryConstantThatIsIndexed(t *testing.T) {
	const largest = 1<<53 - 1
	if !index.Indexable(largest) || index.Indexable(largest+1) || index.Indexable(math.Inf(1)) {
		t.Error("constants up to 2^53-1 can be indexed, and no larger ones")
	}
	for _, i := range []int64{largest - 1, largest, largest + 1, largest + 2, math.MaxInt64} {
		if got, want := index.Greater(largest).Has(filter.IntOf(i)), i > largest; got != want {
			t.Errorf("%d > %d is %v", i, int64(largest), got)
		}
		if got, want := index.Equal(largest).Has(filter.IntOf(i)), i == largest; got != want {
			t.Errorf("%d == %d is %v", i, int64(largest), got)
		}
	}
}

type row []filter.Value

func (r *row) Attribute(i int) (filter.Value, bool) { return (*r)[i], true }

func TestFindGivesExactlyTheFiltersWhoseConstraintsHold(t *testing.T) {
	for _, size := range []struct{ filters, memory int }{{1, 1 << 20}, {63, 1 << 20}, {64, 1}, {65, 1000}, {500, 20000}, {500, 1 << 24}} {
		t.Run(fmt.Sprintf("%d filters in %d bytes", size.filters, size.memory), func(t *testing.T) {
			testFind(t, size.filters, size.memory)
		})
	}
}

func testFind(t *testing.T, filters, memory int) {
	const attributes = 5
	r := rand.New(rand.NewPCG(uint64(filters), uint64(memory)))
	var constraints []index.Constraint
	holds := make([][]func(row) bool, filters)
	for f := range filters {
		for range r.IntN(7) {
			attribute := r.IntN(attributes)
			set, in := random(r, 2)
			constraints = append(constraints, index.Constraint{Filter: f, Attribute: attribute, Passes: set})
			holds[f] = append(holds[f], func(v row) bool { return in(v[attribute]) })
		}
	}
	kinds := make([]index.Attribute, attributes)
	kinds[1], kinds[3].Late = index.Attribute{Cost: 100}, true
	search := index.Build(filters, kinds, constraints, memory).NewSearch()
	all := values()
	for range 2000 {
		alert := make(row, attributes)
		for i := range alert {
			alert[i] = all[r.IntN(len(all))]
		}
		var want []int32
		for f, tests := range holds {
			if !slices.ContainsFunc(tests, func(test func(row) bool) bool { return !test(alert) }) {
				want = append(want, int32(f))
			}
		}
		if got := search.Narrow(search.Find(&alert, nil), &alert); !slices.Equal(got, want) {
			t.Fatalf("found %v, want %v", got, want)
		}
	}
}

// BenchmarkFind draws thresholds at random from the attributes' own
// distribution; a filter has 3–8 of them and few alerts pass it.
func BenchmarkFind(b *testing.B) {
	for _, filters := range []int{10, 100, 1000, 10000} {
		b.Run(fmt.Sprint(filters), func(b *testing.B) {
			const attributes = 16
			r := rand.New(rand.NewPCG(7, 7))
			var constraints []index.Constraint
			for f := range filters {
				for range 3 + r.IntN(6) {
					set := index.Less(r.Float64() * 0.7)
					if r.IntN(2) == 0 {
						set = index.Greater(0.3 + r.Float64()*0.7)
					}
					constraints = append(constraints, index.Constraint{Filter: f, Attribute: r.IntN(attributes), Passes: set})
				}
			}
			search := index.Build(filters, make([]index.Attribute, attributes), constraints, 32<<20).NewSearch()
			alerts := make([]row, 1024)
			for i := range alerts {
				for range attributes {
					alerts[i] = append(alerts[i], filter.FloatOf(r.Float64()))
				}
			}
			found := 0
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				found += len(search.Find(&alerts[i%len(alerts)], nil))
			}
			b.ReportMetric(float64(found)/float64(b.N), "found/alert")
		})
	}
}

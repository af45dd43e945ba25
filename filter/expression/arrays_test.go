package expression

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
)

// evaluated is the annotation x of a filter that passes, as JSON, with xs as it
// is given; or why the filter failed.
func evaluated(t *testing.T, schema *filter.Schema, source string, xs filter.Value) string {
	t.Helper()
	set := compiled(t, Program{Schema: schema, Filters: []Filter{{Name: "f", Class: "c", Where: []string{"true"}, Annotate: []Annotation{{"x", source}}}}})
	var a filter.Alert
	a.Reset(len(set.Fields))
	for slot := range set.Fields {
		a.Values[slot] = xs
	}
	verdicts, err := set.NewEvaluator().Evaluate(&a)
	if err != nil || len(verdicts) != 1 || verdicts[0].Err != nil {
		t.Fatalf("%s: %v, %v", source, verdicts, err)
	}
	return string(verdicts[0].Annotations[0].Value.AppendJSON(nil))
}

func float64s(shape []int, xs ...float64) *filter.Numbers {
	n := &filter.Numbers{Type: filter.Float64, Shape: shape}
	for _, x := range xs {
		n.Data = binary.LittleEndian.AppendUint64(n.Data, math.Float64bits(x))
	}
	return n
}

func TestAnArrayIsTheListOfItsNumbers(t *testing.T) {
	arrays := []*filter.Numbers{
		float64s([]int{2, 3}, 3, 1, math.NaN(), -7.5, 1e300, 2),
		float64s([]int{0}),
		float64s([]int{1}, math.NaN()),
		{Type: filter.Int64, BigEndian: true, Shape: []int{2}, Data: []byte{0, 0x20, 0, 0, 0, 0, 0, 1, 0, 0x20, 0, 0, 0, 0, 0, 0}},
		{Type: filter.Uint64, Shape: []int{2}, Data: []byte{255, 255, 255, 255, 255, 255, 255, 255, 5, 0, 0, 0, 0, 0, 0, 0}},
		{Type: filter.Int16, Shape: []int{2, 2}, Data: []byte{1, 0, 255, 255, 0, 1, 7, 0}},
		{Type: filter.Float32, BigEndian: true, Shape: []int{2}, Data: []byte{0x3f, 0xc0, 0, 0, 0x7f, 0x80, 0, 0}},
	}
	sources := []string{
		"len(xs)", "mean(xs)", "min(xs)", "max(xs)", "sum(xs)", "median(xs)", "stddev(xs)", "skew(xs)", "percentile(xs, 30)",
		"max(max(xs), 2)", "min(xs, xs)", "mean(xs, 4)", "first(xs)", "last(xs)", "reverse(xs)", "diff(xs)", "concat(xs, [1])", "wmean(xs, xs)",
		"any(xs, # > 2)", "all(xs, # != nil)", "count(xs, # < 3)", "filter(xs, # > 0)", "map(xs, # * 2)", "find(xs, # < 0)", "sum(xs, # / 2)",
		"sortBy(xs, -#)", "maxBy(xs, #)", "3 in xs", "9007199254740993 in xs", "xs[:2]", "xs[-2:]", "xs == nil", "xs ?? [1]", "len(xs) > 0 ? xs[0] : 0", "len(xs) > 1 ? xs[-2] : 0",
		"slope(xs, xs)", "xs",
	}
	for _, numbers := range arrays {
		flat := &filter.Numbers{Type: numbers.Type, BigEndian: numbers.BigEndian, Shape: []int{numbers.Len()}, Data: numbers.Data}
		items := make([]filter.Value, numbers.Len())
		for i := range items {
			items[i] = numbers.At(i)
		}
		for _, schema := range []*filter.Schema{nil, {Fields: []filter.SchemaField{{Path: "xs", Kind: filter.List}}}} {
			for _, source := range sources {
				want := evaluated(t, schema, source, filter.ListOf(items))
				if got := evaluated(t, schema, source, filter.ArrayOf(flat)); got != want {
					t.Errorf("%s of %s as an array: %s, as a list: %s (schema: %v)", source, want, got, want, schema != nil)
				}
				if deep := evaluated(t, schema, source, filter.ArrayOf(numbers)); deep != want && source != "xs" && source != "xs ?? [1]" {
					t.Errorf("%s of %v: %s, want %s", source, numbers, deep, want)
				}
			}
		}
	}
}

func TestShape(t *testing.T) {
	list := func(items ...filter.Value) filter.Value { return filter.ListOf(items) }
	one := filter.IntOf(1)
	for _, c := range []struct {
		value filter.Value
		want  string
	}{
		{filter.ArrayOf(float64s([]int{2, 3}, 1, 2, 3, 4, 5, 6)), "[2,3]"}, {filter.ArrayOf(float64s([]int{0, 3})), "[0,3]"},
		{list(one, one), "[2]"}, {list(), "[0]"}, {list(list(one), list(one)), "[2,1]"}, {list(list(one), list(one, one)), "[2]"},
		{list(list(list(one, one))), "[1,1,2]"}, {one, "[]"}, {filter.Value{}, "null"},
	} {
		if got := evaluated(t, nil, "shape(xs)", c.value); got != c.want {
			t.Errorf("shape(%s) is %s, want %s", c.value.AppendJSON(nil), got, c.want)
		}
	}
}

func TestBooleansOfAnArrayCountAsNumpyCountsThem(t *testing.T) {
	mask := filter.ArrayOf(&filter.Numbers{Type: filter.Boolean, Shape: []int{4}, Data: []byte{1, 0, 0, 1}})
	for source, want := range map[string]string{"sum(xs)": "2", "mean(xs)": "0.5", "max(xs)": "1", "count(xs)": "2", "any(xs, #)": "true", "count(xs, not #)": "2", "xs[0]": "true"} {
		if got := evaluated(t, nil, source, mask); got != want {
			t.Errorf("%s is %s, want %s", source, got, want)
		}
	}
}

func TestLargeArraysAreBounded(t *testing.T) {
	large := filter.ArrayOf(&filter.Numbers{Type: filter.Uint8, Shape: []int{1000, 1000}, Data: make([]byte, 1_000_000)})
	for source, want := range map[string]string{"mean(xs)": "0", "max(xs)": "0", "sum(xs)": "0", "stddev(xs)": "0", "len(xs)": "1000000", "shape(xs)": "[1000,1000]", "xs": "null", "xs[999999]": "0"} {
		if got := evaluated(t, nil, source, large); got != want {
			t.Errorf("%s of a million numbers is %s, want %s", source, got, want)
		}
	}
	for _, clause := range []string{"any(xs, # > 1)", "median(xs) > 1", "len(reverse(xs)) == 1", "3 in xs", "sum(xs, # + 1) > 0"} {
		set := compiled(t, Program{Filters: []Filter{{Name: "f", Class: "c", Where: []string{clause}}}})
		a := filter.Alert{Values: []filter.Value{large}}
		verdicts, err := set.NewEvaluator().Evaluate(&a)
		if err != nil || len(verdicts) != 1 || verdicts[0].Err == nil || !strings.Contains(verdicts[0].Err.Error(), "too many steps") {
			t.Errorf("%s of a million numbers: %v, %v", clause, verdicts, err)
		}
	}
}

func BenchmarkReduceAMegabyte(b *testing.B) {
	set, _ := Compile(Program{Filters: []Filter{{Name: "f", Class: "c", Where: []string{"mean(xs) > 1 or max(xs) > 1"}}}})
	a := filter.Alert{Values: []filter.Value{filter.ArrayOf(&filter.Numbers{Type: filter.Float64, Shape: []int{256, 512}, Data: make([]byte, 1<<20)})}}
	evaluator := set.NewEvaluator()
	b.ReportAllocs()
	for b.Loop() {
		if verdicts, err := evaluator.Evaluate(&a); err != nil || len(verdicts) > 0 {
			b.Fatal(verdicts, err)
		}
	}
}

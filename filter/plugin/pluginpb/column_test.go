package pluginpb_test

import (
	"math"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/plugin/pluginpb"
)

func json(v filter.Value) string { return v.Kind().String() + " " + string(v.AppendJSON(nil)) }

func TestAColumnGivesBackWhatWasPutIn(t *testing.T) {
	floats := func(f ...float64) filter.Value {
		items := make([]filter.Value, len(f))
		for i := range f {
			items[i] = filter.FloatOf(f[i])
		}
		return filter.ListOf(items)
	}
	array := func(bytes ...byte) filter.Value {
		return filter.ArrayOf(&filter.Numbers{Type: filter.Uint8, Shape: []int{len(bytes)}, Data: bytes})
	}
	none, i, f, s := filter.Value{}, filter.IntOf, filter.FloatOf, filter.StringOf
	for name, c := range map[string]struct{ in, want []filter.Value }{
		"nothing":               {},
		"missing throughout":    {in: []filter.Value{none, none}},
		"integers of 64 bits":   {in: []filter.Value{i(math.MaxInt64), none, i(math.MinInt64), i(1<<53 + 1)}},
		"missing first":         {in: []filter.Value{none, none, f(1.5)}},
		"missing last":          {in: []filter.Value{s("a"), none}},
		"booleans":              {in: []filter.Value{filter.BoolOf(true), filter.BoolOf(false), none}},
		"bytes":                 {in: []filter.Value{filter.BytesOf([]byte{0, 255}), none, filter.BytesOf(nil)}},
		"numbers of both kinds": {in: []filter.Value{i(2), f(1.5), i(3)}, want: []filter.Value{f(2), f(1.5), f(3)}},
		"numbers past 2^53":     {in: []filter.Value{i(1<<53 + 1), f(1.5)}},
		"and the other way":     {in: []filter.Value{f(1.5), i(1<<53 + 1), none, i(1)}},
		"kinds that differ":     {in: []filter.Value{none, i(1), s("x"), filter.BoolOf(true), none}},
		"lists":                 {in: []filter.Value{floats(1, 2), none, floats(), floats(3, math.NaN(), 4)}},
		"lists then text":       {in: []filter.Value{floats(1, 2), s("x"), floats(3)}},
		"lists of lists":        {in: []filter.Value{filter.ListOf([]filter.Value{floats(1), floats(2, 3)}), filter.ListOf(nil)}},
		"maps":                  {in: []filter.Value{filter.MapOf([]filter.Entry{{Key: "SN", Value: f(0.5)}}), none}},
		"arrays":                {in: []filter.Value{array(1, 2), none, array(), f(1)}, want: []filter.Value{filter.ListOf([]filter.Value{i(1), i(2)}), none, filter.ListOf(nil), f(1)}},
		"images":                {in: []filter.Value{filter.ArrayOf(&filter.Numbers{Type: filter.Uint8, Shape: []int{100, 100}, Data: make([]byte, 10_000)})}, want: []filter.Value{none}},
		"not UTF-8":             {in: []filter.Value{s("a\xffb")}, want: []filter.Value{s("a\uFFFDb")}},
	} {
		var b pluginpb.Builder
		for range 2 { // once more with the memory of the first time
			b.Reset()
			for _, v := range c.in {
				b.Add(v)
			}
			want := c.want
			if want == nil {
				want = c.in
			}
			checkColumn(t, name, &b, want)
		}
	}
}

func checkColumn(t *testing.T, name string, b *pluginpb.Builder, want []filter.Value) {
	t.Helper()
	wire, err := proto.Marshal(b.Column())
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var column pluginpb.Column
	if err := proto.Unmarshal(wire, &column); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if err := column.Check(len(want)); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if err := column.Check(len(want) + 1); err == nil && column.Values != nil {
		t.Errorf("%s: a row too few is not noticed", name)
	}
	view := pluginpb.NewView(&column)
	for i := range want {
		if got := json(view.At(i)); got != json(want[i]) {
			t.Errorf("%s: row %d is %s, want %s", name, i, got, json(want[i]))
		}
	}
}

func TestAColumnOfSimilarAlertsAllocatesLittle(t *testing.T) {
	var b pluginpb.Builder
	items := make([]filter.Value, 30)
	for i := range items {
		items[i] = filter.FloatOf(float64(i))
	}
	list := filter.ListOf(items)
	fill := func() {
		b.Reset()
		for range 128 {
			b.Add(list)
		}
	}
	fill()
	if n := testing.AllocsPerRun(20, fill); n > 0 {
		t.Errorf("%v allocations for 128 lists", n)
	}
}

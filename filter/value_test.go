package filter_test

import (
	"math"
	"testing"

	"github.com/skysift/skysift/filter"
)

func TestAppendJSONKeepsWhatAValueHolds(t *testing.T) {
	for _, c := range []struct {
		value filter.Value
		want  string
	}{
		{filter.Value{}, "null"},
		{filter.FloatOf(math.NaN()), "null"},
		{filter.FloatOf(math.Inf(1)), "null"},
		{filter.BoolOf(true), "true"},
		{filter.BoolOf(false), "false"},
		{filter.IntOf(9007199254740993), "9007199254740993"},
		{filter.IntOf(math.MinInt64), "-9223372036854775808"},
		{filter.FloatOf(17.1), "17.1"},
		{filter.FloatOf(float64(float32(17.1))), "17.100000381469727"},
		{filter.FloatOf(2458451.7523843), "2458451.7523843"},
		{filter.FloatOf(1e300), "1e+300"},
		{filter.StringOf("a\"b\xff"), "\"a\\\"b\\ufffd\""},
		{filter.BytesOf([]byte{1, 2, 3}), `"AQID"`},
		{filter.ListOf([]filter.Value{filter.IntOf(1), {}, filter.StringOf("x")}), `[1,null,"x"]`},
		{filter.ListOf(nil), "[]"},
		{filter.MapOf([]filter.Entry{{Key: "SN", Value: filter.FloatOf(0.5)}}), `{"SN":0.5}`},
		{filter.RecordOf(), "{}"},
	} {
		if got := string(c.value.AppendJSON(nil)); got != c.want {
			t.Errorf("%s value: %s, want %s", c.value.Kind(), got, c.want)
		}
	}
}

func TestAValueOfAnotherKindReadsAsNothing(t *testing.T) {
	for _, v := range []filter.Value{{}, filter.BoolOf(true), filter.StringOf("1"), filter.ListOf(make([]filter.Value, 2)), filter.RecordOf()} {
		if v.Kind() != filter.String && (v.Text() != "" || v.Bytes() != nil) {
			t.Errorf("%s has text", v.Kind())
		}
		if v.Int() != 0 || !math.IsNaN(v.Float()) || v.IsNumber() {
			t.Errorf("%s is a number", v.Kind())
		}
		if v.Kind() != filter.List && v.List() != nil {
			t.Errorf("%s has items", v.Kind())
		}
		if v.Map() != nil {
			t.Errorf("%s has entries", v.Kind())
		}
	}
}

package runtime_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/compile"
	"github.com/skysift/skysift/filter/spec"
	"github.com/skysift/skysift/internal/simulate"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/decode/avro"
	"github.com/skysift/skysift/schemas"
)

// tenFilters ask for fields of the candidate alone.
func tenFilters(tb testing.TB) *filter.Set { return filtersOf(tb, ten()) }

func ten() string {
	var text strings.Builder
	text.WriteString("version: 1\ndefine:\n  positive: candidate.isdiffpos in [\"t\", \"1\"]\nfilters:\n")
	for i := range 10 {
		fmt.Fprintf(&text, `  - name: f%d
    class: c%d
    where:
      - positive
      - candidate.magpsf <= %.1f
      - (candidate.drb ?? candidate.rb) > 0.%d
      - not (candidate.distpsnr1 < 2 and candidate.sgscore1 > 0.7%d)
      - not (candidate.ssdistnr >= 0 and candidate.ssdistnr <= %d)
      - candidate.jd - candidate.jdstarthist < %d
`, i, i, 13+0.1*float64(i), i, i, 3+i, 1+i)
	}
	return text.String()
}

func filtersOf(tb testing.TB, text string) *filter.Set {
	doc, mistakes := spec.Parse("ten.yaml", []byte(text), os.LookupEnv)
	schema, err := schemas.Load("ztf")
	set, report := compile.Set(doc, schema)
	if set == nil || err != nil || len(mistakes) > 0 {
		tb.Fatal(mistakes, report.Mistakes, err)
	}
	return set
}

func simulated(tb testing.TB, n int) [][]byte {
	night, err := simulate.New(simulate.Options{Seed: 1, Alerts: n})
	if err != nil {
		tb.Fatal(err)
	}
	var values [][]byte
	for alert, ok := night.Next(); ok; alert, ok = night.Next() {
		values = append(values, alert.Value)
	}
	return values
}

// decodeAndJudge returns what is done with each record before it is written.
func decodeAndJudge(tb testing.TB) func(value []byte) {
	set := tenFilters(tb)
	decoder, evaluator := runtime.Format(avro.New()).NewDecoder(set.Fields), set.NewEvaluator()
	each := func(alert *filter.Alert) error {
		_, err := evaluator.Evaluate(alert)
		return err
	}
	return func(value []byte) {
		if err := decoder.Decode(value, each); err != nil {
			tb.Fatal(err)
		}
	}
}

func TestDecodingAndTenFiltersAllocateNothing(t *testing.T) {
	values, judge := simulated(t, 50), decodeAndJudge(t)
	i := 0
	next := func() {
		judge(values[i%len(values)])
		i++
	}
	for range values {
		next()
	}
	if n := testing.AllocsPerRun(200, next); n != 0 {
		t.Errorf("%v allocations an alert, want 0", n)
	}
}

// BenchmarkDecodeAndTenFilters takes alerts of real size from bytes to
// verdicts.
func BenchmarkDecodeAndTenFilters(b *testing.B) {
	values, judge := simulated(b, 200), decodeAndJudge(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		judge(values[i%len(values)])
	}
}

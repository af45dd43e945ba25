package crowd_test

import (
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/compile"
	"github.com/skysift/skysift/filter/expression"
	"github.com/skysift/skysift/internal/bench/crowd"
	"github.com/skysift/skysift/runtime/decode/avro"
	"github.com/skysift/skysift/schemas"
)

const alerts = 1000

func newNight(t testing.TB) *crowd.Night {
	night, err := crowd.NewNight(alerts, 1)
	if err != nil {
		t.Fatal(err)
	}
	return night
}

func TestEachFilterPassesFewAlerts(t *testing.T) {
	night := newNight(t)
	set, mistakes := expression.Compile(expression.Program{Schema: night.Schema, Filters: night.Filters(200, 1)})
	if set == nil {
		t.Fatal(mistakes)
	}
	passed := make([]int, len(set.Filters))
	evaluator, decoder := set.NewEvaluator(), avro.New().NewDecoder(set.Fields)
	for _, alert := range night.Alerts {
		err := decoder.Decode(alert, func(a *filter.Alert) error {
			verdicts, err := evaluator.Evaluate(a)
			for _, v := range verdicts {
				if v.Err != nil {
					t.Error(v.Err)
				}
				passed[v.Filter]++
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, n := range passed {
		if n < alerts/1000 || n > alerts/100 {
			t.Errorf("%d of %d alerts pass %q", n, alerts, set.Filters[i].Clauses)
		}
	}
}

func TestFiltersAreWrittenAsFilesThatCanBeRead(t *testing.T) {
	night, dir := newNight(t), t.TempDir()
	if err := crowd.WriteYAML(dir, night.Filters(1100, 1)); err != nil {
		t.Fatal(err)
	}
	_, set, report := compile.Load(dir, nil, schemas.Load)
	if set == nil || len(set.Filters) != 1100 {
		t.Fatal(report.Mistakes)
	}
}

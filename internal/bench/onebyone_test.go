//go:build bench

package bench

import (
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/expression"
	"github.com/skysift/skysift/internal/bench/crowd"
)

// single is a filter as a set of its own, judging alerts that were decoded
// once for all filters.
type single struct {
	evaluator filter.Evaluator
	fields    []int // where the filter's fields are among all filters'
	alert     filter.Alert
}

// newSingles compiles each filter by itself. all are the fields of the alerts
// that they judge.
func newSingles(t testing.TB, night *crowd.Night, filters []expression.Filter, all []filter.Field) []single {
	at := map[string]int{}
	for i, field := range all {
		at[field.Path] = i
	}
	var singles []single
	for _, f := range filters {
		set := compileCrowd(t, night, []expression.Filter{f})
		s := single{evaluator: set.NewEvaluator(), alert: filter.Alert{Values: make([]filter.Value, len(set.Fields))}}
		for _, field := range set.Fields {
			s.fields = append(s.fields, at[field.Path])
		}
		singles = append(singles, s)
	}
	return singles
}

// judge gives the filter its fields of the alert. Copying a few values costs
// next to nothing beside judging them.
func (s *single) judge(t testing.TB, a *filter.Alert) (passes int) {
	for i, at := range s.fields {
		s.alert.Values[i] = a.Values[at]
	}
	verdicts, err := s.evaluator.Evaluate(&s.alert)
	if err != nil {
		t.Fatal(err)
	}
	return len(verdicts)
}

// judgeInTurn judges each alert by each filter before the next alert, as they
// come in a stream.
func judgeInTurn(t testing.TB, singles []single, alerts []filter.Alert) (passes int) {
	for a := range alerts {
		for i := range singles {
			passes += singles[i].judge(t, &alerts[a])
		}
	}
	return passes
}

// judgeByFilter judges all alerts by one filter before the next filter: what is
// fastest, where a batch may be waited for.
func judgeByFilter(t testing.TB, singles []single, alerts []filter.Alert) (passes int) {
	for i := range singles {
		for a := range alerts {
			passes += singles[i].judge(t, &alerts[a])
		}
	}
	return passes
}

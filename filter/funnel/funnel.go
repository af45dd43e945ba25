// Package funnel watches a set of filters judge alerts, and counts how far
// they get through the clauses of each filter.
package funnel

import (
	"math"
	"strings"
	"sync"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/expression"
)

// maxExamples is how many near misses of a clause are kept by their id.
const maxExamples = 5

// Funnel is what was counted so far. Its set's evaluators count into it, one
// at a time.
type Funnel struct {
	mu        sync.Mutex
	filters   []filter.Filter
	explainer *expression.Explainer
	time, id  int // slots; -1: none
	zero      float64
	outcomes  []expression.Outcome
	nights    map[float64]bool
	counts    Counts
}

// Counts is a funnel as a whole.
type Counts struct {
	Alerts int64
	// Nights is of how many nights the alerts are; 0 where they do not say.
	Nights  int
	Filters []Filter
}

// Filter is the funnel of one filter.
type Filter struct {
	Passed, Failed int64 // Failed: it could not judge the alert
	Clauses        []Clause
}

// Clause is how far alerts got at one clause.
type Clause struct {
	Text string
	// Standing are the alerts for which it and all clauses before it are true.
	Standing int64
	// NearMisses are those for which it alone is not true; Examples has the ids
	// of the first of them.
	NearMisses int64
	Examples   []string
}

// Watch returns a set that gives the verdicts of set and counts. clock tells
// an alert's time and idPath is the field of its identifier, "" where it is
// not known. The explainer is of the same filters, and the
// funnel's from then on.
func Watch(set *filter.Set, explainer *expression.Explainer, clock filter.Clock, idPath string) (*filter.Set, *Funnel) {
	f := &Funnel{filters: set.Filters, explainer: explainer, zero: clock.Zero, nights: map[float64]bool{}}
	fields := append([]filter.Field(nil), explainer.Fields()...)
	fields, f.time = withField(fields, clock.Path)
	fields, f.id = withField(fields, idPath)
	for _, described := range set.Filters {
		one := Filter{}
		for _, text := range described.Clauses {
			one.Clauses = append(one.Clauses, Clause{Text: strings.Join(strings.Fields(text), " ")})
		}
		f.counts.Filters = append(f.counts.Filters, one)
	}
	watched := filter.NewSet(set.Filters, fields, func() filter.Evaluator { return &evaluator{set.NewEvaluator(), f} })
	return watched, f
}

// withField returns the fields with one more, unless it is there, and its slot.
func withField(fields []filter.Field, path string) ([]filter.Field, int) {
	if path == "" {
		return fields, -1
	}
	for i, field := range fields {
		if field.Path == path {
			return fields, i
		}
	}
	return append(fields, filter.Field{Path: path}), len(fields)
}

// Counts returns what was counted so far.
func (f *Funnel) Counts() Counts {
	f.mu.Lock()
	defer f.mu.Unlock()
	counts := f.counts
	counts.Nights = len(f.nights)
	return counts
}

// evaluator gives the verdicts of the one that it watches.
type evaluator struct {
	filter.Evaluator
	funnel *Funnel
}

// Evaluate implements filter.Evaluator.
func (e *evaluator) Evaluate(a *filter.Alert) ([]filter.Verdict, error) {
	verdicts, err := e.Evaluator.Evaluate(a)
	if err != nil {
		return nil, err
	}
	return verdicts, e.funnel.count(a)
}

func (f *Funnel) count(a *filter.Alert) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.counts.Filters {
		if !f.filters[i].Judges(a.Topic) {
			continue
		}
		var err error
		if f.outcomes, err = f.explainer.Outcomes(f.outcomes[:0], a, i); err != nil {
			return err
		}
		f.counts.Filters[i].enter(f.outcomes, func() string { return f.idOf(a) })
	}
	f.counts.Alerts++
	if f.time >= 0 && a.Values[f.time].IsNumber() {
		f.nights[nightOf(f.zero+a.Values[f.time].Float())] = true
	}
	return nil
}

// nightOf numbers the nights. A day of observing begins at 18 h UT, which is
// by day at Palomar and in Chile.
func nightOf(jd float64) float64 { return math.Floor(jd - 0.25) }

func (f *Funnel) idOf(a *filter.Alert) string {
	if f.id < 0 {
		return ""
	}
	return strings.Trim(string(a.Values[f.id].AppendJSON(nil)), `"`)
}

// enter counts one alert.
func (f *Filter) enter(outcomes []expression.Outcome, id func() string) {
	standing, untrue, last, failed := true, 0, 0, false
	denied := false
	for i, outcome := range outcomes {
		if outcome != expression.True {
			standing, last = false, i
			untrue++
			failed = failed || outcome == expression.Failed
			denied = denied || outcome != expression.Failed
		}
		if standing {
			f.Clauses[i].Standing++
		}
	}
	switch {
	case untrue == 0:
		f.Passed++
	case failed && !denied:
		f.Failed++
	}
	if untrue == 1 {
		clause := &f.Clauses[last]
		if clause.NearMisses++; len(clause.Examples) < maxExamples {
			clause.Examples = append(clause.Examples, id())
		}
	}
}

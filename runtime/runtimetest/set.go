package runtimetest

import (
	"errors"

	"github.com/skysift/skysift/filter"
)

// ErrJudge is the failure that a Brighter filter with Fails set reports.
var ErrJudge = errors.New("cannot judge this alert")

// Brighter is a filter for tests: it passes alerts whose field "mag" is below
// Limit, and annotates them with that magnitude.
type Brighter struct {
	Name  string
	Class filter.Class
	Limit float64
	// Fails makes the filter fail on every alert.
	Fails bool
}

// Set returns a set of such filters.
func Set(filters ...Brighter) *filter.Set {
	described := make([]filter.Filter, len(filters))
	for i, f := range filters {
		described[i] = filter.Filter{Name: f.Name, Class: f.Class, Version: "v-" + f.Name}
	}
	return filter.NewSet(described, []filter.Field{{Path: "mag"}}, func() filter.Evaluator {
		return &brighter{filters: filters}
	})
}

type brighter struct {
	filters  []Brighter
	verdicts []filter.Verdict
}

func (b *brighter) Evaluate(alert *filter.Alert) ([]filter.Verdict, error) {
	b.verdicts = b.verdicts[:0]
	mag := alert.Values[0]
	for i, f := range b.filters {
		switch {
		case f.Fails:
			b.verdicts = append(b.verdicts, filter.Verdict{Filter: i, Err: ErrJudge})
		case mag.Float() < f.Limit:
			b.verdicts = append(b.verdicts, filter.Verdict{Filter: i, Annotations: []filter.Annotation{{Name: "mag", Value: mag}}})
		}
	}
	return b.verdicts, nil
}

package main

import (
	"time"

	"github.com/skysift/skysift/filter"
)

// explanation is a set's plan, and what it came to on alerts.
type explanation struct {
	Attributes []filter.PlannedAttribute `json:"attributes"`
	Shared     []filter.SharedPart       `json:"shared"`
	Filters    []explainedFilter         `json:"filters"`
	Measured   *measuredSet              `json:"measured,omitempty"`
}

type explainedFilter struct {
	Name     string                 `json:"name"`
	Indexed  []filter.PlannedClause `json:"indexed"`
	Rest     []filter.PlannedClause `json:"rest"`
	Measured *measuredFilter        `json:"measured,omitempty"`
}

// measuredSet is what all filters came to together.
type measuredSet struct {
	Alerts int64 `json:"alerts"`
	// Microseconds per alert, with reading and decoding.
	Microseconds float64 `json:"us_per_alert"`
}

// measuredFilter is what one filter came to. Shares are of all alerts.
type measuredFilter struct {
	Evaluated    float64 `json:"evaluated_share"`
	Reached      float64 `json:"reached_expensive_share"`
	Passed       int64   `json:"passed"`
	Errors       int64   `json:"errors"`
	Microseconds float64 `json:"us_per_alert"`
}

func newExplanation(set *filter.Set) *explanation {
	plan := set.Plan()
	e := &explanation{Attributes: plan.Attributes, Shared: plan.Shared, Filters: []explainedFilter{}}
	for i, f := range plan.Filters {
		e.Filters = append(e.Filters, explainedFilter{Name: set.Filters[i].Name, Indexed: f.Indexed, Rest: f.Rest})
	}
	return e
}

// note adds what was measured.
func (e *explanation) note(accounts *filter.Accounts, took time.Duration) {
	alerts := float64(max(accounts.Alerts(), 1))
	microseconds := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 / alerts }
	e.Measured = &measuredSet{Alerts: accounts.Alerts(), Microseconds: microseconds(took)}
	for i := range e.Filters {
		a := accounts.Of(i)
		e.Filters[i].Measured = &measuredFilter{
			Evaluated: float64(a.Evaluations) / alerts, Reached: float64(a.Reached) / alerts,
			Passed: a.Passes, Errors: a.Failures, Microseconds: microseconds(a.CPU),
		}
	}
}

package filtertest

import (
	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/expression"
)

// Coverage is how often each clause of a filter was seen true and false by the
// tests that were run, whichever filter they are of. A missing value is
// counted as false, which it is to the filter; a failure as neither.
type Coverage struct {
	Filter  string          `json:"filter"`
	Clauses []ClauseCovered `json:"clauses"`
}

// ClauseCovered is one clause's part of Coverage.
type ClauseCovered struct {
	Text    string `json:"text"`
	True    int    `json:"true"`
	False   int    `json:"false"`
	Missing int    `json:"missing"` // of False
}

func newCoverage(f filter.Filter) Coverage {
	c := Coverage{Filter: f.Name}
	for _, text := range f.Clauses {
		c.Clauses = append(c.Clauses, ClauseCovered{Text: oneLine(text)})
	}
	return c
}

func (c *Coverage) note(outcomes []expression.Outcome) {
	for i, outcome := range outcomes {
		clause := &c.Clauses[i]
		switch outcome {
		case expression.True:
			clause.True++
		case expression.MissingValue:
			clause.Missing++
			clause.False++
		case expression.False:
			clause.False++
		}
	}
}

// Coverage returns what the tests so far have shown of each filter.
func (r *Runner) Coverage() []Coverage { return r.coverage }

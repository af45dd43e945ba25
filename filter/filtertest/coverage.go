package filtertest

import (
	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/expression"
)

// Coverage is how often each clause of a filter was seen true and false by the
// tests that were run and expect something of this filter: an alert of another
// filter's test, of which most of this one's fields are missing, tries nothing. A
// missing value is counted as false, which it is to the filter; a failure as neither.
type Coverage struct {
	Filter  string          `json:"filter"`
	Tests   int             `json:"tests"`
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

func (c *Coverage) note(found expression.Explanation) {
	c.Tests++
	for i, condition := range found.Clauses {
		clause := &c.Clauses[i]
		switch condition.Outcome {
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

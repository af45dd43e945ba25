package filter

import "path"

// Filter describes one compiled filter.
type Filter struct {
	Name        string
	Class       Class
	Description string
	// Version is a digest of the compiled filter, its definitions included:
	// equal versions give equal verdicts.
	Version string
	// Clauses are the conjuncts as the scientist wrote them.
	Clauses []string
	// Topics are the topics whose alerts it judges, names or patterns as of
	// path.Match; nil: it judges all.
	Topics []string
}

// Judges reports whether the filter judges alerts of the topic; of an unknown
// topic, "", every filter does.
func (f *Filter) Judges(topic string) bool {
	if len(f.Topics) == 0 || topic == "" {
		return true
	}
	for _, pattern := range f.Topics {
		if matches, err := path.Match(pattern, topic); err == nil && matches {
			return true
		}
	}
	return false
}

// Annotation is one named value that a filter adds to the alerts it passes.
type Annotation struct {
	Name  string
	Value Value
}

// Verdict is what one filter says of one alert: a match, or a failure. A
// filter without a verdict did not match.
type Verdict struct {
	Filter int // position in Set.Filters
	// Class is where the alert goes instead of the filter's own class; "": there.
	Class       Class
	Annotations []Annotation
	// Err is why the filter could not judge this alert; it then did not match.
	Err error
}

// Evaluator judges alerts, one after another, by every filter of a set. It
// has scratch space of its own: one goroutine uses it.
type Evaluator interface {
	// Evaluate returns the alert's verdicts in the order of Set.Filters, valid
	// until the next call. Its error is Alert.Load's: the record is undecodable
	// and there are no verdicts.
	Evaluate(*Alert) ([]Verdict, error)
}

// Set is an immutable snapshot of filters that were compiled together. It may
// be shared by any number of goroutines, each with an Evaluator of its own.
type Set struct {
	Filters []Filter
	Fields  []Field
	// Asked says which filters are judged outside the set, by their position;
	// nil where none is, and its items nil for those that are not.
	Asked []*Asked
	// Accounts are the filters' costs; nil where the evaluators keep none.
	Accounts *Accounts
	// Changes says what a schema that has arrived, which was perhaps not known
	// when the filters were compiled, means for them, in the order of Filters; nil
	// where that cannot be told.
	Changes func(arrived *Schema) []Change
	// Plan says how the set is evaluated; nil where that is not known.
	Plan func() *Plan

	newEvaluator func() Evaluator
}

// Change is what a schema means for one filter.
type Change struct {
	Filter int // position in Set.Filters
	// Breaks says that the filter cannot judge the schema's alerts. Otherwise it
	// can, by the rules for what is missing.
	Breaks bool
	Reason string
}

// NewSet returns a set of filters that need fields and are judged by the
// evaluators that newEvaluator makes.
func NewSet(filters []Filter, fields []Field, newEvaluator func() Evaluator) *Set {
	return &Set{Filters: filters, Fields: fields, newEvaluator: newEvaluator}
}

// NewEvaluator returns an evaluator for one goroutine. It asks who judges
// outside the set about each alert by itself, which is slow.
func (s *Set) NewEvaluator() Evaluator {
	if s.Asked != nil {
		return newAsking(s)
	}
	return s.newEvaluator()
}

// NewScreen returns an evaluator for one goroutine that asks nobody: a verdict
// of a filter that is Asked only says that it is to be asked.
func (s *Set) NewScreen() Evaluator { return s.newEvaluator() }

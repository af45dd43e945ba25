package filter

// Plan says how a set is evaluated.
type Plan struct {
	// Attributes are the values that the index answers for.
	Attributes []PlannedAttribute
	// Shared are the expressions that several filters have in common.
	Shared  []SharedPart
	Filters []PlannedFilter
}

// PlannedAttribute is one value that many filters test.
type PlannedAttribute struct {
	Expression string  `json:"expression"`
	Filters    int     `json:"filters"`  // that test it
	Segments   int     `json:"segments"` // that their limits divide it into
	Lazy       bool    `json:"lazy"`     // it reads the history or another lazy field
	Cost       float64 `json:"cost_ns"`  // estimated, in nanoseconds
}

// SharedPart is a clause, or a part of one, that is evaluated once an alert for
// all filters that have it.
type SharedPart struct {
	Expression string  `json:"expression"`
	Filters    int     `json:"filters"`
	Cost       float64 `json:"cost_ns"`
}

// PlannedFilter is one filter's clauses by who answers them.
type PlannedFilter struct {
	Indexed []PlannedClause // answered by the index, for all filters at once
	Rest    []PlannedClause // evaluated in this order where the index leaves the filter possible
}

// PlannedClause is one clause, as the compiler has it.
type PlannedClause struct {
	Clause     int     `json:"clause"` // number in the filter's where, from 1
	Expression string  `json:"expression"`
	Cost       float64 `json:"cost_ns"` // estimated, in nanoseconds
	Lazy       bool    `json:"lazy"`    // reads the history or another lazy field
}

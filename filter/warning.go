package filter

// Warning is a kind of warning about a filter. Its author may say that they
// mean what filters of this kind are warned of.
type Warning string

const (
	// WarnDuplicate is that a filter's clauses are those of another.
	WarnDuplicate Warning = "duplicate"
	// WarnCovered is that a filter passes only what another of its class passes.
	WarnCovered Warning = "covered"
	// WarnExpressions is of what a filter's own expressions say: clauses that are
	// always true or false, and tests that add nothing.
	WarnExpressions Warning = "expressions"
	// WarnHistory is that every alert's history has to be read for a filter.
	WarnHistory Warning = "history"
)

// Warnings returns all kinds.
func Warnings() []Warning {
	return []Warning{WarnDuplicate, WarnCovered, WarnExpressions, WarnHistory}
}

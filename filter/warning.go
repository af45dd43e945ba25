package filter

// Warning is a kind of warning about a filter, or a file of filters. Its author
// may say that they mean what is warned of.
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
	// WarnUnused is that nothing uses what a file names: a definition, a list, or
	// something of the sky. It is about no filter.
	WarnUnused Warning = "unused"
)

// Warnings returns the kinds that are about a filter.
func Warnings() []Warning {
	return []Warning{WarnDuplicate, WarnCovered, WarnExpressions, WarnHistory}
}

// FileWarnings returns the kinds that a file can have.
func FileWarnings() []Warning { return append(Warnings(), WarnUnused) }

package runtime

import (
	"slices"

	"github.com/skysift/skysift/filter"
)

// schemaNotes is what one judge remembers of the schemas it has met.
type schemaNotes struct {
	arrivals *Arrivals // nil: nobody checks
	set      *filter.Set
	last     string // the schema of the alert before
	verdicts []filter.Verdict
	known    map[string][]filter.Verdict
}

func newSchemaNotes(arrivals *Arrivals, set *filter.Set) schemaNotes {
	return schemaNotes{arrivals: arrivals, set: set, known: map[string][]filter.Verdict{}}
}

// broken returns the verdicts of the filters that the schema of an alert of the
// record breaks; nil mostly. A format without schemas has "" for all.
func (n *schemaNotes) broken(schema string, record *Record) []filter.Verdict {
	if schema == n.last || n.arrivals == nil {
		return n.verdicts
	}
	verdicts, met := n.known[schema]
	if !met {
		if len(n.known) >= keptSchemas {
			clear(n.known)
		}
		verdicts = n.arrivals.meet(n.set, schema, record)
		n.known[schema] = verdicts
	}
	n.last, n.verdicts = schema, verdicts
	return verdicts
}

// isOneOf reports whether a filter's verdict is among those of broken filters.
func isOneOf(broken []filter.Verdict, f int) bool {
	return slices.ContainsFunc(broken, func(v filter.Verdict) bool { return v.Filter == f })
}

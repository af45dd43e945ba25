package runtime

import (
	"cmp"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/skysift/skysift/filter"
)

// Describer says which fields the alerts of a record have.
type Describer interface {
	Describe(value []byte) (*filter.Schema, error)
}

// Bounds on what is kept of schemas, and told of one.
const (
	// keptSchemas is how many schemas are kept that were met. A survey has a few
	// dozen in ten years.
	keptSchemas = 256
	// toldFilters is how many filters are logged of those that one schema breaks.
	toldFilters = 20
)

// Arrivals checks the filters against each schema that arrives in the stream.
// Its methods may be called at any time, from anywhere.
//
// Invariants:
//   - The first alert of a schema is judged once the set has been checked
//     against it, whichever worker meets it; a set that takes over is checked against
//     all that were met.
//   - A filter that a schema breaks judges no alert of that schema and every alert
//     of all others. No other filter's verdicts depend on it.
type Arrivals struct {
	describer Describer
	log       *slog.Logger

	mu  sync.Mutex
	set *filter.Set
	met map[string]*arrival // by Alert.Schema
}

// arrival is a schema that was met.
type arrival struct {
	schema  *filter.Schema
	since   time.Time
	changes []filter.Change
}

// BrokenFilter is a filter that does not judge the alerts of a schema.
type BrokenFilter struct {
	Filter, Schema, Reason string
	// Since is when the schema was met first.
	Since time.Time
}

// NewArrivals returns arrivals that have met nothing yet.
func NewArrivals(describer Describer, log *slog.Logger) *Arrivals {
	return &Arrivals{describer: describer, log: log, met: map[string]*arrival{}}
}

// watch turns to a set that is now in force.
func (a *Arrivals) watch(set *filter.Set) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.set = set
	for name, met := range a.met {
		met.changes = changesOf(set, met.schema)
		a.tell(name, "", met)
	}
}

func changesOf(set *filter.Set, schema *filter.Schema) []filter.Change {
	if set.Changes == nil {
		return nil
	}
	return set.Changes(schema)
}

// meet returns the verdicts of the set's filters that the schema of a record's
// alerts breaks: they are the same for each alert.
func (a *Arrivals) meet(set *filter.Set, name string, record *Record) []filter.Verdict {
	a.mu.Lock()
	defer a.mu.Unlock()
	met := a.met[name]
	if met == nil {
		schema, err := a.describer.Describe(record.Value)
		if err != nil {
			a.log.Warn("the filters cannot be checked against a schema", "schema", name, "source", record.Source(0, false), "error", err)
			return nil
		}
		met = &arrival{schema: schema, since: time.Now(), changes: changesOf(a.set, schema)}
		a.keep(name, met)
		a.tell(name, record.Source(0, false), met)
	}
	if set != a.set { // a worker that is not done with the set before
		return broken(name, changesOf(set, met.schema))
	}
	return broken(name, met.changes)
}

// keep makes room by forgetting what breaks nothing: to check it again only
// takes time.
func (a *Arrivals) keep(name string, met *arrival) {
	if len(a.met) >= keptSchemas {
		for name, old := range a.met {
			if len(broken(name, old.changes)) == 0 {
				delete(a.met, name)
			}
		}
	}
	if len(a.met) < keptSchemas {
		a.met[name] = met
	}
}

func broken(schema string, changes []filter.Change) []filter.Verdict {
	var verdicts []filter.Verdict
	for _, c := range changes {
		if c.Breaks {
			verdicts = append(verdicts, filter.Verdict{Filter: c.Filter, Err: fmt.Errorf("the filter does not judge alerts of schema %s: %s", schema, c.Reason)})
		}
	}
	return verdicts
}

// tell logs what a schema breaks and what it lacks. source is the first record
// that has it, "" where the schema was met before.
func (a *Arrivals) tell(schema, source string, met *arrival) {
	breaks, lacking := 0, []string{}
	for _, c := range met.changes {
		name := a.set.Filters[c.Filter].Name
		if !c.Breaks {
			lacking = append(lacking, fmt.Sprintf("%s (%s)", name, c.Reason))
			continue
		}
		if breaks++; breaks <= toldFilters {
			a.log.Error("a filter does not judge the alerts of a schema that has arrived, which breaks it; other filters and schemas are unaffected",
				"filter", name, "schema", schema, "reason", c.Reason, "first", source)
		}
	}
	if breaks > toldFilters {
		a.log.Error("the schema breaks more filters than are logged", "schema", schema, "filters", breaks)
	}
	if len(lacking) > 0 {
		a.log.Warn("a schema has arrived that lacks fields which filters use; they are missing in its alerts", "schema", schema,
			"filters", len(lacking), "among_them", strings.Join(lacking[:min(len(lacking), toldFilters)], "; "), "first", source)
	}
	if source != "" {
		a.log.Info("a schema has arrived", "schema", schema, "version", met.schema.Version, "first", source)
	}
}

// Broken returns the filters that do not judge the alerts of some schema, by
// name and schema.
func (a *Arrivals) Broken() []BrokenFilter {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []BrokenFilter
	for name, met := range a.met {
		for _, c := range met.changes {
			if c.Breaks {
				all = append(all, BrokenFilter{a.set.Filters[c.Filter].Name, name, c.Reason, met.since})
			}
		}
	}
	slices.SortFunc(all, func(x, y BrokenFilter) int {
		return cmp.Or(cmp.Compare(x.Filter, y.Filter), cmp.Compare(x.Schema, y.Schema))
	})
	return all
}

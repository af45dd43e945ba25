package expression

import (
	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/sky"
)

// Definition names an expression that any filter of the program may use.
type Definition struct{ Name, Source string }

// List names constants that any filter of the program may test for with in.
type List struct {
	Name  string
	Items []filter.Value
}

// Annotation names a value that a filter adds to the alerts it passes.
type Annotation struct{ Name, Source string }

// Filter is one filter in source form. All clauses of Where must hold.
type Filter struct {
	Name        string
	Class       filter.Class
	Description string
	// Topics are the topics whose alerts it judges; nil: all.
	Topics   []string
	Where    []string
	Annotate []Annotation
	// File is where the filter stands, as far as that matters to warnings.
	File string
	// Guarded says that more than its clauses decides what the filter passes,
	// such as a plug-in: it is compared with no other.
	Guarded bool
	// Bounded says that its author has said what it may cost.
	Bounded bool
	// Ignore are the warnings that its author means.
	Ignore []filter.Warning
}

// Program is what is compiled together: what filters share is found across
// all of it.
type Program struct {
	// Schema is what is known of the alerts; nil: names are not checked.
	Schema      *filter.Schema
	Definitions []Definition
	Lists       []List
	Filters     []Filter
	// Watchlists, Catalogues and Regions are what watch, near and in_region may
	// name. One that is nil could not be read: no more is said of its uses.
	Watchlists map[string]*sky.Catalogue
	Catalogues map[string]*sky.Catalogue
	Regions    map[string]*sky.Region
	// Spares says that what nothing uses is meant to be there.
	Spares bool
}

// Compile compiles all filters together and reports every mistake and
// warning; the set is nil when a mistake is no warning. Mistakes come in the
// order of definitions, then filters, each in the order of its text.
func Compile(p Program) (*filter.Set, []Mistake) {
	c := newCompilation(p)
	filters, mistakes := c.checkAll()
	for _, m := range mistakes {
		if !m.Warning {
			return nil, mistakes
		}
	}
	return newSet(p, c.graph, filters), mistakes
}

// Check finds what Compile would, and makes no set.
func Check(p Program) []Mistake {
	_, mistakes := newCompilation(p).checkAll()
	return mistakes
}

func (c *compilation) checkAll() ([]checkedFilter, []Mistake) {
	c.enterLists()
	c.checkDefinitions()
	filters := make([]checkedFilter, len(c.program.Filters))
	for i := range filters {
		filters[i] = c.checkFilter(i)
	}
	c.warnUnused()
	c.warnAlike(filters)
	return filters, c.program.withoutIgnored(c.report.sorted())
}

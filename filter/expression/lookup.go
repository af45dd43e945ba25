package expression

import (
	"github.com/skysift/skysift/filter/index"
)

const (
	// minTests is how many filters must test an attribute for an index on it
	// to be cheaper than their clauses, and minDear how many a costly one.
	minTests, minDear = 8, 3
	// dear is the estimated cost from which on an attribute is costly.
	dear = 100
	// indexMemory bounds the bytes of an index's rows. Few rows that stay in the
	// processor's cache are faster than many that do not.
	indexMemory = 4 << 20
	// mostTests and mostShare keep a clause that is made of several tests of an
	// attribute from running out of ticks where the attribute itself does not.
	mostTests, mostShare = 8, 16
)

// lookup rules filters out by their clauses on single attributes, all at once.
type lookup struct {
	index      *index.Index
	attributes []attribute
	late       bool // some attribute is
}

// attribute is a value that the index is asked about. One that may fail is
// unknown where it does: then the clauses about it are evaluated.
type attribute struct {
	node  *node
	value valueFunc
	tests int
	fails bool
}

// indexable is a clause of one filter that an index can answer.
type indexable struct {
	filter, position int // of the clause in the filter's clauses
	answer
}

// answer is what an index knows of a clause: the value it is about, and where
// on its axis it holds. An implied one says where it may hold, and leaves it to
// be judged.
type answer struct {
	about   *node
	passes  index.PassSet
	implied bool
}

// newLookup indexes what many filters test, and tells the filters' clauses who
// answers them; nil where nothing is tested by many. The attributes are not
// emitted yet.
func newLookup(p *plan, g *graph) *lookup {
	found, tests := p.indexables(g)
	l := &lookup{}
	numbers := map[*node]int{}
	var kinds []index.Attribute
	var constraints []index.Constraint
	for _, c := range found {
		if n := tests[c.about]; n < minDear || n < minTests && c.about.cost < dear {
			continue
		}
		number, known := numbers[c.about]
		if !known {
			number = len(l.attributes)
			numbers[c.about] = number
			l.attributes = append(l.attributes, attribute{node: c.about, tests: tests[c.about], fails: c.about.fails || c.about.lazy})
			kinds = append(kinds, index.Attribute{Cost: c.about.cost, Late: c.about.lazy})
			l.late = l.late || c.about.lazy
		}
		constraints = append(constraints, index.Constraint{Filter: c.filter, Attribute: number, Passes: c.passes})
		if !c.implied {
			p.filters[c.filter].clauses[c.position].answered = number
		}
	}
	if len(constraints) == 0 {
		return nil
	}
	p.takeOut(l)
	l.index = index.Build(len(p.filters), kinds, constraints, indexMemory)
	return l
}

// indexables returns the clauses that an index can answer, and how many there
// are on each attribute.
func (p *plan) indexables(g *graph) ([]indexable, map[*node]int) {
	answers := make([]answer, len(p.clauses))
	for i := range p.clauses {
		x := indexer{graph: g}
		about, passes := x.of(p.clauses[i].node)
		if about != nil && !about.isBad() && (x.tests <= mostTests || !about.fails && !about.lazy) {
			answers[i] = answer{about: about, passes: passes}
		} else if dec, passes := declinations(p.clauses[i].node); dec != nil {
			answers[i] = answer{about: dec, passes: passes, implied: true}
		}
	}
	var found []indexable
	tests := map[*node]int{}
	for i, f := range p.filters {
		for j, c := range f.clauses {
			if a := answers[c.clause]; a.about != nil {
				found = append(found, indexable{filter: i, position: j, answer: a})
				tests[a.about]++
			}
		}
	}
	return found, tests
}

// takeOut leaves the filters with the clauses that may still need evaluation:
// an attribute that fails leaves its clauses to be judged by themselves.
func (p *plan) takeOut(l *lookup) {
	for i := range p.filters {
		f := &p.filters[i]
		rest := make([]filterClause, 0, len(f.clauses))
		for _, c := range f.clauses {
			if c.answered >= 0 {
				f.indexed = append(f.indexed, c)
			}
			if c.answered < 0 || l.attributes[c.answered].fails {
				rest = append(rest, c)
			}
		}
		f.clauses = rest
	}
}

package expression

import (
	"github.com/skysift/skysift/filter/index"
)

const (
	// minTests is how many filters must test an attribute for an index on it
	// to be cheaper than their clauses.
	minTests = 8
	// indexMemory bounds the bytes of an index's rows.
	indexMemory = 32 << 20
)

// lookup rules filters out by their clauses on single attributes, all at once.
type lookup struct {
	index      *index.Index
	attributes []valueFunc
}

// indexable is a clause of one filter that an index can answer.
type indexable struct {
	filter, position int // of the clause in the filter's clauses
	about            *node
	passes           index.PassSet
}

// newLookup indexes what many filters test and takes those clauses out of
// the filters; nil where nothing is tested by many.
func newLookup(p *plan, e *emitter) *lookup {
	found, tests := p.indexables()
	l := &lookup{}
	numbers := map[*node]int{}
	var constraints []index.Constraint
	answered := map[[2]int]bool{}
	for _, c := range found {
		if tests[c.about] < minTests {
			continue
		}
		number, known := numbers[c.about]
		if !known {
			number = len(l.attributes)
			numbers[c.about] = number
			l.attributes = append(l.attributes, e.value(c.about))
		}
		constraints = append(constraints, index.Constraint{Filter: c.filter, Attribute: number, Passes: c.passes})
		answered[[2]int{c.filter, c.position}] = true
	}
	if len(constraints) == 0 {
		return nil
	}
	p.takeOut(answered)
	l.index = index.Build(len(p.filters), len(l.attributes), constraints, indexMemory)
	return l
}

// indexables returns the clauses that an index can answer, and how many there
// are on each attribute.
func (p *plan) indexables() ([]indexable, map[*node]int) {
	var found []indexable
	tests := map[*node]int{}
	for i, f := range p.filters {
		for j, c := range f.clauses {
			if about, passes := attributeOf(p.clauses[c.clause].node); about != nil {
				found = append(found, indexable{filter: i, position: j, about: about, passes: passes})
				tests[about]++
			}
		}
	}
	return found, tests
}

// takeOut leaves the filters with the clauses that still need evaluation.
func (p *plan) takeOut(answered map[[2]int]bool) {
	for i := range p.filters {
		var rest []filterClause
		for j, c := range p.filters[i].clauses {
			if !answered[[2]int{i, j}] {
				rest = append(rest, c)
			}
		}
		p.filters[i].clauses = rest
	}
}

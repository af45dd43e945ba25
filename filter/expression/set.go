package expression

import (
	"cmp"
	"slices"

	"github.com/skysift/skysift/filter"
)

// plan is a compiled set: what all its evaluators share.
//
// Invariants:
//   - Every clause stands once, whichever filters have it.
//   - A filter's clauses are in the order of their cost, those that read lazy
//     fields last. The order changes no verdict: a false clause outweighs one
//     that fails.
type plan struct {
	clauses []clause
	filters []planned
	lookup  *lookup // nil: no clause is answered by an index
	fields  int
	memos   int
}

type clause struct {
	node *node
	test testFunc
}

type planned struct {
	name        string
	clauses     []filterClause
	annotations []annotation
}

// filterClause is a clause of the plan and the expression of Where it is from.
type filterClause struct{ clause, where int }

type annotation struct {
	name  string
	value valueFunc
}

func newSet(p Program, g *graph, checked []checkedFilter) *filter.Set {
	fields, slots := fieldsOf(checked)
	e := newEmitter(slots, g.bases)
	built := &plan{fields: len(fields)}
	numbers := map[*node]int{}
	filters := make([]filter.Filter, len(p.Filters))
	digests := digester{}
	for i, f := range p.Filters {
		filters[i] = filter.Filter{
			Name: f.Name, Class: f.Class, Description: f.Description,
			Version: digests.version(f, checked[i]),
			Clauses: slices.Clone(f.Where),
		}
		built.filters = append(built.filters, built.plan(e, f, checked[i], numbers))
	}
	built.lookup = newLookup(built, e)
	built.memos = e.memos
	return filter.NewSet(filters, fields, func() filter.Evaluator { return newEvaluator(built) })
}

// plan enters a filter's clauses that no earlier filter has.
func (p *plan) plan(e *emitter, f Filter, checked checkedFilter, numbers map[*node]int) planned {
	made := planned{name: f.Name}
	for _, c := range checked.clauses {
		number, known := numbers[c.node]
		if !known {
			number = len(p.clauses)
			numbers[c.node] = number
			p.clauses = append(p.clauses, clause{c.node, e.test(c.node)})
		}
		made.clauses = append(made.clauses, filterClause{number, c.where})
	}
	slices.SortStableFunc(made.clauses, func(a, b filterClause) int {
		x, y := p.clauses[a.clause].node, p.clauses[b.clause].node
		return cmp.Or(orderBools(x.lazy, y.lazy), cmp.Compare(x.cost, y.cost))
	})
	for i, a := range f.Annotate {
		made.annotations = append(made.annotations, annotation{a.Name, e.value(checked.annotations[i])})
	}
	return made
}

func orderBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// fieldsOf returns the fields that the filters need, by path.
func fieldsOf(checked []checkedFilter) ([]filter.Field, map[string]int) {
	found := fieldFinder{seen: map[*node]bool{}, lazy: map[string]bool{}}
	for _, f := range checked {
		for _, c := range f.clauses {
			found.visit(c.node)
		}
		for _, n := range f.annotations {
			n.uses++
			found.visit(n)
		}
	}
	fields := make([]filter.Field, 0, len(found.lazy))
	for path, lazy := range found.lazy {
		fields = append(fields, filter.Field{Path: path, Lazy: lazy})
	}
	slices.SortFunc(fields, func(a, b filter.Field) int { return cmp.Compare(a.Path, b.Path) })
	slots := make(map[string]int, len(fields))
	for i, f := range fields {
		slots[f.Path] = i
	}
	return fields, slots
}

type fieldFinder struct {
	seen map[*node]bool
	lazy map[string]bool
}

func (f *fieldFinder) visit(n *node) {
	if f.seen[n] {
		return
	}
	f.seen[n] = true
	switch n.op {
	case opField:
		f.need(n.text, n.lazy)
	case opItems:
		f.need(n.args[0].text, n.text != "single")
		return // what its field is by itself does not matter
	case opColumn:
		for i, column := range n.columns {
			f.need(column.path, isLazyColumn(column.path, n.kinds[i]))
		}
	}
	for _, arg := range n.args {
		f.visit(arg)
	}
}

// need notes a path; one reader that cannot wait makes it eager.
func (f *fieldFinder) need(path string, lazy bool) {
	old, known := f.lazy[path]
	f.lazy[path] = lazy && (old || !known)
}

func isLazyColumn(path string, k kind) bool {
	return isBelowList(path) || k == listKind || k == bytesKind
}

package expression

import (
	"cmp"
	"crypto/sha256"
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
	// parts has a byte for each filter, close together: which of hasPrompt and
	// hasLazy are among the clauses left to judge.
	parts  []uint8
	lookup *lookup // nil: no clause is answered by an index
	// binding are the filters where some judge some topics only; nil where all
	// judge all.
	binding []filter.Filter
	fields  int
	memos   int
}

type clause struct {
	node *node
	test testFunc
}

// planned is one filter.
//
// Invariant: clauses are those that may need evaluation, the prompt ones before
// those that read lazy fields; indexed are those that the index answers.
type planned struct {
	name        string
	clauses     []filterClause
	prompt      int // how many of the clauses read no lazy field
	indexed     []filterClause
	annotations []annotation
}

// filterClause is a clause of the plan and the expression of Where it is from.
// answered is the attribute by which the index answers it, -1 where none does.
type filterClause struct{ clause, where, answered int }

type annotation struct {
	name  string
	value valueFunc
}

func newSet(p Program, g *graph, checked []checkedFilter) *filter.Set {
	fields, slots := fieldsOf(checked)
	built := &plan{fields: len(fields)}
	numbers := map[*node]int{}
	filters := make([]filter.Filter, len(p.Filters))
	digests := digester{sums: map[*node][sha256.Size]byte{}}
	for i, f := range p.Filters {
		filters[i] = filter.Filter{
			Name: f.Name, Class: f.Class, Description: f.Description,
			Version: digests.version(f, checked[i]),
			Clauses: slices.Clone(f.Where),
			Topics:  slices.Clone(f.Topics),
		}
		built.filters = append(built.filters, built.plan(f.Name, checked[i], numbers))
	}
	built.lookup = newLookup(built, g)
	for i := range built.filters {
		built.filters[i].countPrompt(built.clauses)
		built.parts = append(built.parts, built.filters[i].parts())
	}
	built.binding = bindingOf(filters)
	built.emit(newEmitter(slots, g.bases), p, checked)
	accounts := filter.NewAccounts(len(filters))
	set := filter.NewSet(filters, fields, func() filter.Evaluator { return newEvaluator(built, accounts) })
	set.Accounts, set.Plan = accounts, built.describe
	return set
}

// plan enters a filter's clauses that no earlier filter has.
func (p *plan) plan(name string, checked checkedFilter, numbers map[*node]int) planned {
	made := planned{name: name, clauses: make([]filterClause, 0, len(checked.clauses))}
	for _, c := range checked.clauses {
		number, known := numbers[c.node]
		if !known {
			number = len(p.clauses)
			numbers[c.node] = number
			p.clauses = append(p.clauses, clause{node: c.node})
		}
		made.clauses = append(made.clauses, filterClause{number, c.where, -1})
	}
	slices.SortStableFunc(made.clauses, func(a, b filterClause) int {
		x, y := p.clauses[a.clause].node, p.clauses[b.clause].node
		return cmp.Or(orderBools(x.lazy, y.lazy), cmp.Compare(x.cost, y.cost))
	})
	return made
}

func (f *planned) countPrompt(clauses []clause) {
	for f.prompt < len(f.clauses) && !clauses[f.clauses[f.prompt].clause].node.lazy {
		f.prompt++
	}
}

const hasPrompt, hasLazy = 1, 2

func (f *planned) parts() (parts uint8) {
	if f.prompt > 0 {
		parts = hasPrompt
	}
	if f.prompt < len(f.clauses) {
		parts |= hasLazy
	}
	return parts
}

// emit turns into closures what is left to evaluate. All nodes are made by now,
// so that it is known which are shared.
func (p *plan) emit(e *emitter, program Program, checked []checkedFilter) {
	for i := range p.filters {
		f := &p.filters[i]
		for _, c := range f.clauses {
			if at := &p.clauses[c.clause]; at.test == nil {
				at.test = e.test(at.node)
			}
		}
		for j, a := range program.Filters[i].Annotate {
			f.annotations = append(f.annotations, annotation{a.Name, e.value(checked[i].annotations[j])})
		}
	}
	if p.lookup != nil {
		for i := range p.lookup.attributes {
			a := &p.lookup.attributes[i]
			a.value = e.value(a.node)
		}
	}
	p.memos = e.memos
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
		if n.text == ofView {
			break
		}
		f.need(n.args[0].text, n.text != oneRow)
		return // what its field is by itself does not matter
	case opColumn:
		for i, column := range n.columns {
			if !isOfCatalogue(column.path) && !n.isOfView(i) {
				f.need(column.path, isLazyColumn(column.path, n.kinds[i]))
			}
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

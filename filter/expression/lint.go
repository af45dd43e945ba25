package expression

import (
	"fmt"
	"strings"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/index"
)

// Warnings are of what can be proved, or of what nobody writes on purpose: a
// warning that is wrong once is not read again.

const (
	// maxLinted bounds the estimated cost of what is looked at, and by it the
	// parts that it has with every definition unfolded.
	maxLinted = 20_000
	// maxListed bounds the lists that are looked into.
	maxListed = 100
)

// about returns the value that a condition is about, the values of it on which
// the condition holds, and the values that it can have; nil where the condition
// is not about one value and constants alone.
func about(n *node) (value *node, holds, all index.PassSet) {
	if n.isBad() || n.cost > maxLinted {
		return nil, holds, all
	}
	x := indexer{linting: true}
	value, holds = x.of(n)
	if value == nil {
		return nil, holds, all
	}
	switch all = index.Missing(); {
	case value.typ.isNumber():
		all = all.Or(index.Numbers())
	case value.typ.kind == stringKind:
		all = all.Or(index.Texts())
	default:
		all = index.Nothing().Not()
	}
	return value, holds.And(all), all
}

// warnClauses warns of clauses that are the same for every alert, alone or
// beside the clauses before them. Some may have been warned of already.
func (c *compilation) warnClauses(sources []*source, clauses []checkedClause, warned map[int]bool) {
	known := newFacts()
	for i, clause := range clauses {
		if clause.node.isBad() || warned[clause.where] {
			continue
		}
		message, help := known.sameForAll(clause)
		if isLast := i == len(clauses)-1 || clauses[i+1].where != clause.where; message == "" && isLast {
			message, help = known.implied()
		}
		if message != "" {
			c.warn(sources[clause.where], sources[clause.where].all(), message, help)
			warned[clause.where] = true
		}
	}
	for i, s := range sources {
		if !warned[i] {
			c.warnDoubts(s)
		}
	}
}

// sameForAll enters what a clause says, and words that it is the same for every
// alert.
func (k *facts) sameForAll(c checkedClause) (message, help string) {
	switch n := c.node; {
	case n.isConst() && n.value.True():
		return "the clause is always true", "leave it out, or test what you mean"
	case n.isConst():
		return "the clause is always false: the filter passes nothing", "test what you mean"
	}
	if message, help = k.contradicted(c); message == "" {
		message, help = sameForAll(c.node)
	}
	return message, help
}

// sameForAll words that a clause holds for every value of what it is about.
func sameForAll(n *node) (message, help string) {
	value, holds, all := about(n)
	switch {
	case value == nil || value.fails || n.op != opOr && n.op != opNot && n.op != opAnd:
		return "", ""
	case all.And(holds.Not()).IsNothing():
		return fmt.Sprintf("the clause is always true, whatever %s is", value.written()), "test what you mean, or leave it out"
	case n.op == opOr && all.And(holds.Or(index.Missing()).Not()).IsNothing():
		return fmt.Sprintf("the clause holds for every value of %s: it asks only whether there is one", value.written()),
			fmt.Sprintf("write %s != nil if you mean that", value.written())
	}
	return "", ""
}

// warnAgain warns of a clause that stands among the filter's already.
func (c *compilation) warnAgain(s *source, n *node, wholes map[*node]int) (warned bool) {
	if n.isBad() || n.isConst() {
		return false
	}
	first, again := wholes[n]
	if again {
		c.warn(s, s.all(), fmt.Sprintf("clause %d says this already", first+1), "leave it out, or test what you mean")
		return true
	}
	wholes[n] = s.place.Clause
	return false
}

// warnLists warns of a filter for which every alert's history is read. An
// alert on which another clause is false is spared that.
func (c *compilation) warnLists(i int, clauses []checkedClause) {
	found := fieldFinder{seen: map[*node]bool{}, lazy: map[string]bool{}}
	for _, clause := range clauses {
		if clause.node.isBad() || clause.node.isConst() || !clause.node.lazy {
			return
		}
		found.visit(clause.node)
	}
	list := ""
	for path, lazy := range found.lazy {
		if name, _, _ := strings.Cut(path, "[]"); lazy && (list == "" || name < list) {
			list = name
		}
	}
	if list != "" {
		c.warn(&source{place: Mistake{Filter: i, Definition: -1, Clause: -1, Annotation: -1, List: -1, Kind: filter.WarnHistory}}, span{},
			"every alert's "+list+" has to be read, as none of the filter's clauses can do without it",
			"add a clause that most alerts fail and that needs no list, such as a limit on the magnitude, or say what it may cost, such as budget: 1ms")
	}
}

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

// facts are what clauses that hold say of values, and of conditions.
type facts struct {
	values     map[*node][]saying
	conditions map[*node]saying
}

// saying is what one clause leaves of a value, or whether it wants a condition
// to hold.
type saying struct {
	where int
	left  index.PassSet
	holds bool
}

// warnClauses warns of clauses that are the same for every alert, alone or
// beside the clauses before them.
func (c *compilation) warnClauses(sources []*source, clauses []checkedClause) {
	known := facts{map[*node][]saying{}, map[*node]saying{}}
	warned := map[int]bool{}
	for _, clause := range clauses {
		message, help := "", ""
		switch n := clause.node; {
		case n.isBad() || warned[clause.where]:
			continue
		case n.isConst() && n.value.True():
			message, help = "the clause is always true", "leave it out, or test what you mean"
		case n.isConst():
			message, help = "the clause is always false: the filter passes nothing", "test what you mean"
		default:
			if message, help = known.contradicted(clause); message == "" {
				message, help = sameForAll(n)
			}
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

// contradicted enters what a clause says, and words that nothing can meet it
// beside the earlier ones.
func (k facts) contradicted(c checkedClause) (message, help string) {
	const nothing = "the clause is always false%s: the filter passes nothing"
	beside, never := k.enter(c)
	switch {
	case !never:
		return "", ""
	case beside == c.where:
		return fmt.Sprintf(nothing, ""), "no value meets all of it: is an or meant, or another limit?"
	case beside < 0:
		return fmt.Sprintf(nothing, " beside those before it"), "change one of them, or leave it out"
	}
	return fmt.Sprintf(nothing, fmt.Sprintf(" beside clause %d", beside+1)), "change one of the two, or leave it out"
}

// enter notes what a clause says. beside is the clause that it cannot stand
// beside, its own where it says so alone, -1 where it takes several.
func (k facts) enter(c checkedClause) (beside int, never bool) {
	value, left, _ := about(c.node)
	if value == nil {
		return k.enterCondition(c)
	}
	said := append(k.values[value], saying{where: c.where, left: left})
	k.values[value] = said
	together, own := left, left
	for _, s := range said {
		together = together.And(s.left)
		if s.where == c.where {
			own = own.And(s.left)
		}
	}
	if !together.IsNothing() {
		return 0, false
	}
	if own.IsNothing() {
		return c.where, true
	}
	for _, s := range said {
		if own.And(s.left).IsNothing() {
			return s.where, true
		}
	}
	return -1, true
}

func (k facts) enterCondition(c checkedClause) (beside int, never bool) {
	condition, holds := c.node, true
	if condition.op == opNot {
		condition, holds = condition.args[0], false
	}
	old, met := k.conditions[condition]
	if met && old.holds != holds {
		return old.where, true
	}
	k.conditions[condition] = saying{where: c.where, holds: holds}
	return 0, false
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
func (c *compilation) warnAgain(s *source, n *node, wholes map[*node]int) {
	if n.isBad() || n.isConst() {
		return
	}
	if first, again := wholes[n]; again {
		c.warn(s, s.all(), fmt.Sprintf("clause %d says this already", first+1), "leave it out, or test what you mean")
		return
	}
	wholes[n] = s.place.Clause
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

package expression

import (
	"fmt"
	"slices"

	"github.com/skysift/skysift/filter/index"
)

// facts are what clauses that hold say of values, and of conditions.
type facts struct {
	values     map[*node][]saying
	conditions map[*node]saying
	now        following
}

// saying is what one clause leaves of a value, or whether it wants a condition
// to hold.
type saying struct {
	where int
	left  index.PassSet
	holds bool
}

// following is whether a clause's conjuncts so far all follow from the clauses
// before it, and from which: several is -1.
type following struct {
	where, from int
	adds, any   bool
}

const several = -1

func newFacts() *facts {
	return &facts{values: map[*node][]saying{}, conditions: map[*node]saying{}, now: following{where: -1}}
}

// contradicted enters what a clause says, and words that nothing can meet it
// beside the earlier ones.
func (k *facts) contradicted(c checkedClause) (message, help string) {
	const nothing = "the clause is always false%s: the filter passes nothing"
	beside, never := k.enter(c)
	switch {
	case !never:
		return "", ""
	case beside == c.where:
		return fmt.Sprintf(nothing, ""), "no value meets all of it: is an or meant, or another limit?"
	case beside == several:
		return fmt.Sprintf(nothing, " beside those before it"), "change one of them, or leave it out"
	}
	return fmt.Sprintf(nothing, fmt.Sprintf(" beside clause %d", beside+1)), "change one of the two, or leave it out"
}

// implied words that the clause entered last holds wherever those before it do.
func (k *facts) implied() (message, help string) {
	const always, mean = "the clause is always true beside ", "leave it out, or test what you mean"
	switch {
	case k.now.adds || !k.now.any:
		return "", ""
	case k.now.from == several:
		return always + "those before it", mean
	}
	return fmt.Sprintf("%sclause %d", always, k.now.from+1), mean
}

// enter notes what a clause says. beside is the clause that it cannot stand
// beside, its own where it says so alone, several where it takes more than one.
func (k *facts) enter(c checkedClause) (beside int, never bool) {
	if k.now.where != c.where {
		k.now = following{where: c.where}
	}
	value, left, _ := about(c.node)
	if value == nil {
		return k.enterCondition(c)
	}
	said := append(k.values[value], saying{where: c.where, left: left})
	k.values[value] = said
	k.follow(c, said, left)
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
	return several, true
}

// follow notes whether what earlier clauses leave of a value all meets this one.
// To ask first whether there is a value is a habit, and a good one.
func (k *facts) follow(c checkedClause, said []saying, left index.PassSet) {
	earlier := said[:slices.IndexFunc(said, func(s saying) bool { return s.where == c.where })]
	asks := c.node.op == opNot && c.node.args[0].op == opMissing
	if asks || len(earlier) == 0 {
		k.now.adds = true
		return
	}
	missed := left.Not()
	together := earlier[0].left
	for _, s := range earlier {
		if s.left.And(missed).IsNothing() {
			k.now.note(s.where)
			return
		}
		together = together.And(s.left)
	}
	if together.IsNothing() || !together.And(missed).IsNothing() { // nothing: that has been warned of
		k.now.adds = true
		return
	}
	k.now.note(several)
}

// note notes a conjunct that follows from a clause, or from several.
func (f *following) note(from int) {
	if f.any && f.from != from {
		from = several
	}
	f.any, f.from = true, from
}

func (k *facts) enterCondition(c checkedClause) (beside int, never bool) {
	condition, holds := c.node, true
	if condition.op == opNot {
		condition, holds = condition.args[0], false
	}
	old, met := k.conditions[condition]
	switch {
	case met && old.holds != holds:
		return old.where, true
	case met && old.where != c.where:
		k.now.note(old.where)
		return 0, false
	}
	k.now.adds = true
	k.conditions[condition] = saying{where: c.where, holds: holds}
	return 0, false
}

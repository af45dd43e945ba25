package expression

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/index"
)

// maxCompared is how many filters of one class are held against each other,
// two by two.
const maxCompared = 200

// tested is a filter as its clauses say what it passes.
type tested struct {
	number      int
	clauses     map[*node]bool
	values      map[*node]index.PassSet // what its clauses leave of each
	annotations map[string]*node
	key         string // of the clauses alone
}

// warnAlike warns of filters whose clauses another has as well, and of those
// that pass only what another of their class passes.
func (c *compilation) warnAlike(checked []checkedFilter) {
	first := map[string]*tested{} // by the clauses and the class, or the file
	classes := map[filter.Class][]*tested{}
	for i, f := range c.program.Filters {
		if f.Guarded || slices.ContainsFunc(checked[i].clauses, unusable) {
			continue
		}
		t := newTested(i, f, checked[i])
		if c.warnDuplicate(first, t, f) {
			continue
		}
		classes[f.Class] = append(classes[f.Class], t)
	}
	for _, class := range classes {
		if len(class) <= maxCompared {
			c.warnCovered(class)
		}
	}
}

// unusable are clauses of which more is said elsewhere.
func unusable(c checkedClause) bool { return c.node.isBad() || c.node.isConst() }

func newTested(i int, f Filter, checked checkedFilter) *tested {
	t := &tested{number: i, clauses: map[*node]bool{}, values: map[*node]index.PassSet{}, annotations: map[string]*node{}}
	var ids []string
	for _, clause := range checked.clauses {
		if t.clauses[clause.node] {
			continue
		}
		t.clauses[clause.node] = true
		ids = append(ids, strconv.Itoa(clause.node.id))
		if value, holds, _ := about(clause.node); value != nil {
			if old, met := t.values[value]; met {
				holds = holds.And(old)
			}
			t.values[value] = holds
		}
	}
	for j, a := range f.Annotate {
		t.annotations[a.Name] = checked.annotations[j]
	}
	slices.Sort(ids)
	t.key = strings.Join(ids, " ")
	return t
}

// warnDuplicate warns of a filter that repeats another of its class or file,
// and reports whether it does.
func (c *compilation) warnDuplicate(first map[string]*tested, t *tested, f Filter) bool {
	keys := []string{"class " + string(f.Class) + " " + t.key, "file " + strconv.Quote(f.File) + " " + t.key}
	found := false
	for _, key := range keys {
		other, known := first[key]
		if !known {
			first[key] = t
			continue
		}
		if found {
			continue
		}
		found = true
		c.warnAcross(filter.WarnDuplicate, t, fmt.Sprintf("its clauses are those of filter %q", c.program.Filters[other.number].Name),
			"change what should differ, or leave one of them out; if it is meant, write ignore_warnings: duplicate")
	}
	return found
}

func (c *compilation) warnAcross(kind filter.Warning, t *tested, message, help string) {
	c.report.add(Mistake{
		Filter: t.number, Definition: -1, Clause: -1, Annotation: -1,
		Message: message, Suggestion: help, Warning: true, Kind: kind, Across: true,
	})
}

// warnCovered warns of each filter of a class whose alerts another passes all,
// and which adds nothing to them.
func (c *compilation) warnCovered(class []*tested) {
	for i, narrow := range class {
		for j, wide := range class {
			if i == j || !wide.covers(narrow) || j > i && narrow.covers(wide) {
				continue
			}
			c.warnAcross(filter.WarnCovered, narrow, fmt.Sprintf("it passes nothing that filter %q of the same class does not pass", c.program.Filters[wide.number].Name),
				"leave it out, give it another class, or narrow the other; if it is meant, write ignore_warnings: covered")
			break
		}
	}
}

// covers reports whether t passes, with the same annotations at least, whatever
// the other passes.
func (t *tested) covers(other *tested) bool {
	for clause := range t.clauses {
		if !other.implies(clause) {
			return false
		}
	}
	for name, n := range other.annotations {
		if t.annotations[name] != n {
			return false
		}
	}
	return true
}

// implies reports whether a condition holds for all that the filter passes.
func (t *tested) implies(n *node) bool {
	if t.clauses[n] {
		return true
	}
	value, holds, _ := about(n)
	if value == nil {
		return false
	}
	left, met := t.values[value]
	return met && left.And(holds.Not()).IsNothing()
}

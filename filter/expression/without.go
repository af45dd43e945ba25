package expression

import (
	"slices"

	"github.com/skysift/skysift/filter"
)

// Loss is what becomes of a clause, or of an annotation, where fields that it
// reads are missing in every alert.
type Loss struct {
	Filter     int
	Clause     int // index in Where, or -1
	Annotation int // index or -1
	Fields     []string
	Fate       Fate
}

// Fate is what is the same for every alert; "" where it depends on the alert.
type Fate string

// The fates of a clause, and of an annotation.
const (
	AlwaysTrue    Fate = "always true"
	AlwaysFalse   Fate = "always false"
	AlwaysMissing Fate = "always missing"
)

// Without says which clauses and annotations read fields that are gone, and what
// becomes of them. The program must have no mistakes.
func Without(p Program, gone func(path string) bool) []Loss {
	c := newCompilation(p)
	filters, _ := c.checkAll()
	s := &absence{gone: gone, known: map[*node]state{}}
	var losses []Loss
	for i, f := range filters {
		for j := range p.Filters[i].Where {
			var parts []*node
			for _, clause := range f.clauses {
				if clause.where == j {
					parts = append(parts, clause.node)
				}
			}
			if fields := s.fields(parts); len(fields) > 0 {
				losses = append(losses, Loss{Filter: i, Clause: j, Annotation: -1, Fields: fields, Fate: fateOf(s.all(parts))})
			}
		}
		for j, n := range f.annotations {
			if fields := s.fields([]*node{n}); len(fields) > 0 {
				loss := Loss{Filter: i, Clause: -1, Annotation: j, Fields: fields}
				if s.of(n) == missing {
					loss.Fate = AlwaysMissing
				}
				losses = append(losses, loss)
			}
		}
	}
	return losses
}

// state is what is known of a value where some fields are missing.
type state uint8

const (
	unknown state = iota
	missing
	yes
	no
	empty // a list without items
)

func fateOf(s state) Fate {
	switch s {
	case yes:
		return AlwaysTrue
	case no:
		return AlwaysFalse
	}
	return ""
}

// absence follows missing fields through the graph. What it does not know it
// leaves unknown.
type absence struct {
	gone  func(path string) bool
	known map[*node]state
}

// fields are the gone ones that nodes read.
func (a *absence) fields(nodes []*node) []string {
	found := fieldFinder{seen: map[*node]bool{}, lazy: map[string]bool{}}
	for _, n := range nodes {
		found.visit(n)
	}
	var all []string
	for path := range found.lazy {
		if a.gone(path) {
			all = append(all, path)
		}
	}
	slices.Sort(all)
	return all
}

func (a *absence) of(n *node) state {
	if s, ok := a.known[n]; ok {
		return s
	}
	s := a.find(n)
	a.known[n] = s
	return s
}

func (a *absence) find(n *node) state {
	switch n.op {
	case opConst:
		return constantState(n.value)
	case opField:
		return when(a.gone(n.text), missing)
	case opItems:
		return when(a.gone(n.args[0].text) && n.text != "single", empty)
	case opColumn:
		return when(len(n.columns) > 0 && !slices.ContainsFunc(n.columns, func(c row) bool { return !a.gone(c.path) }), missing)
	case opNot:
		return opposite3(a.of(n.args[0]))
	case opAnd:
		return a.all(n.args)
	case opOr:
		return a.any(n.args)
	case opMissing:
		return a.isMissing(n.args[0])
	case opCoalesce:
		if a.of(n.args[0]) == missing {
			return a.of(n.args[1])
		}
	case opIf:
		return a.branch(n)
	case opCompare, opText, opMatches, opBetween:
		return when(a.anyMissing(n.args), no)
	case opIn:
		return when(a.of(n.args[0]) == missing && holdsNoNil(n.args[1]), no)
	case opArith, opNegate:
		return when(a.anyMissing(n.args), missing)
	case opCall:
		return a.call(n)
	case opLoop:
		return a.loop(n)
	}
	return unknown
}

func when(sure bool, s state) state {
	if sure {
		return s
	}
	return unknown
}

func constantState(v filter.Value) state {
	switch {
	case v.IsMissing():
		return missing
	case v.Kind() == filter.Bool && v.True():
		return yes
	case v.Kind() == filter.Bool:
		return no
	}
	return unknown
}

// A missing condition counts as false.
func opposite3(s state) state {
	switch s {
	case yes:
		return no
	case no, missing:
		return yes
	}
	return unknown
}

func (a *absence) all(conditions []*node) state {
	result := yes
	for _, n := range conditions {
		switch a.of(n) {
		case no, missing:
			return no
		case yes:
		default:
			result = unknown
		}
	}
	return result
}

func (a *absence) any(conditions []*node) state {
	result := no
	for _, n := range conditions {
		switch a.of(n) {
		case yes:
			return yes
		case no, missing:
		default:
			result = unknown
		}
	}
	return result
}

func (a *absence) isMissing(n *node) state {
	switch a.of(n) {
	case missing:
		return yes
	case yes, no:
		return no
	}
	return unknown
}

func (a *absence) branch(n *node) state {
	switch a.of(n.args[0]) {
	case yes:
		return a.of(n.args[1])
	case no, missing:
		return a.of(n.args[2])
	}
	if first := a.of(n.args[1]); first == a.of(n.args[2]) {
		return first
	}
	return unknown
}

func (a *absence) anyMissing(args []*node) bool {
	return slices.ContainsFunc(args, func(n *node) bool { return a.of(n) == missing })
}

func holdsNoNil(list *node) bool {
	return list.isConst() && !slices.ContainsFunc(list.value.List(), filter.Value.IsMissing)
}

// call knows that a missing number or text makes a call's result missing.
func (a *absence) call(n *node) state {
	if n.fn.absent {
		return unknown
	}
	for i, arg := range n.args {
		if w := n.fn.param(i); (w == wantNumber || w == wantText) && a.of(arg) == missing {
			return missing
		}
	}
	return unknown
}

// loop knows what comes of no items, and of a condition that is the same for
// all of them.
func (a *absence) loop(n *node) state {
	none := a.of(n.args[0]) == empty || a.of(n.args[0]) == missing
	body := unknown
	if len(n.args) > 1 {
		body = a.of(n.args[1])
	}
	never := none || body == no || body == missing
	switch n.text {
	case "any":
		return when(never, no)
	case "none":
		return when(never, yes)
	case "all":
		return when(none || body == yes, yes)
	case "filter":
		return when(never, empty)
	case "map":
		return when(none, empty)
	}
	return unknown
}

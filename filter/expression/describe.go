package expression

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/skysift/skysift/filter"
)

// describe says how the plan is evaluated.
func (p *plan) describe() *filter.Plan {
	made := &filter.Plan{Attributes: []filter.PlannedAttribute{}, Shared: p.shared()}
	if p.lookup != nil {
		for i, a := range p.lookup.attributes {
			made.Attributes = append(made.Attributes, filter.PlannedAttribute{
				Expression: a.node.written(), Filters: a.tests, Segments: p.lookup.index.Segments(i), Lazy: a.node.lazy, Cost: a.node.cost,
			})
		}
	}
	slices.SortStableFunc(made.Attributes, func(a, b filter.PlannedAttribute) int { return cmp.Compare(b.Filters, a.Filters) })
	for _, f := range p.filters {
		described := filter.PlannedFilter{Indexed: p.clausesOf(f.indexed), Rest: []filter.PlannedClause{}}
		for _, c := range f.clauses {
			if c.answered < 0 {
				described.Rest = append(described.Rest, p.clausesOf([]filterClause{c})...)
			}
		}
		made.Filters = append(made.Filters, described)
	}
	return made
}

func (p *plan) clausesOf(clauses []filterClause) []filter.PlannedClause {
	described := []filter.PlannedClause{}
	for _, c := range clauses {
		n := p.clauses[c.clause].node
		described = append(described, filter.PlannedClause{Clause: c.where + 1, Expression: n.written(), Cost: n.cost, Lazy: n.lazy})
	}
	return described
}

// shared returns the clauses, and the parts of clauses, that several filters
// have and whose value is kept, those of most filters first.
func (p *plan) shared() []filter.SharedPart {
	filters, last := map[*node]int{}, map[*node]int{}
	var count func(n *node, f int)
	count = func(n *node, f int) {
		if n.cost < memoCost || last[n] == f+1 {
			return
		}
		last[n] = f + 1
		filters[n]++
		for _, arg := range n.args {
			count(arg, f)
		}
	}
	for i, f := range p.filters {
		for _, c := range slices.Concat(f.indexed, f.clauses) {
			count(p.clauses[c.clause].node, i)
		}
	}
	within := map[*node]bool{} // a larger part that as many filters have
	for n, count := range filters {
		for _, arg := range n.args {
			within[arg] = within[arg] || filters[arg] == count
		}
	}
	parts := []filter.SharedPart{}
	for n, count := range filters {
		if count > 1 && !within[n] && n.needs == 1 && n.op != opItems {
			parts = append(parts, filter.SharedPart{Expression: n.written(), Filters: count, Cost: n.cost})
		}
	}
	slices.SortFunc(parts, func(a, b filter.SharedPart) int {
		return cmp.Or(cmp.Compare(b.Filters, a.Filters), cmp.Compare(b.Cost, a.Cost), cmp.Compare(a.Expression, b.Expression))
	})
	return parts
}

// written is the node as an expression for people: what the compiler made of
// the source.
func (n *node) written() string {
	args := make([]string, len(n.args))
	for i, arg := range n.args {
		args[i] = arg.written()
		if arg.op == opAnd || arg.op == opOr || arg.op == opIf || arg.op == opArith || arg.op == opCompare && n.op != opAnd && n.op != opOr {
			if n.op != opCall && n.op != opRows && n.op != opRegion && n.op != opLoop && n.op != opCompare && n.op != opExtreme {
				args[i] = "(" + args[i] + ")"
			}
		}
	}
	switch n.op {
	case opConst:
		if n.value.Kind() == filter.Missing {
			return "nil"
		}
		return writtenConstant(n.value)
	case opField:
		return n.text
	case opItems:
		return args[0]
	case opView:
		return n.writtenView()
	case opRow:
		return "#"
	case opPosition:
		return "#index"
	case opColumn:
		return n.writtenColumn(args[0])
	case opAnd, opOr:
		return strings.Join(args, " "+n.op+" ")
	case opNot, opNegate:
		return map[string]string{opNot: "not ", opNegate: "-"}[n.op] + args[0]
	case opCompare, opArith, opText:
		return args[0] + " " + n.text + " " + args[1]
	case opExtreme:
		return n.writtenExtreme(args)
	}
	return n.writtenOther(args)
}

// writtenConstant cuts a long list short.
func writtenConstant(v filter.Value) string {
	const most = 8
	items := v.List()
	if len(items) <= most {
		return string(v.AppendJSON(nil))
	}
	head := filter.ListOf(items[:most]).AppendJSON(nil)
	return fmt.Sprintf("%s, … %d more]", head[:len(head)-1], len(items)-most)
}

func (n *node) writtenView() string {
	if list, name, isColumn := strings.Cut(n.text, "[]."); isColumn {
		return "map(" + list + ", ." + name + ")"
	}
	return n.text
}

func (n *node) writtenColumn(row string) string {
	path := n.columns[0].path
	name := path[strings.LastIndexAny(path, ".]")+1:]
	if row == "#" {
		return "." + name
	}
	return row + "." + name
}

func (n *node) writtenExtreme(args []string) string {
	list := args[0]
	if !n.args[2].isConst() {
		list = fmt.Sprintf("filter(%s, %s)", list, args[2])
	}
	return fmt.Sprintf("%s(map(%s, %s))", n.text, list, args[1])
}

func (n *node) writtenOther(args []string) string {
	switch n.op {
	case opIf:
		return args[0] + " ? " + args[1] + " : " + args[2]
	case opIn:
		return args[0] + " in " + args[1]
	case opBetween:
		return args[0] + " in " + args[1] + ".." + args[2]
	case opMissing:
		return args[0] + " == nil"
	case opCoalesce:
		return "(" + args[0] + " ?? " + args[1] + ")"
	case opRange:
		return args[0] + ".." + args[1]
	case opList:
		return "[" + strings.Join(args, ", ") + "]"
	case opIndex, opKey:
		return args[0] + "[" + args[1] + "]"
	case opSlice:
		return args[0] + "[" + args[1] + ":" + args[2] + "]"
	case opMatches:
		return args[0] + " matches " + fmt.Sprintf("%q", n.text)
	}
	return n.text + "(" + strings.Join(n.withName(args), ", ") + ")"
}

// withName puts the name of a catalogue or region where the source has it.
func (n *node) withName(args []string) []string {
	switch n.op {
	case opRows:
		return append([]string{strconv.Quote(n.name)}, args...)
	case opRegion:
		return append(args, strconv.Quote(n.name))
	}
	return args
}

package expression

import (
	"fmt"
	"math"
	"strings"
)

// warnNever warns of clauses that are the same for every alert, alone or
// beside the clauses before them.
func (c *compilation) warnNever(sources []*source, clauses []checkedClause) {
	known := map[*node]*limits{}
	warned := map[int]bool{}
	for _, clause := range clauses {
		s := sources[clause.where]
		whole := span{0, len(strings.TrimRight(s.text, " \n"))}
		switch {
		case clause.node.isBad() || warned[clause.where]:
		case clause.node.isConst() && clause.node.value.True():
			c.warn(s, whole, "the clause is always true", "")
			warned[clause.where] = true
		case clause.node.isConst():
			c.warn(s, whole, "the clause is always false: the filter passes nothing", "")
			warned[clause.where] = true
		default:
			if other, never := excluded(known, clause); never {
				message := "the clause is always false: the filter passes nothing"
				if other != clause.where {
					message = fmt.Sprintf("the clause is always false beside clause %d: the filter passes nothing", other+1)
				}
				c.warn(s, whole, message, "")
				warned[clause.where] = true
			}
		}
	}
}

// limits are what the clauses so far say of one value.
type limits struct {
	low, high         float64
	lowOpen, highOpen bool
	present, absent   bool
	text              *string
	where             int // the last clause that said so
}

// excluded enters what a clause demands of a value and reports whether no
// value can meet it beside the earlier ones.
func excluded(known map[*node]*limits, c checkedClause) (other int, never bool) {
	n, negated := c.node, false
	if n.op == opNot {
		n, negated = n.args[0], true
	}
	if len(n.args) == 0 || n.op != opMissing && (n.op != opCompare || negated || !n.args[1].isConst()) {
		return 0, false
	}
	about := n.args[0]
	l, ok := known[about]
	if !ok {
		l = &limits{low: math.Inf(-1), high: math.Inf(1), where: c.where}
		known[about] = l
	}
	other, l.where = l.where, c.where
	if n.op == opMissing {
		l.present, l.absent = l.present || negated, l.absent || !negated
	} else {
		l.present = true
		l.narrow(n.text, n.args[1])
	}
	return other, l.empty()
}

func (l *limits) empty() bool {
	return l.absent && l.present || l.low > l.high || l.low == l.high && (l.lowOpen || l.highOpen) ||
		l.text != nil && *l.text == "\x00"
}

func (l *limits) narrow(op string, limit *node) {
	if text, ok := limit.constantText(); ok && op == "==" {
		if l.text != nil && *l.text != text {
			text = "\x00" // two texts at once
		}
		l.text = &text
		return
	}
	f := limit.value.Float()
	if f != f {
		return
	}
	if op != "<" && op != "<=" && (f > l.low || f == l.low && op == ">") {
		l.low, l.lowOpen = f, op == ">"
	}
	if op != ">" && op != ">=" && (f < l.high || f == l.high && op == "<") {
		l.high, l.highOpen = f, op == "<"
	}
}

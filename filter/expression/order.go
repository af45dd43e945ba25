package expression

import (
	"cmp"
	"slices"
)

// clauseOrder is the order in which one evaluator judges each filter's clauses:
// by what it costs to find the filter false, as estimated first, and as seen
// once there is something to see.
//
// Invariants:
//   - Prompt clauses stay before lazy ones.
//   - An order changes no verdict: all of a filter's clauses must hold, and which
//     failure counts is settled by the clauses' places in the source.
type clauseOrder struct {
	plan   *plan
	seen   []seen // of each clause
	sorted [][]filterClause
	// movable are the filters with clauses to choose among.
	movable []int32
	alerts  int
	sortAt  int
}

// seen is how often a clause was evaluated, and held.
type seen struct{ evaluated, held uint32 }

// firstSort is after how many alerts the clauses are sorted by what was seen;
// then after four times as many, and so on: the cost per alert falls to nothing.
const firstSort = 256

func newClauseOrder(p *plan) clauseOrder {
	o := clauseOrder{plan: p, seen: make([]seen, len(p.clauses)), sorted: make([][]filterClause, len(p.filters)), sortAt: firstSort}
	for i := range p.filters {
		f := &p.filters[i]
		o.sorted[i] = f.clauses
		if f.prompt > 1 || len(f.clauses)-f.prompt > 1 {
			o.sorted[i] = slices.Clone(f.clauses)
			o.movable = append(o.movable, int32(i))
		}
	}
	return o
}

func (o *clauseOrder) clauses(i int) []filterClause { return o.sorted[i] }

func (o *clauseOrder) note(clause int, held bool) {
	s := &o.seen[clause]
	s.evaluated++
	if held {
		s.held++
	}
}

// tick counts an alert, and sorts when it is time.
func (o *clauseOrder) tick() {
	if o.alerts++; o.alerts < o.sortAt {
		return
	}
	o.sortAt *= 4
	for _, i := range o.movable {
		prompt := o.plan.filters[i].prompt
		slices.SortStableFunc(o.sorted[i][:prompt], o.compare)
		slices.SortStableFunc(o.sorted[i][prompt:], o.compare)
	}
	for i := range o.seen { // what comes counts more than what was
		o.seen[i].evaluated /= 2
		o.seen[i].held /= 2
	}
}

func (o *clauseOrder) compare(a, b filterClause) int {
	return cmp.Compare(o.rank(a.clause), o.rank(b.clause))
}

// rank is the expected cost of finding a filter false by the clause.
func (o *clauseOrder) rank(clause int) float64 {
	s := o.seen[clause]
	isFalse := (float64(s.evaluated-s.held) + 1) / (float64(s.evaluated) + 2)
	return (o.plan.clauses[clause].node.cost + 1) / isFalse
}

package expression

import (
	"fmt"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/index"
)

// Error is why a filter could not judge an alert.
type Error struct {
	Filter string
	Clause int // index in Where
	Err    error
}

func (e *Error) Error() string {
	return fmt.Sprintf("filter %q, clause %d: %v", e.Filter, e.Clause+1, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// evaluator judges alerts by a plan.
//
// Invariants:
//   - Each clause is evaluated at most once an alert, and only for a filter
//     whose clauses before it hold.
//   - Lazy fields are asked for only where a filter is left whose prompt clauses
//     are none of them false.
//   - Steady state allocates nothing: verdicts, annotations and scratch lists
//     keep their memory from one alert to the next.
type evaluator struct {
	plan        *plan
	machine     *machine
	search      *index.Search // nil: every filter is possible
	every       []int32
	bound       bindings
	known       []uint64  // per attribute: the frame id of the alert of which it is known
	outcomes    []outcome // of each clause
	order       clauseOrder
	tally       tally
	verdicts    []filter.Verdict
	annotations []filter.Annotation
}

// outcome is what a clause gave for the alert whose frame id it has.
type outcome struct {
	id      uint64
	holds   bool
	failure error
}

func newEvaluator(p *plan, accounts *filter.Accounts) *evaluator {
	e := &evaluator{
		plan: p, machine: newMachine(p.fields, p.memos), outcomes: make([]outcome, len(p.clauses)), bound: bindings{filters: p.binding},
		order: newClauseOrder(p), tally: newTally(p, accounts),
	}
	if p.lookup != nil {
		e.search = p.lookup.index.NewSearch()
		e.known = make([]uint64, len(p.lookup.attributes))
		return e
	}
	for i := range p.filters {
		e.every = append(e.every, int32(i))
	}
	return e
}

// Evaluate implements filter.Evaluator.
func (e *evaluator) Evaluate(a *filter.Alert) ([]filter.Verdict, error) {
	if len(a.Values) < e.plan.fields {
		return nil, fmt.Errorf("the alert has %d fields and the set needs %d", len(a.Values), e.plan.fields)
	}
	e.machine.begin(a)
	e.verdicts, e.annotations = e.verdicts[:0], e.annotations[:0]
	e.tally.begin()
	for possible := e.possible(a.Topic); len(possible) > 0; {
		possible = e.judgeEach(possible)
	}
	if e.machine.loadErr != nil {
		return nil, e.machine.loadErr
	}
	e.order.tick()
	return e.verdicts, nil
}

// Post implements filter.Poster.
func (e *evaluator) Post() { e.tally.post() }

// possible returns the filters that judge the topic's alerts and that the index
// does not rule out.
func (e *evaluator) possible(topic string) []int32 {
	among := e.bound.to(topic)
	if e.search == nil {
		every := e.every
		if among != nil {
			every = among.filters
		}
		for _, f := range every {
			e.tally.evaluate(f)
		}
		return every
	}
	found := e.search.Find(e, among.row())
	for _, f := range found {
		e.tally.evaluate(f)
	}
	if !e.plan.lookup.late {
		return found
	}
	left := e.prompt(found)
	for _, f := range left {
		if e.plan.parts[f]&hasLazy != 0 {
			e.tally.reach(f)
		}
	}
	e.tally.narrowing(left)
	return e.search.Narrow(left, e)
}

// Attribute implements index.Values.
func (e *evaluator) Attribute(i int) (v filter.Value, ok bool) {
	m, a := e.machine, &e.plan.lookup.attributes[i]
	m.restart()
	if !a.fails {
		return a.value(m), true
	}
	defer func() {
		if recover() != nil {
			m.stack, m.keyed = m.stack[:0], m.keyed[:0]
			v, ok = filter.Value{}, false // its clauses break down in the same way, each for its filter
		}
	}()
	began := e.tally.start()
	v = a.value(m)
	e.tally.share(i, began)
	if m.failure != nil || m.loadErr != nil || m.ticks > maxTicks/mostShare {
		return filter.Value{}, false
	}
	e.known[i] = m.frames[0].id
	return v, true
}

// prompt returns those of the filters, in place, of whose prompt clauses none is
// false. One that breaks down stays, to break down again when it is judged.
func (e *evaluator) prompt(filters []int32) []int32 {
	kept := filters[:0]
	for len(filters) > 0 {
		var n int
		kept, n = e.promptUntil(kept, filters)
		filters = filters[n:]
	}
	return kept
}

func (e *evaluator) promptUntil(kept, filters []int32) (left []int32, n int) {
	left = kept
	defer func() {
		if recover() != nil {
			e.machine.stack, e.machine.keyed = e.machine.stack[:0], e.machine.keyed[:0]
			left, n = append(left, filters[n]), n+1
		}
	}()
	for ; n < len(filters); n++ {
		if e.plan.parts[filters[n]]&hasPrompt == 0 {
			left = append(left, filters[n])
			continue
		}
		began := e.tally.start()
		possible := e.tally.suspended(filters[n]) || e.mayHold(int(filters[n]))
		e.tally.charge(filters[n], began)
		if possible {
			left = append(left, filters[n])
		}
	}
	return left, n
}

// mayHold reports whether none of a filter's prompt clauses is false.
func (e *evaluator) mayHold(i int) bool {
	clauses := e.order.clauses(i)[:e.plan.filters[i].prompt]
	for j := range clauses {
		if e.isAnswered(&clauses[j]) {
			continue
		}
		if o := e.clause(clauses[j].clause); !o.holds && o.failure == nil {
			return false
		}
	}
	return true
}

// isAnswered reports whether the index has answered a clause of this alert: it
// left the filter possible, so the clause holds.
func (e *evaluator) isAnswered(c *filterClause) bool {
	return c.answered >= 0 && e.known[c.answered] == e.machine.frames[0].id
}

// judgeEach judges the filters in order and returns those that are left: none,
// unless one breaks down. That one is failed.
func (e *evaluator) judgeEach(filters []int32) (left []int32) {
	at := 0
	defer func() {
		if recover() != nil {
			e.machine.stack, e.machine.keyed = e.machine.stack[:0], e.machine.keyed[:0]
			e.reject(int(filters[at]), 0, ErrPanic)
			left = filters[at+1:]
		}
	}()
	for ; at < len(filters) && e.machine.loadErr == nil; at++ {
		if e.tally.suspended(filters[at]) {
			e.verdicts = append(e.verdicts, filter.Verdict{Filter: int(filters[at]), Err: filter.ErrSuspended})
			continue
		}
		began := e.tally.start()
		e.judge(int(filters[at]))
		e.tally.charge(filters[at], began)
	}
	return nil
}

// judge evaluates one filter. A clause that fails is the filter's failure only
// if no other clause is false.
func (e *evaluator) judge(i int) {
	f, clauses := &e.plan.filters[i], e.order.clauses(i)
	failed := -1
	for j := range clauses {
		if j == f.prompt && (e.search == nil || !e.plan.lookup.late) {
			e.tally.reach(int32(i))
		}
		if e.isAnswered(&clauses[j]) {
			continue
		}
		outcome := e.clause(clauses[j].clause)
		switch {
		case outcome.failure != nil:
			if failed < 0 || clauses[j].where < clauses[failed].where {
				failed = j
			}
		case !outcome.holds:
			return
		}
	}
	switch {
	case e.machine.loadErr != nil:
	case failed >= 0:
		e.reject(i, clauses[failed].where, e.outcomes[clauses[failed].clause].failure)
	default:
		e.pass(i, f)
	}
}

// clause returns a clause's outcome for this alert.
func (e *evaluator) clause(number int) outcome {
	m := e.machine
	if kept := e.outcomes[number]; kept.id == m.frames[0].id {
		return kept
	}
	m.restart()
	holds := e.plan.clauses[number].test(m)
	e.outcomes[number] = outcome{m.frames[0].id, holds && m.failure == nil, m.failure}
	e.order.note(number, e.outcomes[number].holds)
	return e.outcomes[number]
}

func (e *evaluator) reject(i, where int, why error) {
	failure := &Error{Filter: e.plan.filters[i].name, Clause: where, Err: why}
	e.verdicts = append(e.verdicts, filter.Verdict{Filter: i, Err: failure})
	e.tally.fail(int32(i))
}

// pass adds a match with its annotations. An annotation that fails is missing:
// it must not cost the alert.
func (e *evaluator) pass(i int, f *planned) {
	start := len(e.annotations)
	for _, a := range f.annotations {
		e.machine.restart()
		v := a.value(e.machine)
		if e.machine.failure != nil {
			v = filter.Value{}
		}
		e.annotations = append(e.annotations, filter.Annotation{Name: a.name, Value: annotated(v)})
	}
	if e.machine.loadErr != nil {
		return
	}
	e.tally.pass(int32(i))
	added := e.annotations[start:len(e.annotations):len(e.annotations)]
	e.verdicts = append(e.verdicts, filter.Verdict{Filter: i, Annotations: added})
}

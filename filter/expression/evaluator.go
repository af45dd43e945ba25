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
//   - Steady state allocates nothing: verdicts, annotations and scratch lists
//     keep their memory from one alert to the next.
type evaluator struct {
	plan        *plan
	machine     *machine
	search      *index.Search // nil: every filter is possible
	every       []int32
	outcomes    []outcome // of each clause
	verdicts    []filter.Verdict
	annotations []filter.Annotation
}

// outcome is what a clause gave for the alert whose frame id it has.
type outcome struct {
	id      uint64
	holds   bool
	failure error
}

func newEvaluator(p *plan) *evaluator {
	e := &evaluator{plan: p, machine: newMachine(p.fields, p.memos), outcomes: make([]outcome, len(p.clauses))}
	if p.lookup != nil {
		e.search = p.lookup.index.NewSearch()
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
	for possible := e.possible(); len(possible) > 0; {
		possible = e.judgeEach(possible)
	}
	if e.machine.loadErr != nil {
		return nil, e.machine.loadErr
	}
	return e.verdicts, nil
}

// possible returns the filters that the index does not rule out.
func (e *evaluator) possible() []int32 {
	if e.search == nil {
		return e.every
	}
	return e.search.Find(e)
}

// Attribute implements index.Values.
func (e *evaluator) Attribute(i int) filter.Value {
	e.machine.restart()
	return e.plan.lookup.attributes[i](e.machine)
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
		e.judge(int(filters[at]))
	}
	return nil
}

// judge evaluates one filter. A clause that fails is the filter's failure only
// if no other clause is false.
func (e *evaluator) judge(i int) {
	f := &e.plan.filters[i]
	failed := -1
	for j := range f.clauses {
		outcome := e.clause(f.clauses[j].clause)
		switch {
		case outcome.failure != nil:
			if failed < 0 || f.clauses[j].where < f.clauses[failed].where {
				failed = j
			}
		case !outcome.holds:
			return
		}
	}
	switch {
	case e.machine.loadErr != nil:
	case failed >= 0:
		e.reject(i, f.clauses[failed].where, e.outcomes[f.clauses[failed].clause].failure)
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
	return e.outcomes[number]
}

func (e *evaluator) reject(i, where int, why error) {
	failure := &Error{Filter: e.plan.filters[i].name, Clause: where, Err: why}
	e.verdicts = append(e.verdicts, filter.Verdict{Filter: i, Err: failure})
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
		e.annotations = append(e.annotations, filter.Annotation{Name: a.name, Value: v})
	}
	if e.machine.loadErr != nil {
		return
	}
	added := e.annotations[start:len(e.annotations):len(e.annotations)]
	e.verdicts = append(e.verdicts, filter.Verdict{Filter: i, Annotations: added})
}

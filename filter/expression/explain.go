package expression

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/skysift/skysift/filter"
)

// Explainer says why filters pass an alert or do not. It evaluates every
// clause, where a set's evaluator stops at the first that is false; so it is
// slow, and comes to the same verdicts. It has scratch space of its own: one
// goroutine uses it.
type Explainer struct {
	fields  []filter.Field
	filters []explained
	machine *machine
}

// explained is a filter whose clauses can be told apart.
type explained struct {
	clauses     []*condition
	annotations []annotation
}

// NewExplainer compiles a program to explain it. Its error is the program's
// first mistake.
func NewExplainer(p Program) (*Explainer, error) {
	c := newCompilation(p)
	c.enterLists()
	c.checkDefinitions()
	checked := make([]checkedFilter, len(p.Filters))
	for i := range p.Filters {
		checked[i] = c.checkFilter(i)
	}
	for _, m := range c.report.sorted() {
		if !m.Warning {
			return nil, errors.New(m.Message)
		}
	}
	u := &unfolder{compilation: c, unfolded: map[*definition]*condition{}}
	for i, f := range p.Filters {
		for j, text := range f.Where {
			u.clause(i, j, text)
		}
	}
	return u.explainer(p, checked), nil
}

// explainer emits all that was unfolded.
func (u *unfolder) explainer(p Program, checked []checkedFilter) *Explainer {
	fields, slots := withFields(checked, u.nodes)
	e := newEmitter(slots, u.graph.bases)
	x := &Explainer{fields: fields}
	for i, f := range p.Filters {
		made := explained{clauses: u.clauses[i]}
		for _, clause := range made.clauses {
			clause.emit(e)
		}
		for j, a := range f.Annotate {
			made.annotations = append(made.annotations, annotation{a.Name, e.value(checked[i].annotations[j])})
		}
		x.filters = append(x.filters, made)
	}
	x.machine = newMachine(len(fields), e.memos)
	x.machine.bases = u.graph.bases
	return x
}

// withFields returns the fields that the set of the filters has, in its order,
// so that both can judge one alert, and behind them those that only the nodes
// need: what is left of a condition whose outcome is known beforehand.
func withFields(checked []checkedFilter, nodes []*node) ([]filter.Field, map[string]int) {
	fields, slots := fieldsOf(checked)
	more := checkedFilter{}
	for _, n := range nodes {
		more.clauses = append(more.clauses, checkedClause{node: n})
	}
	all, _ := fieldsOf([]checkedFilter{more})
	for _, field := range all {
		slot, known := slots[field.Path]
		if known {
			fields[slot].Lazy = fields[slot].Lazy && field.Lazy
			continue
		}
		slots[field.Path] = len(fields)
		fields = append(fields, field)
	}
	return fields, slots
}

// Fields are what alerts have to be decoded with. They begin with the fields
// of the set that Compile makes of the same program.
func (x *Explainer) Fields() []filter.Field { return x.fields }

// Explain says what each condition of a filter gives for the alert. Its error
// is Alert.Load's: the record is undecodable.
func (x *Explainer) Explain(a *filter.Alert, number int) (Explanation, error) {
	if err := x.begin(a); err != nil {
		return Explanation{}, err
	}
	var e Explanation
	for _, clause := range x.filters[number].clauses {
		e.Clauses = append(e.Clauses, clause.tell(x.machine))
	}
	e.First = decisive(e.Clauses)
	e.Passes = e.First < 0
	return e, x.machine.loadErr
}

// Outcomes appends what each clause of a filter gives for the alert. Its
// error is Alert.Load's.
func (x *Explainer) Outcomes(dst []Outcome, a *filter.Alert, number int) ([]Outcome, error) {
	if err := x.begin(a); err != nil {
		return dst, err
	}
	for _, clause := range x.filters[number].clauses {
		outcome, _ := clause.judge(x.machine)
		dst = append(dst, outcome)
	}
	return dst, x.machine.loadErr
}

// Annotations returns what a filter adds to the alert, valid until the alert
// is Reset or another is explained. One that fails is missing.
func (x *Explainer) Annotations(a *filter.Alert, number int) ([]filter.Annotation, error) {
	if err := x.begin(a); err != nil {
		return nil, err
	}
	var all []filter.Annotation
	for _, f := range x.filters[number].annotations {
		v, failure := x.machine.safely(f.value)
		if failure != nil {
			v = filter.Value{}
		}
		all = append(all, filter.Annotation{Name: f.name, Value: annotated(v)})
	}
	return all, x.machine.loadErr
}

func (x *Explainer) begin(a *filter.Alert) error {
	if len(a.Values) < len(x.fields) {
		return fmt.Errorf("the alert has %d fields and the explanation needs %d", len(a.Values), len(x.fields))
	}
	x.machine.begin(a)
	return nil
}

// safely evaluates one value with ticks of its own.
func (m *machine) safely(f valueFunc) (v filter.Value, failure error) {
	defer func() {
		if recover() != nil {
			m.stack, m.keyed = m.stack[:0], m.keyed[:0]
			v, failure = filter.Value{}, ErrPanic
		}
	}()
	m.restart()
	v = f(m)
	return v, m.failure
}

func byteCount(n int) string { return strconv.Itoa(n) + " bytes" }

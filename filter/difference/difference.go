// Package difference judges alerts by two versions of a set of filters at once,
// and notes which alerts one passes and the other does not.
package difference

import (
	"fmt"
	"strings"
	"sync"

	"github.com/skysift/skysift/filter"
)

// Difference is what was found so far. Its set's evaluators note into it.
type Difference struct {
	mu      sync.Mutex
	pairs   []Pair
	ofNew   []int // filter of the new set → pair
	ofOld   []int
	id      int       // slot; -1: none
	slots   []int     // of the old set's fields in the alert
	outcome []outcome // of each pair for the alert in hand
}

// Pair is a filter in both versions, or in one of them: then New or Old is nil.
type Pair struct {
	New, Old *filter.Filter
	// Before and After count the alerts that passed the old and the new one.
	Before, After int64
	// Gained are the ids of the alerts that only the new one passed, and Lost
	// those of the alerts that only the old one passed, in their order.
	Gained, Lost []string
}

type outcome struct{ before, after bool }

// Watch returns a set that gives the verdicts of current and also judges by old.
// Filters are one and the same where they have one name. idPath is the field
// that identifies an alert; "" where none is known, and then ids are "".
func Watch(current, old *filter.Set, idPath string) (*filter.Set, *Difference) {
	d := &Difference{id: -1}
	fields, slots := joined(current.Fields, old.Fields)
	d.slots = slots
	if idPath != "" {
		var slot []int
		fields, slot = joined(fields, []filter.Field{{Path: idPath}})
		d.id = slot[0]
	}
	byName := map[string]int{}
	for i := range current.Filters {
		f := &current.Filters[i]
		byName[f.Name] = len(d.pairs)
		d.ofNew = append(d.ofNew, len(d.pairs))
		d.pairs = append(d.pairs, Pair{New: f})
	}
	for i := range old.Filters {
		f := &old.Filters[i]
		at, both := byName[f.Name]
		if !both {
			at = len(d.pairs)
			d.pairs = append(d.pairs, Pair{})
		}
		d.pairs[at].Old = f
		d.ofOld = append(d.ofOld, at)
	}
	d.outcome = make([]outcome, len(d.pairs))
	return filter.NewSet(current.Filters, fields, func() filter.Evaluator {
		return &evaluator{Evaluator: current.NewEvaluator(), old: old.NewEvaluator(), difference: d}
	}), d
}

// joined returns the fields with more behind them, each once, and the slots
// that more have. One reader that cannot wait makes a field eager.
func joined(fields, more []filter.Field) ([]filter.Field, []int) {
	all := append([]filter.Field(nil), fields...)
	at := map[string]int{}
	for i, field := range all {
		at[field.Path] = i
	}
	slots := make([]int, len(more))
	for i, field := range more {
		slot, known := at[field.Path]
		if !known {
			slot = len(all)
			at[field.Path] = slot
			all = append(all, field)
		}
		all[slot].Lazy = all[slot].Lazy && field.Lazy
		slots[i] = slot
	}
	return all, slots
}

// Pairs returns the filters of the new set in its order, then those that only
// the old one has.
func (d *Difference) Pairs() []Pair {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]Pair(nil), d.pairs...)
}

// evaluator gives the verdicts of the new set.
type evaluator struct {
	filter.Evaluator
	old        filter.Evaluator
	difference *Difference
	view       filter.Alert // the alert with the old set's slots
}

// Evaluate implements filter.Evaluator.
func (e *evaluator) Evaluate(a *filter.Alert) ([]filter.Verdict, error) {
	after, err := e.Evaluator.Evaluate(a)
	if err != nil {
		return nil, err
	}
	e.view.Reset(len(e.difference.slots))
	e.view.Schema, e.view.Topic = a.Schema, a.Topic
	loader := &view{from: a, slots: e.difference.slots}
	loader.fill(&e.view)
	e.view.Defer(loader)
	before, err := e.old.Evaluate(&e.view)
	if err != nil {
		return nil, fmt.Errorf("by the old filters: %w", err)
	}
	e.difference.note(a, before, after)
	return after, nil
}

// view fills one alert's slots out of another's.
type view struct {
	from  *filter.Alert
	slots []int
}

func (v *view) fill(a *filter.Alert) {
	for i, slot := range v.slots {
		a.Values[i] = v.from.Values[slot]
	}
}

// Load implements filter.Loader.
func (v *view) Load(a *filter.Alert) error {
	if err := v.from.Load(); err != nil {
		return err
	}
	v.fill(a)
	return nil
}

func (d *Difference) note(a *filter.Alert, before, after []filter.Verdict) {
	d.mu.Lock()
	defer d.mu.Unlock()
	clear(d.outcome)
	for _, v := range before {
		d.outcome[d.ofOld[v.Filter]].before = v.Err == nil
	}
	for _, v := range after {
		d.outcome[d.ofNew[v.Filter]].after = v.Err == nil
	}
	for i, found := range d.outcome {
		pair := &d.pairs[i]
		if found.before {
			pair.Before++
		}
		if found.after {
			pair.After++
		}
		switch {
		case found.after && !found.before:
			pair.Gained = append(pair.Gained, d.idOf(a))
		case found.before && !found.after:
			pair.Lost = append(pair.Lost, d.idOf(a))
		}
	}
}

func (d *Difference) idOf(a *filter.Alert) string {
	if d.id < 0 {
		return ""
	}
	return strings.Trim(string(a.Values[d.id].AppendJSON(nil)), `"`)
}

package filter

import (
	"context"
	"errors"
	"fmt"
)

// ErrUnavailable is why a question has no answer: who judges it is not there,
// or fails. The verdict is not known, which is not "no".
var ErrUnavailable = errors.New("the filter cannot judge now")

// Asked is how one filter of a set is judged outside of it, such as by a
// plug-in. The set's own expressions of that filter then only say which alerts
// it is asked about.
type Asked struct {
	Asker Asker
	// Raw and Source say that Page.Add needs an alert's own bytes, and the
	// place it came from.
	Raw, Source bool
	// OnFailure is what becomes of alerts that it cannot be asked about.
	OnFailure OnFailure
}

// OnFailure is what becomes of an alert whose verdict by one filter cannot be
// had.
type OnFailure uint8

// Hold waits for the verdict, and lets the filter's partitions stand rather
// than lose it. Skip does without, Reject sends the alert to the reject topic
// as well; both are counted.
const (
	Hold OnFailure = iota
	Skip
	Reject
)

// Asker judges alerts in batches. Its methods may be called from any
// goroutine.
type Asker interface {
	// NewPage returns room for the alerts of one question. They have these
	// fields. One goroutine uses it at a time.
	NewPage(fields []Field) Page
	// Ask returns an answer for each alert on the page, in order, valid as long
	// as the page is left alone. It returns ErrUnavailable, or an error that
	// wraps it, where there are none. One that waits does so only if ctx ends; one that
	// does not also if it is known that nobody is there.
	Ask(ctx context.Context, page Page, wait bool) ([]Answer, error)
}

// Page holds what is asked about some alerts.
type Page interface {
	// Add copies what is needed of an alert whose lazy fields are loaded.
	Add(alert *Alert, raw []byte, source string)
	// Full reports whether it is time to ask.
	Full() bool
	Len() int
	Reset()
}

// Answer is what an Asker says of one alert.
type Answer struct {
	Passed bool
	// Class is where the alert goes; "" for the filter's own class.
	Class       Class
	Annotations []Annotation
	// Err is why this alert cannot be judged, now or ever; it is not passed.
	Err error
}

// asking is an evaluator that asks at once, alert by alert.
type asking struct {
	Evaluator
	set      *Set
	pages    []Page
	verdicts []Verdict
}

func newAsking(s *Set) *asking {
	return &asking{Evaluator: s.newEvaluator(), set: s, pages: make([]Page, len(s.Filters))}
}

// Evaluate implements Evaluator.
func (e *asking) Evaluate(a *Alert) ([]Verdict, error) {
	verdicts, err := e.Evaluator.Evaluate(a)
	if err != nil {
		return nil, err
	}
	e.verdicts = e.verdicts[:0]
	for _, v := range verdicts {
		if v.Err == nil && e.set.Asked[v.Filter] != nil {
			if err := a.Load(); err != nil {
				return nil, err
			}
			v = e.ask(a, v)
		}
		if v.Filter >= 0 {
			e.verdicts = append(e.verdicts, v)
		}
	}
	return e.verdicts, nil
}

// ask completes the verdict of a filter that is asked; its Filter is -1 where
// the answer is no.
func (e *asking) ask(a *Alert, v Verdict) Verdict {
	if e.pages[v.Filter] == nil {
		e.pages[v.Filter] = e.set.Asked[v.Filter].Asker.NewPage(e.set.Fields)
	}
	answer, err := e.set.Asked[v.Filter].AskOne(e.pages[v.Filter], a)
	switch {
	case err != nil:
		return Verdict{Filter: v.Filter, Err: err}
	case answer.Err != nil:
		return Verdict{Filter: v.Filter, Err: answer.Err}
	case !answer.Passed:
		return Verdict{Filter: -1}
	}
	v.Class = answer.Class
	v.Annotations = append(v.Annotations[:len(v.Annotations):len(v.Annotations)], answer.Annotations...)
	return v
}

// AskOne asks about one alert whose lazy fields are loaded. It does not wait
// for who is not there.
func (a *Asked) AskOne(page Page, alert *Alert) (Answer, error) {
	if a.Raw {
		return Answer{}, fmt.Errorf("%w: it needs the alert's own bytes, which only run and replay have", ErrUnavailable)
	}
	page.Reset()
	page.Add(alert, nil, "")
	answers, err := a.Asker.Ask(context.Background(), page, false)
	if err != nil {
		return Answer{}, err
	}
	return answers[0], nil
}

// With returns fields and, behind them, those that the set needs besides.
func (s *Set) With(fields []Field) []Field {
	all := fields[:len(fields):len(fields)]
	for _, field := range s.Fields {
		known := false
		for _, have := range fields {
			known = known || have.Path == field.Path
		}
		if !known {
			all = append(all, field)
		}
	}
	return all
}

// Ask asks who judges filter i outside of the set about one alert that its
// pre-filter has passed. The alert has these fields. It is slow: run and replay
// ask in pages. It reports false where nobody is to be asked.
func (s *Set) Ask(i int, fields []Field, alert *Alert) (answer Answer, asked bool, err error) {
	if s.Asked == nil || s.Asked[i] == nil {
		return Answer{Passed: true}, false, nil
	}
	if err := alert.Load(); err != nil {
		return Answer{}, true, err
	}
	answer, err = s.Asked[i].AskOne(s.Asked[i].Asker.NewPage(fields), alert)
	return answer, true, err
}

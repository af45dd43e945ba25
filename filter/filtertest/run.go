package filtertest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/expression"
)

// Decode reads the alert at an index of a file, with the fields that Fields
// returns, and gives it to visit.
type Decode func(path string, index int, visit func(*filter.Alert) error) error

// Runner runs tests of one set of filters. One goroutine uses it.
type Runner struct {
	set       *filter.Set
	explainer *expression.Explainer
	fields    []filter.Field // the explainer's, and what plug-ins need besides
	kinds     []filter.Kind  // of the fields
	paths     [][]string
	decode    Decode
	positions map[string]int
	coverage  []Coverage
}

// Result is what one test came to: it passed if there is no failure.
type Result struct {
	Test     Test
	Failures []Failure
}

// Failure is one thing that is not as a test expects it. Filter is "" where
// the test could not be run at all.
type Failure struct {
	Filter  string `json:"filter,omitempty"`
	Message string `json:"message"`
}

// Fields are those that Decode has to fill.
func Fields(set *filter.Set, explainer *expression.Explainer) []filter.Field {
	return set.With(explainer.Fields())
}

// NewRunner returns a runner of tests of the set that the explainer explains.
func NewRunner(set *filter.Set, explainer *expression.Explainer, schema *filter.Schema, decode Decode) *Runner {
	r := &Runner{set: set, explainer: explainer, decode: decode, positions: map[string]int{}}
	known := newKnown(schema)
	r.fields = set.With(explainer.Fields())
	for _, field := range r.fields {
		r.kinds = append(r.kinds, known.kinds[field.Path])
		r.paths = append(r.paths, strings.Split(field.Path, "."))
	}
	for i, f := range set.Filters {
		r.positions[f.Name] = i
		r.coverage = append(r.coverage, newCoverage(f))
	}
	return r
}

// Run runs one test.
func (r *Runner) Run(t Test) Result {
	result := Result{Test: t}
	judge := func(alert *filter.Alert) error {
		if err := r.prepare(alert, t); err != nil {
			return err
		}
		return r.judge(alert, &result)
	}
	var err error
	if t.Alert == "" {
		alert := &filter.Alert{}
		alert.Reset(len(r.paths))
		err = judge(alert)
	} else {
		err = r.decode(t.Alert, t.Index, judge)
	}
	if err != nil {
		result.Failures = append(result.Failures, Failure{Message: err.Error()})
	}
	return result
}

// prepare puts what the test sets over what the alert has.
func (r *Runner) prepare(alert *filter.Alert, t Test) error {
	if err := alert.Load(); err != nil {
		return err
	}
	if t.Topic != "" {
		alert.Topic = t.Topic
	}
	for _, fields := range t.layers() {
		if fields == nil {
			continue
		}
		for i, path := range r.paths {
			if v, set := fields.at(path, r.kinds[i]); set {
				alert.Values[i] = v
			}
		}
	}
	return nil
}

// judge compares what each filter comes to of which the test expects something,
// and notes what its clauses gave.
func (r *Runner) judge(alert *filter.Alert, result *Result) error {
	for _, e := range result.Test.Expect {
		i := r.positions[e.Filter]
		if f := r.set.Filters[i]; !f.Judges(alert.Topic) {
			if e.Verdict != Fail || e.Clause != "" {
				message := fmt.Sprintf("expected %s, but it does not judge the topic %s: its topics are %s", expectedWords(e), alert.Topic, strings.Join(f.Topics, ", "))
				result.Failures = append(result.Failures, Failure{e.Filter, message})
			}
			continue
		}
		found, err := r.explainer.Explain(alert, i)
		if err != nil {
			return err
		}
		r.coverage[i].note(found)
		message, said := e.compare(found), []filter.Annotation(nil)
		if found.Passes {
			message, said = r.ask(e, message, alert, i)
		}
		if message != "" {
			result.Failures = append(result.Failures, Failure{e.Filter, message})
			continue
		}
		if len(e.Annotations) == 0 {
			continue
		}
		annotations, err := r.explainer.Annotations(alert, i)
		if err != nil {
			return err
		}
		for _, message := range e.compareAnnotations(append(annotations, said...)) {
			result.Failures = append(result.Failures, Failure{e.Filter, message})
		}
	}
	return nil
}

// ask asks the plug-in of a filter whose clauses hold, where it has one: then
// its verdict is what counts. message is what is not as expected without it.
func (r *Runner) ask(e Expectation, message string, alert *filter.Alert, i int) (string, []filter.Annotation) {
	answer, asked, err := r.set.Ask(i, r.fields, alert)
	if !asked {
		return message, nil
	}
	got, words := Fail, "fails: its plug-in does not pass it"
	switch {
	case err != nil || answer.Err != nil:
		got, words = Err, fmt.Sprintf("errs: its plug-in cannot judge it: %v", cmp.Or(err, answer.Err))
	case answer.Passed:
		got, words = Pass, "passes"
	}
	if got == e.Verdict && e.Clause == "" {
		return "", answer.Annotations
	}
	return fmt.Sprintf("expected %s, but it %s", expectedWords(e), words), nil
}

// compare says what is not as expected; "" where all is.
func (e Expectation) compare(found expression.Explanation) string {
	got := verdictOf(found)
	if got != e.Verdict {
		return fmt.Sprintf("expected %s, but it %s", expectedWords(e), describe(got, found))
	}
	if e.Clause == "" || e.decidedBy(found) {
		return ""
	}
	return fmt.Sprintf("expected %s, but it %s", expectedWords(e), describe(got, found))
}

// expectedWords are an expectation in words.
func expectedWords(e Expectation) string {
	words := map[Verdict]string{Pass: "to pass", Fail: "to fail", Err: "to err"}[e.Verdict]
	if e.Clause == "" {
		return words
	}
	if _, err := strconv.Atoi(e.Clause); err == nil {
		return words + " on clause " + e.Clause
	}
	return words + " on " + e.Clause
}

func verdictOf(found expression.Explanation) Verdict {
	switch {
	case found.Passes:
		return Pass
	case found.Clauses[found.First].Outcome == expression.Failed:
		return Err
	}
	return Fail
}

// describe is a verdict with what decided it.
func describe(got Verdict, found expression.Explanation) string {
	why := found.Why()
	if len(why) == 0 {
		return "passes"
	}
	var way []string
	for _, condition := range why {
		way = append(way, oneLine(condition.Text))
	}
	last := why[len(why)-1]
	text := fmt.Sprintf("%s on clause %d: %s is %s", map[Verdict]string{Fail: "fails", Err: "errs"}[got], found.First+1, strings.Join(way, " → "), last.Outcome)
	if last.Error != "" {
		text += ": " + last.Error
	}
	lead := " where "
	for _, v := range last.Values {
		text += lead + v.Text + " = " + string(v.Value)
		lead = ", "
	}
	return text
}

// decidedBy reports whether the clause that is named decided.
func (e Expectation) decidedBy(found expression.Explanation) bool {
	if n, err := strconv.Atoi(e.Clause); err == nil {
		return n == found.First+1
	}
	for _, condition := range found.Why() {
		if oneLine(condition.Text) == oneLine(e.Clause) {
			return true
		}
	}
	return false
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func (e Expectation) compareAnnotations(found []filter.Annotation) []string {
	var messages []string
	for _, want := range e.Annotations {
		if !slices.ContainsFunc(found, func(got filter.Annotation) bool { return got.Name == want.Name }) {
			messages = append(messages, fmt.Sprintf("annotation %s: expected %s, and there is none", want.Name, want.value.text()))
		}
		for _, got := range found {
			if got.Name == want.Name && !want.value.equals(got.Value) {
				messages = append(messages, fmt.Sprintf("annotation %s: expected %s, and it is %s", want.Name, want.value.text(), got.Value.AppendJSON(nil)))
			}
		}
	}
	return messages
}

// text is a value as JSON.
func (g *given) text() string { return string(g.whole(filter.Map).AppendJSON(nil)) }

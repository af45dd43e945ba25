package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/expression"
)

// explainedVerdict is what explain says of one alert and one filter.
type explainedVerdict struct {
	Source  string `json:"source"`
	ID      string `json:"id,omitempty"`
	Filter  string `json:"filter"`
	Class   string `json:"class"`
	Version string `json:"version"`
	expression.Explanation
	// First is the clause that decided; nil where the filter passes.
	First *firstFailed `json:"first_failed"`
	// Plugin is what the filter's plug-in said, where it was asked.
	Plugin *pluginSaid `json:"plugin,omitempty"`
	// Annotations are those of a filter that passes.
	Annotations map[string]json.RawMessage `json:"annotations,omitempty"`

	order []string // of the annotations
}

// pluginSaid is a plug-in's part in a verdict.
type pluginSaid struct {
	Passes bool   `json:"passes"`
	Error  string `json:"error,omitempty"`
}

// firstFailed leads from a clause, numbered from 1, to the condition that
// decided.
type firstFailed struct {
	Clause  int                `json:"clause"`
	Outcome expression.Outcome `json:"outcome"`
	Way     []string           `json:"way"`
}

func newExplainedVerdict(from origin, f filter.Filter, found expression.Explanation) explainedVerdict {
	told := explainedVerdict{Source: from.source, ID: from.id, Filter: f.Name, Class: string(f.Class), Version: f.Version, Explanation: found}
	if why := found.Why(); len(why) > 0 {
		told.First = &firstFailed{Clause: found.First + 1, Outcome: why[len(why)-1].Outcome}
		for _, condition := range why {
			told.First.Way = append(told.First.Way, condition.Text)
		}
	}
	return told
}

// ask asks the filter's plug-in about the alert, where it has one and its
// clauses hold, and returns the plug-in's annotations.
func (e *explainedVerdict) ask(set *filter.Set, fields []filter.Field, alert *filter.Alert, i int) []filter.Annotation {
	answer, asked, err := set.Ask(i, fields, alert)
	if !asked {
		return nil
	}
	e.Plugin = &pluginSaid{Passes: answer.Passed && err == nil}
	if err = cmp.Or(err, answer.Err); err != nil {
		e.Plugin.Error = err.Error()
	}
	if !e.Plugin.Passes {
		e.Passes = false
		return nil
	}
	e.Class = cmp.Or(string(answer.Class), e.Class)
	return answer.Annotations
}

func (told *explainedVerdict) annotate(annotations []filter.Annotation) {
	for _, a := range annotations {
		if told.Annotations == nil {
			told.Annotations = map[string]json.RawMessage{}
		}
		told.Annotations[a.Name] = a.Value.AppendJSON(nil)
		told.order = append(told.order, a.Name)
	}
}

// write draws the explanation for people.
func (e explainedVerdict) write(out io.Writer) error {
	w := bufio.NewWriter(out)
	fmt.Fprintf(w, "%s: %s %s\n", strings.TrimSpace(e.Source+" "+e.ID), e.Filter, e.verdict())
	for i, clause := range e.Clauses {
		writeCondition(w, fmt.Sprintf("%2d. ", i+1), "    ", clause)
	}
	if e.Plugin != nil {
		fmt.Fprintf(w, "%-8s the plug-in\n", e.Plugin.word())
	}
	for _, name := range e.order {
		fmt.Fprintf(w, "adds     %s = %s\n", name, e.Annotations[name])
	}
	fmt.Fprintln(w)
	return w.Flush()
}

func (p pluginSaid) word() string {
	switch {
	case p.Error != "":
		return "failed"
	case p.Passes:
		return "true"
	}
	return "false"
}

func (e explainedVerdict) verdict() string {
	switch {
	case e.Plugin != nil && e.Plugin.Error != "":
		return "does not pass: the plug-in could not judge it: " + e.Plugin.Error
	case e.Plugin != nil && !e.Plugin.Passes:
		return "does not pass: the plug-in says no"
	case e.First == nil:
		return "passes"
	}
	return fmt.Sprintf("does not pass: clause %d is %s: %s", e.First.Clause, e.First.Outcome, strings.Join(e.First.Way, " → "))
}

// writeCondition writes a condition behind what it is introduced by, and all
// that it consists of deeper than indent.
func writeCondition(w io.Writer, lead, indent string, c expression.Condition) {
	fmt.Fprintf(w, "%-8s%s%s%s", c.Outcome, lead, strings.Join(strings.Fields(c.Text), " "), meaning(c.Source))
	if c.Error != "" {
		fmt.Fprintf(w, ": %s", c.Error)
	}
	fmt.Fprintln(w)
	if values, alone := onlyValues(c); alone {
		writeValues(w, indent+"  ", values)
		return
	}
	for _, part := range c.Parts {
		writeCondition(w, indent+"  ", indent+"  ", part)
	}
	writeValues(w, indent+"  ", c.Values)
}

// onlyValues returns the values of a definition that is one comparison, which
// stands behind its name already.
func onlyValues(c expression.Condition) ([]expression.Named, bool) {
	if c.Source == "" || len(c.Parts) != 1 || len(c.Parts[0].Parts) > 0 || c.Parts[0].Source != "" {
		return nil, false
	}
	return c.Parts[0].Values, true
}

// maxShown is how many characters of a value are shown: a history has many.
const maxShown = 60

func writeValues(w io.Writer, indent string, values []expression.Named) {
	for _, v := range values {
		if rows := matchedRows(v.Value); len(rows) > 0 {
			fmt.Fprintf(w, "%-8s%s%s has %s%s\n", "", indent, v.Text, count(len(rows), "row"), meaning(v.Source))
			writeRows(w, indent+"  ", rows)
			continue
		}
		fmt.Fprintf(w, "%-8s%s%s = %s%s\n", "", indent, v.Text, cut(string(v.Value), maxShown), meaning(v.Source))
		writeValues(w, indent+"  ", v.Values)
	}
}

// matchedRows returns the rows of catalogues that a value is a list of; nil for
// any other value.
func matchedRows(value expression.JSON) []json.RawMessage {
	var rows []json.RawMessage
	if !strings.HasPrefix(string(value), "[{\"") || json.Unmarshal([]byte(value), &rows) != nil {
		return nil
	}
	return rows
}

const (
	// maxRows is how many matches are shown to people, the nearest; JSON has them all.
	maxRows = 10
	// maxRowShown is how many characters of one are.
	maxRowShown = 160
)

func writeRows(w io.Writer, indent string, rows []json.RawMessage) {
	for _, row := range rows[:min(len(rows), maxRows)] {
		fmt.Fprintf(w, "%-8s%s%s\n", "", indent, cut(string(row), maxRowShown))
	}
	if more := len(rows) - maxRows; more > 0 {
		fmt.Fprintf(w, "%-8s%sand %d more\n", "", indent, more)
	}
}

// meaning is what a definition says, behind its name.
func meaning(source string) string {
	if source == "" {
		return ""
	}
	return "   [" + strings.Join(strings.Fields(source), " ") + "]"
}

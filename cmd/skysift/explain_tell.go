package main

import (
	"fmt"
	"strings"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/compile"
	"github.com/skysift/skysift/filter/expression"
)

// teller says of an alert what each of the wanted filters makes of it.
type teller struct {
	io        streams
	output    *outputFlag
	topic     string // that alerts are of, instead of their own; "": their own
	set       *filter.Set
	explainer *expression.Explainer
	fields    []filter.Field // that filters and explanations need
	wanted    []int
}

func newTeller(io streams, flags explainFlags, loaded *filters) (*teller, error) {
	wanted, err := loaded.positions(flags.filter)
	if err != nil {
		return nil, err
	}
	explainer, err := compile.Explainer(loaded.Document, loaded.schema)
	if err != nil {
		return nil, asWrong(err)
	}
	return &teller{
		io: io, output: flags.output, topic: flags.input.topic, set: loaded.set,
		explainer: explainer, fields: loaded.set.With(explainer.Fields()), wanted: wanted,
	}, nil
}

func (t *teller) tell(from origin, alert *filter.Alert) error {
	if t.topic != "" {
		alert.Topic = t.topic
	}
	for _, i := range t.wanted {
		tell := t.verdict
		if !t.set.Filters[i].Judges(alert.Topic) {
			tell = t.unjudged
		}
		if err := tell(from, alert, i); err != nil {
			return err
		}
	}
	return nil
}

// unjudged says that a filter does not judge the alert's topic.
type unjudged struct {
	Source  string   `json:"source"`
	Filter  string   `json:"filter"`
	Judged  bool     `json:"judged"`
	Topic   string   `json:"topic"`
	Topics  []string `json:"topics"`
	Version string   `json:"version"`
}

func (t *teller) unjudged(from origin, alert *filter.Alert, i int) error {
	f := t.set.Filters[i]
	if t.output.json() {
		return writeJSON(t.io.out, unjudged{Source: from.source, Filter: f.Name, Topic: alert.Topic, Topics: f.Topics, Version: f.Version})
	}
	_, err := fmt.Fprintf(t.io.out, "%s: %s does not judge it: its topics are %s, and this is of %s; --topic says another\n",
		from.source, f.Name, strings.Join(f.Topics, ", "), alert.Topic)
	return err
}

func (t *teller) verdict(from origin, alert *filter.Alert, i int) error {
	found, err := t.explainer.Explain(alert, i)
	if err != nil {
		return err
	}
	told := newExplainedVerdict(from, t.set.Filters[i], found)
	if found.Passes {
		annotations, err := t.explainer.Annotations(alert, i)
		if err != nil {
			return err
		}
		annotations = append(annotations, told.ask(t.set, t.fields, alert, i)...)
		if told.Passes { // still, after its plug-in was asked
			told.annotate(annotations)
		}
	}
	if t.output.json() {
		return writeJSON(t.io.out, told)
	}
	return told.write(t.io.out)
}

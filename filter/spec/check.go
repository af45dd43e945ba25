package spec

import (
	"errors"
	"fmt"
	"strings"
)

// check finds the mistakes that show only when all files are read.
func (d *Document) check() []*Error {
	mistakes := d.checkNames()
	if d.broken || len(d.Files) < len(d.read) {
		// What could not be read may have the filters, and a topic that could
		// not would be taken for its default.
		return mistakes
	}
	if len(d.Filters()) == 0 {
		mistakes = append(mistakes, d.noFilters())
	}
	d.warnUnbound()
	d.checkClasses()
	return append(mistakes, d.checkRoutes()...)
}

func (d *Document) checkNames() []*Error {
	var mistakes []*Error
	first := map[string]Filter{}
	for _, f := range d.Filters() {
		other, twice := first[f.Name]
		if f.Name == "" || len(mistakes) == maxMistakes {
			continue
		}
		if !twice {
			first[f.Name] = f
			continue
		}
		mistakes = append(mistakes, f.Mistake(fmt.Errorf("a filter of this name is in %s:%d already: names are unique over all files", other.path, other.name.node.Line)))
	}
	return mistakes
}

func (d *Document) noFilters() *Error {
	at := mark{}
	if len(d.read) > 0 {
		at.source = d.read[0]
	}
	mistake := at.mistake(errors.New("no filters"))
	mistake.Suggestion = "write filters: and under it - name: …, class: …, where: …"
	return mistake
}

// checkRoutes holds the outputs against the inputs, as far as the files name them.
func (d *Document) checkRoutes() []*Error {
	routes := Routes{
		Inputs: d.Stream.Topics, Topic: d.Output.Topic, Reject: d.Output.RejectTopic, Classes: d.Classes(),
		Elsewhere: OtherCluster(d.Stream.Brokers, d.Output.Brokers), Topics: d.Output.Topics(),
	}
	var mistakes []*Error
	found := routes.mistakes()
	for _, m := range found[:min(len(found), maxMistakes)] {
		if d.variables {
			m.err = errors.New(m.rule)
		}
		mistakes = append(mistakes, d.placeOf(m).mistake(m.err))
	}
	if d.Output.Topic != "" && !strings.Contains(d.Output.Topic, classPlace) && len(routes.Classes) > 1 {
		d.Warnings = append(d.Warnings, d.Output.topic.mistake(fmt.Errorf("all %d classes go into this one topic: write {class} in it to part them", len(routes.Classes))))
	}
	return mistakes
}

// placeOf returns where a mistake about the topics is to be mended: the class
// or the output, or the input where the output is the default.
func (d *Document) placeOf(m routeMistake) mark {
	if c := d.Output.Classes[m.class]; m.class != "" && c.Topic != "" {
		return c.topic
	}
	for _, f := range d.Filters() {
		if m.class != "" && f.Class == m.class {
			return f.class
		}
	}
	at := d.Output.topic
	if m.reject {
		at = d.Output.reject
	}
	if at.node == nil {
		return d.Stream.topics
	}
	return at
}

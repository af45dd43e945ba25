package main

import (
	"fmt"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/compile"
	"github.com/skysift/skysift/filter/expression"
	"github.com/skysift/skysift/internal/spelling"
)

const explainAlertHelp = `Say why a filter passes an alert or does not: each clause, with its definitions
unfolded down to the comparisons, is

  true     it holds
  false    it does not hold
  missing  it does not hold, because a value it is about is missing
  failed   it could not be judged, with the reason

and beneath stand the values that made it so; null is a missing one. All clauses
are evaluated, also those behind the first that is not true; that one decides,
and the first line leads to it.

ALERT is a file of alerts. Of several alerts in it all are explained, or the one
that --index names: 0 is the first, as in "night.avro#0". Without --filter, all
filters are.

With --plan instead: `

const explainAlertExample = `  skysift explain --filters filters.yaml --filter supernova alert.avro
  skysift explain --filters filters.yaml --filter supernova night.avro --index 12
  skysift explain --filters filters.yaml --filter supernova alert.avro --output json
`

// explainAlert explains what one filter, or all of them, make of the alerts
// in a file.
func explainAlert(io streams, flags explainFlags, path string) error {
	loaded, err := loadFilters(flags.filters, flags.survey, io.env)
	if err != nil {
		return err
	}
	wanted, err := loaded.positions(flags.filter)
	if err != nil {
		return err
	}
	value, err := readSample(path)
	if err != nil {
		return asWrong(err)
	}
	in, err := openInput(io, newLogger(io.err, logText, logWarn), flags.input, loaded.Document)
	if err != nil {
		return err
	}
	explainer, err := compile.Explainer(loaded.Document, loaded.schema)
	if err != nil {
		return asWrong(err)
	}
	seen := 0
	err = eachAlert(in, path, value, explainer.Fields(), loaded.idPath(), func(from origin, alert *filter.Alert) error {
		seen++
		if flags.index >= 0 && flags.index != seen-1 {
			return nil
		}
		for _, i := range wanted {
			if err := tellVerdict(io, flags.output, from, loaded.set.Filters[i], explainer, alert, i); err != nil {
				return err
			}
		}
		return nil
	})
	switch {
	case err != nil:
		return fmt.Errorf("%s: alert %d: %w", path, seen, err)
	case seen == 0:
		return wrong("%s: has no alert", path)
	case flags.index >= seen:
		return wrong("%s: has %s, so --index goes from 0 to %d", path, count(seen, "alert"), seen-1)
	}
	return nil
}

// positions returns where in the set the filter of a name is; all filters for
// no name.
func (f *filters) positions(name string) ([]int, error) {
	var all []int
	var names []string
	for i, described := range f.set.Filters {
		names = append(names, described.Name)
		if name == "" || described.Name == name {
			all = append(all, i)
		}
	}
	if len(all) > 0 {
		return all, nil
	}
	if near := spelling.Nearest(name, names); near != "" {
		return nil, wrong("no filter is named %q: did you mean %s?", name, near)
	}
	return nil, wrong("no filter is named %q: skysift validate lists them", name)
}

func tellVerdict(io streams, output *outputFlag, from origin, f filter.Filter, explainer *expression.Explainer, alert *filter.Alert, i int) error {
	found, err := explainer.Explain(alert, i)
	if err != nil {
		return err
	}
	var annotations []filter.Annotation
	if found.Passes {
		if annotations, err = explainer.Annotations(alert, i); err != nil {
			return err
		}
	}
	told := newExplainedVerdict(from, f, found, annotations)
	if output.json() {
		return writeJSON(io.out, told)
	}
	return told.write(io.out)
}

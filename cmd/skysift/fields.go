package main

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/spec"
	"github.com/skysift/skysift/runtime"
)

const fieldsHelp = `List the fields of an alert as a filter writes them, with their kinds, units,
whether they may be missing, their values in the file's first alert, and what
they mean as far as the file or the survey's documentation says.

"prv_candidates[].jd" is the jd of each item of the list prv_candidates: a
filter writes any(prv_candidates, .jd > 2460000). Fields below alert are the same
for every known survey; what the survey gives them from stands behind the colon.`

const fieldsExample = `  skysift fields alert.avro
  skysift fields alert.avro --grep magpsf
  skysift fields alert.avro --output json`

func newFieldsCommand(io streams) *cobra.Command {
	var pattern string
	var flags inputFlags
	command := &cobra.Command{
		Use:     "fields ALERT",
		Short:   "List the fields of an alert as a filter writes them",
		Long:    fieldsHelp,
		Example: fieldsExample,
		Args:    onePath("which alert? Give one file"),
	}
	command.Flags().StringVar(&pattern, "grep", "", "only fields whose name or meaning matches this `PATTERN`")
	flags.add(command.Flags())
	output := addOutput(command.Flags())
	command.RunE = func(_ *cobra.Command, paths []string) error {
		wanted, err := regexp.Compile("(?i)" + pattern)
		if err != nil {
			return wrong("--grep %q is no regular expression: %w", pattern, err)
		}
		return tellFields(io, flags, output, paths[0], wanted)
	}
	return command
}

// onePath wants exactly one argument.
func onePath(complaint string) func(*cobra.Command, []string) error {
	return func(_ *cobra.Command, paths []string) error {
		if len(paths) != 1 {
			return errors.New(complaint)
		}
		return nil
	}
}

func tellFields(io streams, flags inputFlags, output *outputFlag, path string, wanted *regexp.Regexp) error {
	value, err := readSample(path)
	if err != nil {
		return asWrong(err)
	}
	format, err := openInput(io, newLogger(io.err, logText, logWarn), flags, &spec.Document{})
	if err != nil {
		return err
	}
	schema, err := format.Describe(value)
	if err != nil {
		return wrong("%s: %w", path, err)
	}
	survey := enrich(schema)
	values, readErr := firstValues(format, value, schema)
	rows := fieldRows(append(schema.Fields, viewFields(schema)...), values, wanted)
	if output.json() {
		err = writeJSON(io.out, fieldsJSON{Alert: path, Survey: survey, Fields: rows})
	} else {
		err = writeFields(io.out, rows)
	}
	if readErr != nil {
		readErr = fmt.Errorf("%s: its schema is readable, its alert is not: %w", path, readErr)
	}
	return errors.Join(err, readErr)
}

// errFirst ends decoding after the first alert.
var errFirst = errors.New("one alert is enough")

// firstValues returns the values of the fields in the file's first alert as JSON,
// then those of its survey's view; nil where there is no alert.
func firstValues(format runtime.Format, record []byte, sample *filter.Schema) ([]string, error) {
	// The fields that the view's set needs come first: they are its slots.
	set, paths := viewSet(sample)
	needed := len(set.Fields)
	fields := append([]filter.Field(nil), set.Fields...)
	for _, f := range sample.Fields {
		fields = append(fields, filter.Field{Path: f.Path})
	}
	var values []string
	err := format.NewDecoder(fields).Decode(record, func(alert *filter.Alert) error {
		if err := alert.Load(); err != nil {
			return err
		}
		for _, v := range alert.Values[needed:] {
			values = append(values, shown(v))
		}
		viewed, err := viewValues(set, paths, sample, alert)
		if err != nil {
			return err
		}
		values = append(values, viewed...)
		return errFirst
	})
	if errors.Is(err, errFirst) {
		err = nil
	}
	return values, err
}

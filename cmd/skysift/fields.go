package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/spec"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/schemas"
)

const fieldsHelp = `List the fields of an alert as a filter writes them, with their kinds, units,
whether they may be missing, their values in the file's first alert, and what
they mean as far as the file or the survey's documentation says.

"prv_candidates[].jd" is the jd of each item of the list prv_candidates: a
filter writes any(prv_candidates, .jd > 2460000). Fields below alert are the same
for every known survey; what the survey gives them from stands behind the colon.
Where only some versions of the survey's schema have a field, its meaning ends with them.

Without an ALERT, --survey lists all that is known of a survey's fields.`

const fieldsExample = `  skysift fields alert.avro
  skysift fields alert.avro --grep magpsf
  skysift fields alert.avro --output json
  skysift fields --survey lsst --grep flux`

func newFieldsCommand(io streams) *cobra.Command {
	var pattern, survey string
	var flags inputFlags
	command := &cobra.Command{
		Use:     "fields ALERT | --survey NAME",
		Short:   "List the fields of an alert as a filter writes them",
		Long:    fieldsHelp,
		Example: fieldsExample,
		Args: func(_ *cobra.Command, paths []string) error {
			if len(paths) > 1 || len(paths) == 0 && survey == "" {
				return errors.New("which alert? Give one file, or --survey and a survey's name")
			}
			return nil
		},
	}
	command.Flags().StringVar(&pattern, "grep", "", "only fields whose name or meaning matches this `PATTERN`")
	command.Flags().StringVar(&survey, "survey", "", "whose alerts these are, a `NAME` such as ztf; if left out, the fields tell")
	flags.add(command.Flags())
	output := addOutput(command.Flags())
	command.RunE = func(_ *cobra.Command, paths []string) error {
		wanted, err := regexp.Compile("(?i)" + pattern)
		if err != nil {
			return wrong("--grep %q is no regular expression: %w", pattern, err)
		}
		known, err := surveyNamed(survey)
		if err != nil {
			return err
		}
		if len(paths) == 0 {
			return tellKnownFields(io, output, known, wanted)
		}
		return tellFields(io, flags, output, paths[0], known, wanted)
	}
	return command
}

// surveyNamed returns what is known of a survey; nil where none is named.
func surveyNamed(name string) (*filter.Schema, error) {
	if name == "" {
		return nil, nil
	}
	known, err := schemas.Load(name)
	switch {
	case err != nil:
		return nil, wrong("--survey: %w", err)
	case known == nil:
		return nil, wrong("--survey %s: nothing is known of its fields: known are %s", name, strings.Join(schemas.Known(), ", "))
	}
	return known, nil
}

func tellKnownFields(io streams, output *outputFlag, known *filter.Schema, wanted *regexp.Regexp) error {
	rows := fieldRows(slices.Concat(known.Fields, viewFields(known)), nil, known.Versions, wanted)
	if output.json() {
		return writeJSON(io.out, fieldsJSON{Survey: known.Survey, Fields: rows})
	}
	return writeFields(io.out, rows, false)
}

func tellFields(io streams, flags inputFlags, output *outputFlag, path string, known *filter.Schema, wanted *regexp.Regexp) error {
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
	if known == nil {
		known = likeliest(schema)
	}
	survey, versions := enrich(schema, known)
	values, readErr := firstValues(format, value, schema)
	rows := fieldRows(append(schema.Fields, viewFields(schema)...), values, versions, wanted)
	if output.json() {
		err = writeJSON(io.out, fieldsJSON{Alert: path, Survey: survey, Fields: rows})
	} else {
		err = writeFields(io.out, rows, true)
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

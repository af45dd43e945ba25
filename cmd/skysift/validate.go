package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/compile"
	"github.com/skysift/skysift/filter/spec"
	"github.com/skysift/skysift/runtime/decode/avro"
)

const validateHelp = `Check files of filters and say everything that is wrong with them at once, each
mistake with its line, column and clause, and what to write instead.

Names and types are checked against the known fields of the survey (the file's
stream.survey, or --survey) or, with --alert, against the fields that one alert
of yours has. For JSON and MessagePack, whose messages name their own fields,
stream.schemas may be samples of them, or a JSON Schema.

The sample is read as the file's stream.format and stream.schemas say, or
--format and --schemas. They are checked too.

When all is well, each filter is listed with its version, a digest of what it
means: equal versions give equal verdicts. The exit code is 0, else 2.

` + validateSchemaHelp

const validateExample = `  skysift validate filters.yaml
  skysift validate filters/ --alert alert.avro
  skysift validate filters.yaml --schema schemas/11/0
  skysift validate filters.yaml --output json`

func newValidateCommand(io streams) *cobra.Command {
	var flags validateFlags
	command := &cobra.Command{
		Use:     "validate FILE...",
		Short:   "Check files of filters and list all mistakes",
		Long:    validateHelp,
		Example: validateExample,
		Args:    somePaths("which file? Give the files of filters to check"),
	}
	command.Flags().StringVar(&flags.sample, "alert", "", "check against the fields of this `FILE` of alerts")
	command.Flags().StringVar(&flags.survey, "survey", "", "check against the known fields of this survey, a `NAME` such as ztf")
	command.Flags().StringSliceVar(&flags.schemas, "schema", nil, "say what another version of the alerts' schema does to the filters: an .avsc file, a folder of them, a file of alerts, or ztf@4.02; `NEW`,...")
	command.MarkFlagsMutuallyExclusive("alert", "survey")
	flags.input.add(command.Flags())
	output := addOutput(command.Flags())
	command.RunE = func(_ *cobra.Command, paths []string) error {
		var value []byte
		if flags.sample != "" {
			var err error
			if value, err = readSample(flags.sample); err != nil {
				return asWrong(err)
			}
		}
		var reports []report
		for _, path := range paths {
			checked, err := check(io, path, flags, value)
			if err != nil {
				return err
			}
			reports = append(reports, checked)
		}
		return tellReports(io, output, reports)
	}
	return command
}

// validateFlags are what validate was asked for.
type validateFlags struct {
	sample, survey string
	schemas        []string // to hold the filters against
	input          inputFlags
}

// schemaFor returns what names are checked against: the sample's fields, or
// those of a survey.
func (f validateFlags) schemaFor(in *input, value []byte, fields fieldSource) (func(string) (*filter.Schema, error), error) {
	if f.sample == "" {
		return func(named string) (*filter.Schema, error) {
			return fields.load(cmp.Or(f.survey, named))
		}, nil
	}
	schema, err := in.Describe(value)
	if err != nil {
		return nil, wrong("%s: %w", f.sample, err)
	}
	if known := likeliest(schema); known != nil {
		schema.View = known.View
	}
	return func(string) (*filter.Schema, error) { return schema, nil }, nil
}

// maxSample is the largest file that is read as one sample.
const maxSample = 256 << 20

// readSample reads a file of alerts.
func readSample(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, errors.Unwrap(err))
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: is no regular file; give a file with one alert", path)
	}
	if info.Size() > maxSample {
		return nil, fmt.Errorf("%s: is too large for a sample; give a file with one alert", path)
	}
	value, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, errors.Unwrap(err))
	}
	return value, nil
}

// check reads and compiles the filters at one path. value is the sample's.
// Its error is wrong usage; the mistakes of the files are in the report.
func check(io streams, path string, flags validateFlags, value []byte) (report, error) {
	named, _ := spec.Read(path, io.env) // what is wrong with it is found below
	in, err := openInput(io, newLogger(io.err, logText, logWarn), flags.input, named)
	var wrongStream mistakes
	if err != nil && !errors.As(err, &wrongStream) {
		return report{}, err
	}
	if err != nil && flags.sample != "" {
		return report{Path: path, mistakes: wrongStream}, nil
	}
	fields, err := newFieldSource(flags.input, named)
	if err != nil && !errors.As(err, &wrongStream) {
		return report{}, err
	}
	schemaOf, err := flags.schemaFor(in, value, fields)
	if err != nil {
		return report{}, err
	}
	if in == nil { // whatever the file says of its stream is wrong
		in = &input{Reader: avro.New()}
	}
	news, err := readNewSchemas(in, flags.schemas)
	if err != nil {
		return report{}, err
	}
	checked := compiled(path, io, schemaOf, news)
	unfit, unnumbered := checkOutput(io, named, in)
	checked.mistakes = append(append(checked.mistakes, wrongStream...), unfit...)
	checked.warnings = append(checked.warnings, unnumbered...)
	checked.Valid = len(checked.mistakes) == 0
	return checked, nil
}

// compiled reads and compiles the filters at one path.
func compiled(path string, io streams, schemaOf func(string) (*filter.Schema, error), news []newSchema) report {
	plugins := io.plugins.NewLease()
	defer plugins.End()
	document, set, found := new(compile.Loader).LoadWith(path, io.env, schemaOf, pluginOpener{plugins, io.env})
	r := report{Path: path, mistakes: found.Mistakes, warnings: found.Warnings, Valid: set != nil}
	if set == nil {
		return r
	}
	schema, err := schemaOf(document.Stream.Survey)
	if err != nil {
		return r
	}
	for _, f := range set.Filters {
		r.Filters = append(r.Filters, checkedFilter{
			Name: f.Name, Class: string(f.Class), Version: f.Version, Topics: f.Topics,
			Fields: fieldsOf(f.Name, document, schema, pluginOpener{plugins, io.env}),
		})
	}
	for _, now := range news {
		r.Schemas = append(r.Schemas, newSchemaReport(now.name, compile.Against(document, schema, now.schema)))
	}
	return r
}

// fieldsOf returns the paths that one filter needs, by compiling it alone.
func fieldsOf(name string, document *spec.Document, schema *filter.Schema, plugins compile.Plugins) []string {
	for _, file := range document.Files {
		for _, f := range file.Filters {
			if f.Name != name {
				continue
			}
			alone := *file
			alone.Filters = []spec.Filter{f}
			set, _ := compile.SetWith(&spec.Document{Files: []*spec.File{&alone}}, schema, plugins)
			if set == nil {
				return nil
			}
			paths := make([]string, len(set.Fields))
			for i, field := range set.Fields {
				paths[i] = field.Path
			}
			return paths
		}
	}
	return nil
}

package main

import (
	"cmp"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/compile"
	"github.com/skysift/skysift/filter/spec"
	"github.com/skysift/skysift/internal/pluginhost"
)

// filters are a file, or folder, of filters that has no mistakes.
type filters struct {
	*spec.Document
	set      *filter.Set
	schema   *filter.Schema // nil: names were not checked
	warnings []*spec.Error
	plugins  *pluginhost.Lease // that the set asks
}

// loadFilters reads and compiles the filters at path. survey, where it is not
// "", replaces the one that the file names; without a survey, names are those
// of the samples that the flags or the file name. An error of type mistakes is
// the files' own.
func loadFilters(path, survey string, flags inputFlags, io streams) (*filters, error) {
	return loadFiltersWith(new(compile.Loader), path, survey, flags, io)
}

// loadFiltersWith shares what the loader has read of catalogues already.
func loadFiltersWith(loader *compile.Loader, path, survey string, flags inputFlags, io streams) (*filters, error) {
	if path == "" {
		return nil, wrong("which filters? Give --filters FILE or set %s", variable("filters"))
	}
	loaded := &filters{plugins: io.plugins.NewLease()}
	read, _ := spec.Read(path, io.env) // what is wrong with it is found below
	fields, err := newFieldSource(flags, read)
	if err != nil {
		return nil, err
	}
	document, set, report := loader.LoadWith(path, io.env, func(named string) (*filter.Schema, error) {
		var err error
		loaded.schema, err = fields.load(cmp.Or(survey, named))
		return loaded.schema, err
	}, pluginOpener{loaded.plugins, io.env})
	if len(report.Mistakes) > 0 {
		loaded.plugins.End()
		return nil, asWrong(mistakes(report.Mistakes))
	}
	loaded.Document, loaded.set, loaded.warnings = document, set, report.Warnings
	return loaded, nil
}

// logWarnings logs what looks wrong in filters that may be used all the same.
func logWarnings(log *slog.Logger, f *filters) {
	for _, warning := range f.warnings {
		log.Warn("in the filters: " + warning.Error())
	}
}

// logUnbound warns of filters that no topic of the run can reach, where its
// topics are not the file's, which was warned of already.
func logUnbound(log *slog.Logger, f *filters, topics []string) {
	if slices.Equal(topics, f.Stream.Topics) {
		return
	}
	for _, one := range f.Filters() {
		if pattern, _ := spec.Unreached(one.Topics, topics); pattern != "" {
			log.Warn("a filter is bound to a topic that is not among the run's", "filter", one.Name, "topic", pattern, "topics", topics)
		}
	}
}

// idPath is the field that identifies an alert; "" where it is not known.
func (f *filters) idPath() string {
	if f.schema == nil {
		return ""
	}
	return f.schema.ID
}

// mistakes are all that is wrong with files of filters.
type mistakes []*spec.Error

// Error draws each mistake as a person reads it.
func (m mistakes) Error() string { return drawn(m) + "\n" + count(len(m), "mistake") }

// line is every mistake in one line, for a log.
func (m mistakes) line() string {
	lines := make([]string, len(m))
	for i, mistake := range m {
		lines[i] = mistake.Error()
	}
	return strings.Join(lines, "; ")
}

func drawn(found []*spec.Error) string {
	parts := make([]string, len(found))
	for i, mistake := range found {
		parts[i] = mistake.Drawn()
	}
	return strings.Join(parts, "\n")
}

// count is "1 mistake" or "2 mistakes".
func count[N int | int64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/spec"
	"github.com/skysift/skysift/internal/samples"
	"github.com/skysift/skysift/schemas"
)

// maxSamples is how many samples are read of a folder: more tell no more.
const maxSamples = 2000

// fieldSource is where the names come from that filters are checked against.
type fieldSource struct {
	// own says that messages name their own fields, so that there need be no
	// survey; sampled are those of the samples, nil where there are none.
	own     bool
	sampled *filter.Schema
}

// newFieldSource reads the samples, or the JSON Schema, that stand where the
// flags or the file of filters have schemas. Its error is a mistake of the
// file's where that said it.
func newFieldSource(flags inputFlags, document *spec.Document) (fieldSource, error) {
	name, at := cmp.Or(flags.format, document.Stream.Format), cmp.Or(flags.schemas, document.Stream.Schemas)
	formats := inputFormats()
	i := slices.IndexFunc(formats, func(f inputFormat) bool { return f.name == name })
	if i < 0 && name != "" {
		return fieldSource{}, wrongFormat(flags, document, checkFormat(name))
	}
	if i < 0 || formats[i].gather == nil {
		return fieldSource{}, nil
	}
	if at == "" {
		return fieldSource{own: true}, nil
	}
	schema, err := readSamples(formats[i], at, topicsOf(document))
	switch {
	case err == nil:
		return fieldSource{own: true, sampled: schema}, nil
	case flags.schemas != "":
		return fieldSource{}, wrong("--schemas: %w", err)
	}
	return fieldSource{}, asWrong(mistakes{document.SchemasMistake(err)})
}

// wrongFormat gives the error of an unknown format to who said it.
func wrongFormat(flags inputFlags, document *spec.Document, err error) error {
	if flags.format != "" {
		return wrong("--format: %w", err)
	}
	return asWrong(mistakes{document.FormatMistake(err)})
}

// load returns the fields of a survey or, where none is named and messages name
// their own, of the samples; nil leaves names unchecked.
func (s fieldSource) load(survey string) (*filter.Schema, error) {
	if s.own && (survey == "" || survey == schemas.None) {
		return s.sampled, nil
	}
	return schemas.Load(survey)
}

// topicsOf are the topics that a file of filters names, for its input or for
// one filter.
func topicsOf(document *spec.Document) []string {
	topics := slices.Clone(document.Stream.Topics)
	for _, f := range document.Filters() {
		topics = append(topics, f.Topics...)
	}
	return topics
}

// readSamples returns the fields of what is at a path: a sample, a JSON Schema,
// or a folder of them. What lies in a folder that is named as one of the topics
// is of that topic's messages, as where alerts are read from files.
func readSamples(format inputFormat, at string, topics []string) (*filter.Schema, error) {
	if spec.IsURL(at) {
		return nil, fmt.Errorf("%s: samples and JSON Schemas are files: download them, and name their folder", at)
	}
	paths, err := samplePaths(format, at)
	if err != nil {
		return nil, err
	}
	var all samples.Tree
	byTopic := map[string]*samples.Tree{}
	for _, path := range paths {
		topic := topicOfSample(at, path, topics)
		if byTopic[topic] == nil {
			byTopic[topic] = &samples.Tree{}
		}
		if err := addSample(format, path, &all, byTopic[topic]); err != nil {
			return nil, err
		}
	}
	schema, err := all.Checked()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	}
	for _, topic := range slices.Sorted(maps.Keys(byTopic)) {
		schema.Topics = append(schema.Topics, filter.TopicFields{Topic: topic, Fields: byTopic[topic].Schema().Fields})
	}
	return schema, nil
}

// topicOfSample is the name of the sample's folder where that is a topic; "" of
// a sample of any topic's messages.
func topicOfSample(at, path string, topics []string) string {
	folder := filepath.Dir(path)
	named := filter.Filter{Topics: topics}
	if folder == filepath.Clean(at) || len(topics) == 0 || !named.Judges(filepath.Base(folder)) {
		return ""
	}
	return filepath.Base(folder)
}

// samplePaths returns the files at a path that are named as samples or schemas.
func samplePaths(format inputFormat, at string) ([]string, error) {
	info, err := os.Stat(at)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", at, errors.Unwrap(err))
	}
	if !info.IsDir() {
		return []string{at}, nil
	}
	var paths []string
	endings := append([]string{".json"}, format.endings...)
	err = filepath.WalkDir(at, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && slices.Contains(endings, filepath.Ext(path)) {
			paths = append(paths, path)
		}
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case len(paths) == 0:
		return nil, fmt.Errorf("%s: has no sample: a file named %s, or a JSON Schema", at, strings.Join(format.endings, " or "))
	case len(paths) > maxSamples:
		return nil, fmt.Errorf("%s: has %s; up to %d are read: a few of each kind of message will do", at, count(len(paths), "file"), maxSamples)
	}
	return paths, nil
}

// addSample adds the fields of one file to each of the trees.
func addSample(format inputFormat, path string, trees ...*samples.Tree) error {
	value, err := readSample(path)
	if err != nil {
		return err
	}
	isSchema := filepath.Ext(path) == ".json" && samples.IsSchema(value)
	if !isSchema && !slices.Contains(format.endings, filepath.Ext(path)) && filepath.Ext(path) == ".json" {
		return nil // of another format, in a folder of samples
	}
	for _, seen := range trees {
		if isSchema {
			err = seen.AddSchema(path, readSample)
		} else if err = format.gather(value, seen); err != nil {
			err = fmt.Errorf("%s: %w", path, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

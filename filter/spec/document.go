package spec

import (
	"slices"
	"time"

	"github.com/skysift/skysift/filter"
)

// Document is what one filters.yaml, or a folder of them, says.
//
// Invariants of a document that was read without mistakes:
//   - filter names are unique over all files, and each has a legal class
//   - at most one file has a stream section, and at most one an output section
//   - no class's topic, nor the reject topic, is one of the input topics
type Document struct {
	// Files are in lexical order of their paths.
	Files  []*File
	Stream Stream
	Output Output
	// Warnings are what is allowed and yet looks wrong.
	Warnings []*Error

	read      []*source
	broken    bool // some file's own mistakes
	variables bool // some of the topics came from the environment
}

// File is one file's definitions and filters. A definition is seen by the
// filters and definitions of its own file only, so that a file means the same
// alone and in a folder.
type File struct {
	Path        string
	Lists       []List
	ListFiles   []ListFile
	Definitions []Definition
	Filters     []Filter
	Sky         Sky
	// Unread are the names of lists and definitions that could not be read. To complain
	// of their uses would be no news.
	Unread []string
	// Ignore are the warnings about the file, and about all its filters, that its
	// author means.
	Ignore []filter.Warning

	source *source
}

// Mistake gives err, which is the whole file's, its place.
func (f *File) Mistake(err error) *Error { return mark{source: f.source}.mistake(err) }

// Definition is an expression with a name, from the file's define section.
type Definition struct {
	Name       string
	Expression Expression
}

// Annotation is a named value that a filter adds to the alerts it passes.
type Annotation struct {
	Name       string
	Expression Expression
}

// Filter is one filter as it is written.
type Filter struct {
	Name        string
	Class       filter.Class
	Description string
	// Topics are the topics whose alerts it judges, names or patterns as of
	// path.Match; nil: it judges all.
	Topics []string
	// Where has the clauses, all of which must hold.
	Where    []Expression
	Annotate []Annotation
	// Budget is the CPU time that the filter may take per judged alert; 0 where
	// it declares none.
	Budget time.Duration
	// MaxPassRate is the largest share of alerts that it may pass in a replay or
	// test; 0: any.
	MaxPassRate float64
	// Plugin judges the alerts that Where lets through; nil where there is none.
	// Only with one may Where be empty.
	Plugin *Plugin
	// Ignore are the warnings about it that its author means.
	Ignore []filter.Warning
	// Guarded says that keys besides those above have a say in what it passes.
	Guarded bool

	path   string
	name   mark
	class  mark
	topics mark
}

// Mistake gives err, which is the whole filter's, its place: the filter's name.
func (f Filter) Mistake(err error) *Error {
	mistake := f.name.mistake(err)
	mistake.Filter = f.Name
	return mistake
}

// Stream says where alerts come from. Each value may be missing: flags and
// the environment can give it too.
type Stream struct {
	Brokers []string // host:port
	Topics  []string // names, or globs as of path.Match
	Group   string
	// Start is "earliest", "latest" or a time as of RFC 3339.
	Start string
	// Survey names the folder of schemas with the fields a filter may use.
	Survey string
	// Format is the input format's name; "" where each record's bytes tell it.
	Format string
	// Schemas is the folder or the registry's URL with the schemas that records
	// name without bringing them. A folder's path is relative to the file.
	Schemas string
	// TLS and SASL are nil for a cluster without them.
	TLS  *TLS
	SASL *SASL

	survey  mark
	format  mark
	schemas mark
	topics  mark
	place   mark
}

// Output says where alerts go.
type Output struct {
	Topic       string // with {class}
	RejectTopic string
	// Partitions of the topics that are created; 0 for as many as the input has.
	Partitions int
	// Brokers are those of a second cluster, which outputs and rejects go to;
	// none: the stream's. TLS and SASL are for it alone.
	Brokers []string
	TLS     *TLS
	SASL    *SASL
	// Encoding is the outputs' encoding; "" is passthrough. Registry is the URL of
	// the schema registry that gives schemas their numbers, and SchemaID a number
	// for all of them; 0: none.
	Encoding string
	Registry string
	SchemaID uint32
	// Classes says what is otherwise for some classes.
	Classes map[filter.Class]ClassOutput

	topic    mark
	reject   mark
	encoding mark
	place    mark
}

// ClassOutput is what the output of one class has of its own; "" and 0 are
// what Output says.
type ClassOutput struct {
	Topic    string
	Encoding string
	SchemaID uint32

	class, topic, encoding mark
}

// Filters returns the filters of all files, in order.
func (d *Document) Filters() []Filter {
	var all []Filter
	for _, file := range d.Files {
		all = append(all, file.Filters...)
	}
	return all
}

// Classes returns the classes of all filters, sorted, each once.
func (d *Document) Classes() []filter.Class {
	var all []filter.Class
	for _, f := range d.Filters() {
		if f.Class != "" {
			all = append(all, f.Class)
		}
		if f.Plugin != nil {
			all = append(all, f.Plugin.Classes...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// SurveyMistake gives err, which says what is wrong with the survey that the
// document names, its place.
func (d *Document) SurveyMistake(err error) *Error { return d.streamMistake(d.Stream.survey, err) }

// FormatMistake does so for the format.
func (d *Document) FormatMistake(err error) *Error { return d.streamMistake(d.Stream.format, err) }

// SchemasMistake does so for the schemas.
func (d *Document) SchemasMistake(err error) *Error { return d.streamMistake(d.Stream.schemas, err) }

func (d *Document) streamMistake(at mark, err error) *Error {
	if at.source == nil && len(d.read) > 0 {
		at = mark{source: d.read[0]}
	}
	return at.mistake(err)
}

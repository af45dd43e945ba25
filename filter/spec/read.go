package spec

import (
	"cmp"
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/skysift/skysift/filter"
)

// maxMistakes bounds the mistakes that are kept of one file: a file of another
// kind altogether has one in each line.
const maxMistakes = 100

// Read reads the file at path, or the *.yaml and *.yml files of the folder at
// path. env looks up the variables that ${NAME} in the stream and output
// sections stands for; nil has none.
//
// The document holds all that could be read, so that the expressions of a file
// with mistakes can be checked too; it may be used only if there are none.
func Read(path string, env func(name string) (string, bool)) (*Document, []*Error) {
	doc := &Document{}
	files, err := filesAt(path)
	if err != nil {
		return doc, []*Error{{Path: path, Err: err}}
	}
	var mistakes []*Error
	total := 0
	for _, name := range files {
		data, err := readFile(name)
		if err != nil {
			doc.broken = true
			mistakes = append(mistakes, &Error{Path: name, Err: err})
			continue
		}
		if total += len(data); total > maxFolder {
			err := fmt.Errorf("the files up to this one have over %d MiB: is this the right folder?", maxFolder>>20)
			return doc, append(mistakes, &Error{Path: name, Err: err})
		}
		mistakes = append(mistakes, doc.add(name, data, env)...)
	}
	return doc, append(mistakes, doc.check()...)
}

// Parse reads one file's text; path is for its errors. It is Read without a
// file system.
func Parse(path string, text []byte, env func(name string) (string, bool)) (*Document, []*Error) {
	doc := &Document{}
	mistakes := doc.add(path, text, env)
	return doc, append(mistakes, doc.check()...)
}

// add reads one more file into the document.
func (d *Document) add(path string, data []byte, env func(string) (string, bool)) []*Error {
	if env == nil {
		env = func(string) (string, bool) { return "", false }
	}
	src, root, mistake := parse(path, data)
	d.read = append(d.read, src)
	if mistake != nil {
		return []*Error{mistake}
	}
	r := &reader{source: src, env: env, document: d, file: &File{Path: path, source: src}}
	r.root(root)
	d.broken = d.broken || len(r.mistakes) > 0
	d.Files = append(d.Files, r.file)
	slices.SortStableFunc(r.mistakes, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return r.mistakes
}

// reader reads one file into a document and gathers its mistakes.
type reader struct {
	source   *source
	env      func(string) (string, bool)
	document *Document
	file     *File
	mistakes []*Error

	// owner has the names of whose mistakes these are.
	owner Error
}

func (r *reader) root(node *yaml.Node) {
	if node.Kind != yaml.MappingNode {
		r.fail(node, "a file of filters is written as key: value lines, beginning with version: 1, and this is %s", describe(node))
		return
	}
	r.mapping(node, "the file", []key{
		{"version", r.version},
		{"stream", r.stream},
		{"output", r.output},
		{"lists", r.lists},
		{"define", r.define},
		{"watchlists", r.watchlists},
		{"catalogues", r.catalogues},
		{"regions", r.regions},
		{"ignore_warnings", func(n *yaml.Node) { r.file.Ignore = r.ignored(n, filter.FileWarnings()) }},
		{"filters", r.filters},
	})
	if lookup(node, "version") == nil {
		r.keep(&Error{
			Path: r.source.path, Line: 1, Column: 1,
			Err:        fmt.Errorf("the file does not say which version of this format it is in"),
			Suggestion: "write version: 1 as its first line", line: shown(r.source.line(1)),
		})
	}
}

// version reads the format's version; 1 is the only one so far.
func (r *reader) version(node *yaml.Node) {
	node = aliased(node)
	if node.Kind == yaml.ScalarNode && node.Value == "1" {
		return
	}
	mistake := r.fail(node, "the format's version is %s, and this skysift reads version 1", describe(node))
	mistake.Suggestion = "write version: 1"
}

// fail adds a mistake at a node.
func (r *reader) fail(node *yaml.Node, format string, args ...any) *Error {
	return r.failWith(node, fmt.Errorf(format, args...))
}

// failWith adds err as a mistake at a node.
func (r *reader) failWith(node *yaml.Node, err error) *Error {
	if len(r.mistakes) >= maxMistakes {
		// To find the place in a long line takes time, and this will not be told.
		return &Error{Err: err}
	}
	return r.keep(mark{r.source, node}.mistake(err))
}

// keep adds a mistake, and whose it is.
func (r *reader) keep(mistake *Error) *Error {
	mistake.Filter, mistake.Clause = r.owner.Filter, r.owner.Clause
	mistake.Definition, mistake.Annotation = r.owner.Definition, r.owner.Annotation
	if len(r.mistakes) < maxMistakes {
		r.mistakes = append(r.mistakes, mistake)
	}
	return mistake
}

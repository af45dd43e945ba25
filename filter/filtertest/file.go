package filtertest

import (
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/skysift/skysift/filter/spec"
)

// Verdict is what a filter is expected to come to.
type Verdict string

// The verdicts of a test. A filter that errs could not judge the alert, and
// does not pass it.
const (
	Pass Verdict = "pass"
	Fail Verdict = "fail"
	Err  Verdict = "error"
)

// File is one file of tests.
type File struct {
	Path string
	// Filters is the path of the filters it tests.
	Filters string
	Tests   []Test
	// Alerts is the path of a file of alerts over which the filters' pass rates
	// are held against their max_pass_rate; "": none.
	Alerts     string
	AlertsLine int

	form *spec.Form
}

// Test is an alert and what is expected of it.
type Test struct {
	Name string
	Line int
	// Alert is the path of a file of alerts, "" for none, and Index the alert's
	// position in it.
	Alert string
	Index int
	// Topic is the alert's topic; "" is a file's own, and of an alert that is set
	// by hand none: then every filter judges it.
	Topic  string
	Expect []Expectation

	alert, index *yaml.Node
	fields       *given   // nil: none is set by hand
	likeName     string   // of the test whose alert this is; "": none
	under        []*given // the fields of that test, and of those it is like
}

// Expectation is what one filter must come to.
type Expectation struct {
	Filter  string
	Verdict Verdict
	// Clause is what the filter must fail on: a clause's number from 1 on, its
	// text, or a definition or comparison on the way to what decided; "": any.
	Clause      string
	Annotations []Annotation

	at, clause *yaml.Node
}

// Annotation is a value that a filter must add.
type Annotation struct {
	Name string

	at    *yaml.Node
	value *given
}

// Read reads a file of tests. It may be run only if there are no mistakes.
func Read(path string) (*File, []*spec.Error) { return read(path, spec.ReadForm(path)) }

// Parse is Read without a file system.
func Parse(path string, text []byte) (*File, []*spec.Error) {
	return read(path, spec.ParseForm(path, text))
}

func read(path string, form *spec.Form) (*File, []*spec.Error) {
	f := &File{Path: path, Filters: beside(path), form: form}
	if form.Root() != nil {
		f.root(form.Root())
	}
	return f, form.Mistakes()
}

// beside returns the filters that a file of tests is named after.
func beside(path string) string {
	ext := filepath.Ext(path)
	return strings.TrimSuffix(strings.TrimSuffix(path, ext), "_test") + ext
}

// near returns a path as it is written in the file, seen from where we are.
func (f *File) near(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(f.Path), path)
}

func (f *File) root(node *yaml.Node) {
	found := map[string]bool{}
	f.form.Mapping(node, "a file of tests", []spec.FormKey{
		{Name: "version", Read: func(n *yaml.Node) {
			found["version"] = true
			if n.Value != "1" {
				f.form.Fail(n, "the format's version is %s, and this skysift reads version 1", f.form.Describe(n)).Suggestion = "write version: 1"
			}
		}},
		{Name: "filters", Read: func(n *yaml.Node) {
			if path, ok := f.form.Text(n, "filters"); ok {
				f.Filters = f.near(path)
			}
		}},
		{Name: "alerts", Read: func(n *yaml.Node) {
			if path, ok := f.form.Text(n, "alerts"); ok {
				f.Alerts, f.AlertsLine = f.near(path), n.Line
			}
		}},
		{Name: "tests", Read: func(n *yaml.Node) {
			found["tests"] = true
			f.form.Items(n, "tests", f.test)
		}},
	})
	if node.Kind != yaml.MappingNode {
		return
	}
	if !found["version"] {
		f.form.Fail(node, "the file does not say which version of this format it is in").Suggestion = "write version: 1 as its first line"
	}
	if !found["tests"] {
		f.form.Fail(node, "the file has no tests").Suggestion = "write tests: and under it - name: …, fields: …, expect: …"
	}
}

package filtertest

import (
	"strconv"

	"gopkg.in/yaml.v3"

	"github.com/skysift/skysift/filter/spec"
)

func (f *File) test(node *yaml.Node) {
	if node.Kind != yaml.MappingNode {
		f.form.Fail(node, "a test is written as name:, alert:, fields: or like:, and expect: lines, and this is %s", f.form.Describe(node))
		return
	}
	t := Test{Line: node.Line}
	var like *yaml.Node
	f.form.Mapping(node, "a test", []spec.FormKey{
		{Name: "name", Read: func(n *yaml.Node) { t.Name, _ = f.form.Text(n, "name") }},
		{Name: "alert", Read: func(n *yaml.Node) {
			if path, ok := f.form.Text(n, "alert"); ok {
				t.Alert, t.alert = f.near(path), n
			}
		}},
		{Name: "topic", Read: func(n *yaml.Node) { t.Topic, _ = f.form.Text(n, "topic") }},
		{Name: "index", Read: func(n *yaml.Node) { t.Index, t.index = f.number(n), n }},
		{Name: "like", Read: func(n *yaml.Node) {
			t.likeName, _ = f.form.Text(n, "like")
			like = n
		}},
		{Name: "fields", Read: func(n *yaml.Node) { t.fields = f.fields(n) }},
		{Name: "expect", Read: func(n *yaml.Node) { t.Expect = f.expect(n) }},
	})
	given := t.alert != nil || t.fields != nil || like != nil
	f.like(&t, like)
	switch {
	case t.Name == "":
		f.form.Fail(node, "the test has no name").Suggestion = "write name: and what it shows"
	case !given:
		f.form.Fail(node, "the test has no alert").Suggestion = "write alert: and a file, or fields: and values, or both; or like: and the name of a test before it"
	case t.alert == nil && t.index != nil:
		f.form.Fail(t.index, "index is the position of an alert in a file").Suggestion = "write alert: and the file"
	case len(t.Expect) == 0:
		f.form.Fail(node, "the test expects nothing").Suggestion = "write expect: and a line for each filter, such as supernova: pass"
	}
	f.Tests = append(f.Tests, t)
}

func (f *File) number(node *yaml.Node) int {
	n, err := strconv.Atoi(node.Value)
	if err != nil || n < 0 {
		f.form.Fail(node, "index is a number, 0 for the file's first alert, and this is %s", f.form.Describe(node))
	}
	return n
}

func (f *File) expect(node *yaml.Node) []Expectation {
	var all []Expectation
	f.form.Pairs(node, "expect", func(name string, at, value *yaml.Node) {
		e := Expectation{Filter: name, at: at}
		if value.Kind == yaml.MappingNode {
			f.expectation(value, &e)
		} else {
			e.Verdict = f.verdict(value)
		}
		all = append(all, e)
	})
	return all
}

// expectation reads what is more than a verdict. A clause to fail on, or an
// annotation, says the verdict too.
func (f *File) expectation(node *yaml.Node, e *Expectation) {
	f.form.Mapping(node, "what is expected of a filter", []spec.FormKey{
		{Name: "verdict", Read: func(n *yaml.Node) { e.Verdict = f.verdict(n) }},
		{Name: "clause", Read: func(n *yaml.Node) {
			if n.Kind != yaml.ScalarNode || n.Value == "" {
				f.form.Fail(n, "clause is a clause's number, its text, or a definition's name, and this is %s", f.form.Describe(n))
				return
			}
			e.Clause, e.clause = n.Value, n
		}},
		{Name: "annotations", Read: func(n *yaml.Node) { e.Annotations = f.annotations(n) }},
	})
	if e.Verdict == "" && len(e.Annotations) > 0 {
		e.Verdict = Pass
	}
	if e.Verdict == "" && e.Clause != "" {
		e.Verdict = Fail
	}
	switch {
	case e.Verdict == "":
		f.form.Fail(node, "no verdict is expected").Suggestion = "write verdict: pass, or fail"
	case e.Verdict == Pass && e.clause != nil:
		f.form.Fail(e.clause, "a filter that passes fails on no clause").Suggestion = "write verdict: fail, or leave clause out"
	case e.Verdict != Pass && len(e.Annotations) > 0:
		f.form.Fail(node, "a filter annotates only what it passes").Suggestion = "write verdict: pass, or leave annotations out"
	}
}

func (f *File) verdict(node *yaml.Node) Verdict {
	switch v := Verdict(node.Value); v {
	case Pass, Fail, Err:
		return v
	}
	found := f.form.Describe(node)
	if node.Kind == yaml.ScalarNode && node.Tag == "!!str" {
		found = strconv.Quote(node.Value[:min(len(node.Value), 60)])
	}
	f.form.Fail(node, "a verdict is pass, fail or error, and this is %s", found).Suggestion = "write pass, fail, or clause: and what it fails on"
	return Fail
}

func (f *File) annotations(node *yaml.Node) []Annotation {
	var all []Annotation
	f.form.Pairs(node, "annotations", func(name string, at, value *yaml.Node) {
		if v := f.value(value, 0); v != nil {
			all = append(all, Annotation{Name: name, at: at, value: v})
		}
	})
	return all
}

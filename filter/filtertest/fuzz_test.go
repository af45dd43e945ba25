package filtertest

import (
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/compile"
	"github.com/skysift/skysift/filter/spec"
	"github.com/skysift/skysift/schemas"
)

const filters = `version: 1
define: {bright: candidate.magpsf < 18}
filters:
  - {name: a, class: c, where: [bright, 'any(prv_candidates, .jd > 1)'], annotate: {n: len(prv_candidates)}}
`

// FuzzParse: no file of tests breaks anything, every mistake of one has a
// place in it, and what has none can be run.
func FuzzParse(f *testing.F) {
	f.Add("version: 1\ntests:\n  - name: n\n    fields: {candidate.magpsf: 1, prv_candidates: [{jd: 2}, 3]}\n    expect: {a: pass}\n")
	f.Add("version: 1\ntests:\n  - {name: n, alert: x, index: 1, expect: {a: {clause: 2}, b: fail}}")
	f.Add("version: 1\ntests: [{name: n, fields: {a: &a [*a]}, expect: {a: {annotations: {n: [1, .nan, 0x7fffffffffffffffffff]}}}}]")
	f.Add("# nothing\n")
	schema, err := schemas.Load("")
	if err != nil {
		f.Fatal(err)
	}
	document, mistakes := spec.Parse("filters.yaml", []byte(filters), nil)
	set, report := compile.Set(document, schema)
	if len(mistakes)+len(report.Mistakes) > 0 {
		f.Fatal(mistakes, report.Mistakes)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file, found := Parse("filters_test.yaml", []byte(text))
		if len(found) == 0 {
			found = file.Check(document.Filters(), schema)
		}
		for _, m := range found {
			if m.Err == nil || m.Line > strings.Count(text, "\n")+strings.Count(text, "\r")+2 && !strings.ContainsAny(text, "\u0085\u2028\u2029") {
				t.Errorf("%v of %q", m, text)
			}
			_ = m.Drawn()
		}
		if len(found) > 0 {
			return
		}
		explainer, err := compile.Explainer(document, schema)
		if err != nil {
			t.Fatal(err)
		}
		runner := NewRunner(set, explainer, schema, func(_ string, _ int, visit func(*filter.Alert) error) error {
			var alert filter.Alert
			alert.Reset(len(explainer.Fields()))
			return visit(&alert)
		})
		for _, test := range file.Tests {
			runner.Run(test)
		}
	})
}

func TestIntegersKeepAllTheirDigits(t *testing.T) {
	file, found := Parse("x_test.yaml", []byte("version: 1\ntests: [{name: n, fields: {candid: 9223372036854775807, rb: 1_0.5}, expect: {a: pass}}]"))
	if len(found) > 0 {
		t.Fatal(found)
	}
	fields := file.Tests[0].fields
	if v, set := fields.at([]string{"candid"}, filter.Int); !set || v.Int() != 9223372036854775807 {
		t.Errorf("candid is %d, set: %v", v.Int(), set)
	}
	if v, set := fields.at([]string{"rb"}, filter.Float); !set || v.Float() != 10.5 {
		t.Errorf("rb is %v, set: %v", v.Float(), set)
	}
	if _, set := fields.at([]string{"candidate", "jd"}, filter.Float); set {
		t.Error("a field that was not named is set")
	}
}

func TestAMapIsWrittenAsARecord(t *testing.T) {
	schema := &filter.Schema{Fields: []filter.SchemaField{{Path: "scores", Kind: filter.Map}}}
	document, mistakes := spec.Parse("f.yaml", []byte("version: 1\nfilters: [{name: a, class: c, where: 'scores[\"SN\"] > 0.5'}]"), nil)
	set, report := compile.Set(document, schema)
	explainer, err := compile.Explainer(document, schema)
	file, found := Parse("f_test.yaml", []byte("version: 1\ntests: [{name: n, fields: {scores: {SN: 0.7, AGN: 1}}, expect: {a: pass}}]"))
	if len(found) == 0 {
		found = file.Check(document.Filters(), schema)
	}
	if len(mistakes)+len(report.Mistakes)+len(found) > 0 || err != nil {
		t.Fatal(mistakes, report.Mistakes, found, err)
	}
	if result := NewRunner(set, explainer, schema, nil).Run(file.Tests[0]); len(result.Failures) > 0 {
		t.Error(result.Failures)
	}
}

package expression

import (
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/schemas"
)

// TestEverySurveysViewIsWrittenRight compiles each expression of each survey's
// view as a filter would have it, where a name that the survey lacks is a mistake,
// and holds its kind against the view's.
func TestEverySurveysViewIsWrittenRight(t *testing.T) {
	for _, name := range schemas.Known() {
		schema, err := schemas.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		if len(schema.View) == 0 {
			t.Errorf("%s has no view", name)
		}
		history := ""
		for _, field := range schema.View {
			if field.Path == viewHistory {
				history = field.Expression
			}
		}
		for _, field := range schema.View {
			text := field.Expression
			switch {
			case field.Path == viewHistory:
				text = "map((" + history + "), 1)"
			case strings.HasPrefix(field.Path, viewHistory):
				text = "map((" + history + "), let item = #; " + field.Expression + ")"
			}
			checkKind(t, schema, field, text)
		}
	}
}

func checkKind(t *testing.T, schema *filter.Schema, field filter.ViewField, text string) {
	t.Helper()
	p := Program{Schema: &filter.Schema{Survey: schema.Survey, Fields: schema.Fields}, Definitions: []Definition{{"value", text}}}
	c := newCompilation(p)
	c.checkDefinitions()
	for _, m := range c.report.sorted() {
		t.Errorf("%s: %s: %s", schema.Survey, field.Path, describe(p, m))
	}
	found := c.definitions["value"].node.typ
	if strings.HasPrefix(field.Path, viewHistory+"[]") {
		found = found.item()
	}
	if found.kind != kindOf(field.Kind) && found.kind != numberKind {
		t.Errorf("%s: %s is %s, and should be %v", schema.Survey, field.Path, found.words(), field.Kind)
	}
}

// viewSchema is a survey whose view is one plain column.
func viewSchema(history, mag string) *filter.Schema {
	return &filter.Schema{
		Survey: "test",
		Fields: []filter.SchemaField{{Path: "prv[].jd", Kind: filter.Float}, {Path: "prv[].mag", Kind: filter.Float}, {Path: "mag", Kind: filter.Float}},
		View: []filter.ViewField{
			{Path: "alert.mag", Kind: filter.Float, Expression: "mag"},
			{Path: "alert.history", Kind: filter.List, Expression: history},
			{Path: "alert.history[].jd", Kind: filter.Float, Expression: "item.jd"},
			{Path: "alert.history[].mag", Kind: filter.Float, Expression: mag},
		},
	}
}

// TestTheViewIsSharedWithWhoNamesTheFieldItself: a filter on alert.mag has the
// version, and so the clauses, of one on the survey's field.
func TestTheViewIsSharedWithWhoNamesTheFieldItself(t *testing.T) {
	set := compiled(t, Program{Schema: viewSchema("prv", "item.mag"), Filters: []Filter{
		{Name: "a", Class: "c", Where: []string{"alert.mag < 19"}}, {Name: "b", Class: "c", Where: []string{"mag < 19"}},
	}})
	if set.Filters[0].Version != set.Filters[1].Version || len(set.Fields) != 1 {
		t.Errorf("%+v, fields %v", set.Filters, set.Fields)
	}
}

// TestAChangedViewChangesVersions: equal versions give equal verdicts.
func TestAChangedViewChangesVersions(t *testing.T) {
	versions := map[string]string{}
	for _, mag := range []string{"item.mag", "item.mag + 0.1"} {
		set := compiled(t, Program{Schema: viewSchema("prv", mag), Filters: []Filter{{Name: "a", Class: "c", Where: []string{"any(alert.history, .mag < 19)"}}}})
		versions[set.Filters[0].Version] = mag
	}
	if len(versions) != 2 {
		t.Error("another view, and the same version")
	}
}

// TestTheHistoryIsReadOnlyWhenNeeded: the view's list is as lazy as the lists
// that it is made of, and a filter pays for the columns that it names.
func TestTheHistoryIsReadOnlyWhenNeeded(t *testing.T) {
	schema, err := schemas.Load("ztf")
	if err != nil {
		t.Fatal(err)
	}
	set := compiled(t, Program{Schema: schema, Filters: []Filter{{Name: "a", Class: "c", Where: []string{"any(alert.history, .limit > 20)", "alert.mag < 19"}}}})
	lazy := map[string]bool{}
	for _, field := range set.Fields {
		lazy[field.Path] = field.Lazy
	}
	want := map[string]bool{"candidate": false, "candidate.magpsf": false, "candidate.jd": false, "candidate.diffmaglim": false,
		"prv_candidates": true, "prv_candidates[].jd": true, "prv_candidates[].diffmaglim": true}
	for path, wantLazy := range want {
		if got, needed := lazy[path]; !needed || got != wantLazy {
			t.Errorf("%s: needed %v, lazy %v", path, needed, got)
		}
	}
	if len(lazy) != len(want) {
		t.Errorf("fields %v", set.Fields)
	}
}

// TestTheViewDoesNotSeeTheFilesDefinitions: a definition of a name that the
// view's expressions bind, or a field of another survey, changes nothing.
func TestTheViewDoesNotSeeTheFilesDefinitions(t *testing.T) {
	p := Program{Schema: viewSchema("prv", "let m = item.mag; m"), Definitions: []Definition{{"item", "1"}, {"m", "2"}},
		Filters: []Filter{{Name: "a", Class: "c", Where: []string{"item == 1 and m == 2 and any(alert.history, .mag < 19)"}}}}
	var a filter.Alert
	set := compiled(t, p)
	fill(&a, set.Fields, parseTree(t, `{"prv": [{"jd": 1, "mag": 18.5}]}`))
	if verdicts, err := set.NewEvaluator().Evaluate(&a); err != nil || len(verdicts) != 1 || verdicts[0].Err != nil {
		t.Errorf("%v, %v", verdicts, err)
	}
}

// TestAHistoryTooLongFailsWhoAsksForIt, whichever filter asks first, and no
// other filter.
func TestAHistoryTooLongFailsWhoAsksForIt(t *testing.T) {
	p := Program{Schema: viewSchema("prv", "item.mag"), Filters: []Filter{
		{Name: "mag", Class: "c", Where: []string{"mag > 0"}},
		{Name: "history", Class: "c", Where: []string{"any(alert.history, .mag > 0)"}},
		{Name: "again", Class: "c", Where: []string{"len(alert.history) > 0"}},
	}}
	set := compiled(t, p)
	long := make([]any, maxTicks)
	for i := range long {
		long[i] = tree{"jd": float64(i), "mag": 20.0}
	}
	var a filter.Alert
	fill(&a, set.Fields, tree{"mag": 1.0, "prv": long})
	verdicts, err := set.NewEvaluator().Evaluate(&a)
	if err != nil || len(verdicts) != 3 || verdicts[0].Err != nil || verdicts[1].Err == nil || verdicts[2].Err == nil {
		t.Errorf("%v, %v", verdicts, err)
	}
}

// TestMistakesAboutTheViewSayWhatToWrite holds what is said of each.
func TestMistakesAboutTheViewSayWhatToWrite(t *testing.T) {
	ztf, err := schemas.Load("ztf")
	if err != nil {
		t.Fatal(err)
	}
	const columns = "it has band, detected, jd, limit, mag, magerr, positive"
	for _, test := range []struct {
		schema            *filter.Schema
		where, want, hint string
	}{
		{ztf, "alert.magg < 20", "unknown field alert.magg", "did you mean mag?"},
		{ztf, "alert.magpsf < 20", "unknown field alert.magpsf", "did you mean candidate.magpsf?"},
		{ztf, "alert.colour < 20", "unknown field alert.colour", "it has band, dec, history, id, jd, mag, magerr, object, positive, ra"},
		{ztf, "alert < 20", "alert is no value by itself", "name one of its fields, such as alert.mag"},
		{ztf, "len([alert]) > 1", "alert is no value by itself", "name one of its fields, such as alert.mag"},
		{ztf, "alert.history.mag < 20", "a list has no field mag", "write map(list, .mag), any(list, .mag > …), or last(list).mag"},
		{ztf, "any(alert.history, .magpsf < 20)", "unknown field alert.history.magpsf", columns},
		{ztf, "last(alert.history).rb > 0.5", "unknown field alert.history.rb", columns},
		{ztf, "any(alert.history, .detcted)", "unknown field alert.history.detcted", "did you mean detected?"},
		{ztf, "alert.history > 3", "a list of records cannot be compared", "compare one of its values, or len(x)"},
		{ztf, "mag < 20", "mag is a function", "write mag(…), or alert.mag"},
		{ztf, `alert.mag == "g"`, "a number is compared with text", ""},
		{ztf, "candidate.jdd > 1", "unknown field candidate.jdd", "did you mean jd?"},
		{ztf, "jd > 1", "unknown field jd", "did you mean candidate.jd?"},
		{nil, "alert.mag < 20", "alert.* is what known surveys have in common, and these alerts are of none",
			"say which survey they are of under stream, or name the alert's own fields"},
		{nil, "any(alert.history, .mag < 20)", "alert.* is what known surveys have in common, and these alerts are of none",
			"say which survey they are of under stream, or name the alert's own fields"},
	} {
		mistakes := Check(Program{Schema: test.schema, Filters: []Filter{{Name: "f", Class: "c", Where: []string{test.where}}}})
		if len(mistakes) != 1 || mistakes[0].Message != test.want || mistakes[0].Suggestion != test.hint && test.hint != "" {
			t.Errorf("%s\ngot  %+v\nwant %s (%s)", test.where, mistakes, test.want, test.hint)
		}
	}
}

// TestASampleOfAnOldSchemaHasTheViewAllTheSame: what its fields lack is missing.
func TestASampleOfAnOldSchemaHasTheViewAllTheSame(t *testing.T) {
	ztf, err := schemas.Load("ztf")
	if err != nil {
		t.Fatal(err)
	}
	root := parseTree(t, `{"candid": 7, "candidate": {"jd": 2460000.5, "fid": 1, "magpsf": 18.5, "isdiffpos": "t"}, "prv_candidates": [{"jd": 2459999.5, "fid": 1, "magpsf": 19.5}]}`)
	sample := schemaOf(root)
	sample.View = ztf.View
	got := valueOf(t, sample, "[alert.mag, alert.magerr, sum(alert.history, .mag), max(map(alert.history, .limit))]", root)
	if text := string(got.AppendJSON(nil)); text != "[18.5,null,38,null]" {
		t.Error(text)
	}
}

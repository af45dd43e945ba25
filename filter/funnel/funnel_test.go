package funnel

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/expression"
)

func TestFunnelCountsWhoStandsAndWhoNearlyPassed(t *testing.T) {
	p := expression.Program{Filters: []expression.Filter{{Name: "f", Class: "c", Where: []string{"x > 1", "x < 9", "[5, 6][y] == 5"}}}}
	set, _ := expression.Compile(p)
	explainer, err := expression.NewExplainer(p)
	if err != nil {
		t.Fatal(err)
	}
	watched, counted := Watch(set, explainer, filter.Clock{Path: "jd"}, "id")
	passed := 0
	evaluator := watched.NewEvaluator()
	for i, alert := range []struct{ x, y, jd float64 }{
		{5, 0, 100.3},  // passes; the night lasts until 101.25
		{1, 0, 100.9},  // only the first is false
		{9, 0, 101.1},  // only the second
		{1, 1, 101.2},  // two are false
		{5, 7, 101.24}, // only the third, which fails
		{1, 7, 102.5},  // false outweighs failed
	} {
		var a filter.Alert
		a.Reset(len(watched.Fields))
		for j, field := range watched.Fields {
			a.Values[j] = map[string]filter.Value{
				"x": filter.FloatOf(alert.x), "y": filter.IntOf(int64(alert.y)), "jd": filter.FloatOf(alert.jd), "id": filter.StringOf(fmt.Sprint("a", i)),
			}[field.Path]
		}
		verdicts, err := evaluator.Evaluate(&a)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range verdicts {
			if v.Err == nil {
				passed++
			}
		}
	}
	want := Counts{Alerts: 6, Nights: 2, Filters: []Filter{{Passed: 1, Failed: 1, Clauses: []Clause{
		{Text: "x > 1", Standing: 3, NearMisses: 1, Examples: []string{"a1"}},
		{Text: "x < 9", Standing: 2, NearMisses: 1, Examples: []string{"a2"}},
		{Text: "[5, 6][y] == 5", Standing: 1, NearMisses: 1, Examples: []string{"a4"}},
	}}}}
	if got := counted.Counts(); !reflect.DeepEqual(got, want) || passed != 1 {
		t.Errorf("%d passed, counted\n%+v\nwant\n%+v", passed, got, want)
	}
}

func TestNightsAreToldByAClockThatDoesNotCountFromJulianDateZero(t *testing.T) {
	p := expression.Program{Filters: []expression.Filter{{Name: "f", Class: "c", Where: []string{"mjd > 1"}}}}
	set, _ := expression.Compile(p)
	explainer, err := expression.NewExplainer(p)
	if err != nil {
		t.Fatal(err)
	}
	watched, counted := Watch(set, explainer, filter.Clock{Path: "mjd", Zero: 2400000.5}, "")
	evaluator := watched.NewEvaluator()
	for _, mjd := range []float64{60000.8, 60001.7, 60001.8} { // a night lasts from 0.75 to 0.75
		var a filter.Alert
		a.Reset(len(watched.Fields))
		a.Values[0] = filter.FloatOf(mjd)
		if _, err := evaluator.Evaluate(&a); err != nil {
			t.Fatal(err)
		}
	}
	if got := counted.Counts().Nights; got != 2 {
		t.Errorf("%d nights", got)
	}
}

package expression

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
)

// TestSetEqualsFiltersAlone: what filters share changes no verdict, no
// annotation and no failure.
func TestSetEqualsFiltersAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 15 {
		p := Program{Schema: randomSchema(), Definitions: append(randomDefinitions(), viewDefinition()), Lists: randomLists()}
		for i := range 30 {
			w := &writer{Rand: r, depth: 2, view: true}
			f := Filter{Name: fmt.Sprint(i), Class: "c", Where: []string{w.condition(), w.condition(), "common or " + w.condition()}}
			f.Annotate = []Annotation{{"a", w.number()}}
			if set, _ := Compile(Program{Schema: p.Schema, Definitions: p.Definitions, Lists: p.Lists, Filters: []Filter{f}}); set != nil {
				p.Filters = append(p.Filters, f)
			}
		}
		compareSetWithAlone(t, r, p)
	}
}

func compareSetWithAlone(t *testing.T, r *rand.Rand, p Program) {
	together := compiled(t, p)
	evaluator := together.NewEvaluator()
	alone := make([]*filter.Set, len(p.Filters))
	evaluators := make([]filter.Evaluator, len(p.Filters))
	for i, f := range p.Filters {
		alone[i] = compiled(t, Program{Schema: p.Schema, Definitions: p.Definitions, Lists: p.Lists, Filters: []Filter{f}})
		evaluators[i] = alone[i].NewEvaluator()
		if alone[i].Filters[0].Version != together.Filters[i].Version {
			t.Errorf("%v: the version depends on the other filters", f.Where)
		}
	}
	for range 10 {
		root := randomAlert(r)
		var a, b filter.Alert
		fill(&a, together.Fields, root)
		verdicts, _ := evaluator.Evaluate(&a)
		var got, want []string
		for _, v := range verdicts {
			got = append(got, spell(v, v.Filter))
		}
		for i := range alone {
			fill(&b, alone[i].Fields, root)
			verdicts, _ := evaluators[i].Evaluate(&b)
			for _, v := range verdicts {
				want = append(want, spell(v, i))
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("together %v\nalone %v\n%v", got, want, p.Filters)
		}
	}
}

func spell(v filter.Verdict, i int) string {
	s := fmt.Sprint(i, " ", v.Err)
	for _, a := range v.Annotations {
		s += " " + a.Name + "=" + string(a.Value.AppendJSON(nil))
	}
	return s
}

// loads counts how often an alert's lazy fields were asked for.
type loads struct {
	count int
	err   error
	fill  func()
}

func (l *loads) Load(*filter.Alert) error {
	l.count++
	if l.err == nil && l.fill != nil {
		l.fill()
	}
	return l.err
}

func lazyProgram() Program {
	return Program{Filters: []Filter{
		{Name: "cheap", Class: "c", Where: []string{"candidate.mag < 19"}},
		{Name: "dear", Class: "c", Where: []string{"any(prv, .mag < 18)", "candidate.mag < 15"}},
	}}
}

func TestHistoryIsLoadedOnlyForFiltersThatStillNeedIt(t *testing.T) {
	set := compiled(t, lazyProgram())
	lazy := map[string]bool{}
	for _, f := range set.Fields {
		lazy[f.Path] = f.Lazy
	}
	if lazy["candidate.mag"] || !lazy["prv"] || !lazy["prv[].mag"] {
		t.Errorf("lazy fields: %v", lazy)
	}
	evaluator := set.NewEvaluator()
	for mag, want := range map[float64]int{18: 0, 14: 1} {
		var a filter.Alert
		root := tree{"candidate": tree{"mag": mag}, "prv": []any{tree{"mag": 17.0}}}
		fill(&a, set.Fields, root)
		for i, f := range set.Fields {
			if f.Lazy {
				a.Values[i] = filter.Value{}
			}
		}
		l := &loads{fill: func() { fill(&a, set.Fields, root) }}
		a.Defer(l)
		verdicts, err := evaluator.Evaluate(&a)
		if err != nil || l.count != want || len(verdicts) != 1+want {
			t.Errorf("mag %v: %d loads, want %d; %v, %v", mag, l.count, want, verdicts, err)
		}
	}
}

func TestLoadErrorIsTheRecords(t *testing.T) {
	set := compiled(t, lazyProgram())
	var a filter.Alert
	fill(&a, set.Fields, tree{"candidate": tree{"mag": 14.0}})
	broken := errors.New("truncated")
	a.Defer(&loads{err: broken})
	if verdicts, err := set.NewEvaluator().Evaluate(&a); !errors.Is(err, broken) || verdicts != nil {
		t.Errorf("%v, %v", verdicts, err)
	}
}

func TestFailureIsOneFiltersAlone(t *testing.T) {
	set := compiled(t, Program{Filters: []Filter{
		{Name: "first", Class: "c", Where: []string{"candidate.mag < 19"}},
		{Name: "broken", Class: "c", Where: []string{"candidate.mag < 19", "xs[3] > 1"}},
		{Name: "guarded", Class: "c", Where: []string{"xs[3] > 1", "any(xs, # > 100)"}},
		{Name: "endless", Class: "c", Where: []string{"any(1..600, let a = #; any(1..600, # + a == 0))"}},
		{Name: "long", Class: "c", Where: []string{"let s = name + name; let u = s + s; let v = u + u; let w = v + v; let x = w + w; len(x + x) > 1"}},
		{Name: "noted", Class: "c", Where: []string{"candidate.mag < 19"}, Annotate: []Annotation{{"a", "xs[3]"}, {"b", "candidate.mag"}}},
		{Name: "last", Class: "c", Where: []string{"any(xs, # == 1)"}},
	}})
	var a filter.Alert
	fill(&a, set.Fields, tree{"candidate": tree{"mag": 18.0}, "xs": []any{1.0}, "name": strings.Repeat("x", 2000)})
	verdicts, err := set.NewEvaluator().Evaluate(&a)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range verdicts {
		got = append(got, spell(v, v.Filter))
	}
	want := []string{
		"0 <nil>",
		`1 filter "broken", clause 2: ` + ErrIndex.Error(),
		`3 filter "endless", clause 1: ` + ErrBudget.Error(),
		`4 filter "long", clause 1: ` + ErrTextLength.Error(),
		"5 <nil> a=null b=18",
		"6 <nil>",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if !errors.Is(verdicts[1].Err, ErrIndex) {
		t.Error("the error does not unwrap to ErrIndex")
	}
}

func TestPanicIsOneFiltersFailure(t *testing.T) {
	built := &plan{
		clauses: []clause{{test: func(*machine) bool { return true }}, {test: func(*machine) bool { panic("broken") }}},
		filters: []planned{{name: "a", clauses: []filterClause{{clause: 0, answered: -1}}}, {name: "b", clauses: []filterClause{{clause: 1, answered: -1}}}, {name: "c", clauses: []filterClause{{clause: 0, answered: -1}}}},
	}
	verdicts, err := newEvaluator(built, nil).Evaluate(&filter.Alert{})
	if err != nil || len(verdicts) != 3 || verdicts[0].Err != nil || !errors.Is(verdicts[1].Err, ErrPanic) || verdicts[2].Err != nil {
		t.Errorf("%v, %v", verdicts, err)
	}
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	root := tree{"candidate": tree{"mag": 18.0, "jd": 10.0, "fid": int64(1), "name": "SN"}, "scores": tree{"map": tree{"SN": 1.0}}}
	var prv []any
	for i := range 30 {
		prv = append(prv, tree{"jd": float64(i), "mag": 17 + r.Float64(), "fid": int64(i % 2)})
	}
	root["prv"] = prv
	for _, clause := range []string{
		"candidate.mag < 19",
		"any(prv, .mag < 10)",
		"latest(filter(prv, .fid == candidate.fid)).mag < 19",
		"slope(map(prv, .jd), map(prv, .mag)) < 1",
		"median(map(concat(prv, [candidate]), .mag)) > 1",
		"percentile(map(prv, .mag), 90) > 1",
		"any(pairs(prv), .later.mag - .earlier.mag > 0.5)",
		"sortBy(prv, .mag)[0].mag > 1",
		`argmax(scores) == "SN"`,
		`candidate.name matches "^S" and lower(candidate.name) == "sn"`,
		"abs(gal_b(candidate.mag, candidate.jd)) > 1 and cone(1, 2, candidate.mag, 4, 30)",
		"airmass(candidate.mag, candidate.jd, 2460000.5, \"palomar\") != 1",
	} {
		set := compiled(t, Program{Filters: []Filter{{Name: "f", Class: "c", Where: []string{clause}, Annotate: []Annotation{{"m", "candidate.mag"}}}}})
		var a filter.Alert
		fill(&a, set.Fields, root)
		evaluator := set.NewEvaluator()
		if n := testing.AllocsPerRun(50, func() { evaluator.Evaluate(&a) }); n != 0 {
			t.Errorf("%s: %v allocations an alert", clause, n)
		}
	}
}

// TestAlertThatDepartsFromItsSchema: kinds that are not the schema's give
// missing values, numbers are widened, nothing breaks.
func TestAlertThatDepartsFromItsSchema(t *testing.T) {
	values := []any{nil, true, int64(3), 2.5, "text", []byte("b"), []any{1.0, "x"}, tree{}, tree{"map": tree{"a": 1.0}}, []any{tree{"mag": "no"}, 5.0}}
	r := rand.New(rand.NewPCG(5, 5))
	for range 60 {
		w := &writer{Rand: r, depth: 3}
		p := Program{Schema: randomSchema(), Definitions: randomDefinitions(), Filters: []Filter{{Name: "f", Class: "c", Where: []string{w.condition()}}}}
		set, _ := Compile(p)
		if set == nil {
			continue
		}
		evaluator := set.NewEvaluator()
		for range 20 {
			var a filter.Alert
			a.Reset(len(set.Fields))
			for i := range a.Values {
				a.Values[i] = scalar(values[r.IntN(len(values))])
			}
			verdicts, err := evaluator.Evaluate(&a)
			if err != nil || len(verdicts) > 0 && errors.Is(verdicts[0].Err, ErrPanic) {
				t.Fatalf("%s on %v: %v, %v", p.Filters[0].Where, a.Values, verdicts, err)
			}
		}
	}
	for text, want := range map[string]string{
		"candidate.mag < 4": "true", "candidate.fid == 2.5": "true", "candidate.name == nil": "true", "not candidate.flag": "true", "any(prv, .mag > 1)": "false",
	} {
		root := tree{"candidate": tree{"mag": int64(3), "fid": 2.5, "name": int64(1), "flag": "yes"}, "prv": "none"}
		if got := string(valueOf(t, randomSchema(), text, root).AppendJSON(nil)); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

package expression

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
)

// warnings returns what is warned of, each with its filter's name.
func warnings(t *testing.T, p Program) []string {
	t.Helper()
	p.Schema = schemaOf(parseTree(t, galleryAlert))
	var all []string
	for _, m := range Check(p) {
		if !m.Warning {
			t.Fatalf("a mistake: %+v", m)
		}
		name := "define"
		if m.Filter >= 0 {
			name = p.Filters[m.Filter].Name
		}
		all = append(all, name+": "+m.Message)
	}
	return all
}

func TestWhatMayBeMeantIsNotWarnedOf(t *testing.T) {
	for _, where := range [][]string{
		{"candidate.distpsnr1 == nil or candidate.distpsnr1 < 0 or candidate.distpsnr1 > 1.5"},
		{"candidate.ssdistnr < 0 or candidate.ssdistnr > 5 or candidate.ssdistnr == nil"},
		{"candidate.magpsf < 19", "candidate.magpsf < 18"}, // of definitions, one narrows another
		{"candidate.magpsf > 18", "candidate.magpsf < 19", "candidate.magpsf != nil"},
		{"candidate.magpsf < 19", "candidate.magpsf < 20 and candidate.fid == 1"},
		{"candidate.magpsf < 20", "candidate.magpsf != nil", "candidate.magpsf < 19"},
		{"candidate.distpsnr1 > 2", "not (candidate.distpsnr1 < 1 and candidate.rb > 0.5)"},
		{"not (candidate.distpsnr1 < 2)", "candidate.distpsnr1 > 1"}, // which is not so where it is missing
		{"candidate.drb == nil and candidate.rb > 0.65 or candidate.drb > 0.5"},
		{"candidate.fid in [1, 2] and candidate.magpsf < 18 or candidate.fid == 2 and candidate.magpsf < 19"},
		{"candidate.rb > 0.5", "any(prv_candidates, .fid == 1) and any(prv_candidates, .fid == 2)"},
		{"candidate.rb > 0.5 or candidate.drb > 0.5", "len(prv_candidates) > 2"},
		{"candidate.rb > candidate.drb or candidate.drb > candidate.rb"},
		{"not (candidate.fid == 1 and candidate.magpsf > 18)", "candidate.fid == 1"},
		{"candidate.magpsf < 18 != (candidate.rb > 0.5)"},
		{"candidate.isdiffpos != \"t\"", "candidate.isdiffpos != \"1\""},
		{"(candidate.drb ?? candidate.rb) > 0.5", "candidate.drb == nil"},
	} {
		p := Program{Filters: []Filter{{Name: "f", Class: "c", Where: where}}}
		if found := warnings(t, p); len(found) > 0 {
			t.Errorf("%v: %v", where, found)
		}
	}
}

func TestFiltersThatAreAlikeAreWarnedOf(t *testing.T) {
	bright, brighter, red := "candidate.magpsf < 19", "candidate.magpsf < 18", "candidate.fid == 2"
	f := func(name, class, file string, where ...string) Filter {
		return Filter{Name: name, Class: filter.Class(class), File: file, Where: where}
	}
	annotated, guarded := f("b", "c", "", brighter), f("b", "c", "", bright)
	annotated.Annotate = []Annotation{{"mag", "candidate.magpsf"}}
	guarded.Guarded = true
	const same, covered = `b: its clauses are those of filter "a"`, `: it passes nothing that filter "%s" of the same class does not pass`
	tests := map[string]struct {
		filters []Filter
		want    string
	}{
		"the same clauses":               {[]Filter{f("a", "c", "", bright, red), f("b", "c", "", bright, red)}, same},
		"in another order, as one":       {[]Filter{f("a", "c", "", bright, red), f("b", "c", "", red+" and "+bright)}, same},
		"of another class in one file":   {[]Filter{f("a", "c", "x.yaml", bright), f("b", "d", "x.yaml", bright)}, same},
		"of another class and file":      {[]Filter{f("a", "c", "x.yaml", bright), f("b", "d", "y.yaml", bright)}, ""},
		"of one class in two files":      {[]Filter{f("a", "c", "x.yaml", bright), f("b", "c", "y.yaml", bright)}, same},
		"with a plug-in":                 {[]Filter{f("a", "c", "", bright), guarded}, ""},
		"one clause more":                {[]Filter{f("a", "c", "", bright), f("b", "c", "", bright, red)}, fmt.Sprintf("b"+covered, "a")},
		"a narrower limit, first":        {[]Filter{f("a", "c", "", brighter), f("b", "c", "", bright)}, fmt.Sprintf("a"+covered, "b")},
		"a narrower limit of two":        {[]Filter{f("a", "c", "", bright), f("b", "c", "", "17 < candidate.magpsf < 18", red)}, fmt.Sprintf("b"+covered, "a")},
		"a narrower limit, other class":  {[]Filter{f("a", "c", "", bright), f("b", "d", "", brighter)}, ""},
		"narrower, but it annotates":     {[]Filter{f("a", "c", "", bright), annotated}, ""},
		"each passes what the other not": {[]Filter{f("a", "c", "", bright, red), f("b", "c", "", brighter)}, ""},
		"alike in two ways of writing":   {[]Filter{f("a", "c", "", "candidate.fid in [1]", bright), f("b", "c", "", bright, "not (candidate.fid != 1)")}, same},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := strings.Join(warnings(t, Program{Filters: test.filters}), "; "); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// A warning proves that a filter passes nothing, or all that another passes;
// so what is warned of must not happen on any alert.
func TestAClauseWarnedOfAsAlwaysFalseNeverHolds(t *testing.T) {
	limits := []string{"0", "1", "1.5", "nil"}
	var tests []string
	for _, limit := range limits {
		for _, op := range []string{"==", "!=", "<", ">="} {
			if limit == "nil" && op != "==" && op != "!=" {
				continue
			}
			tests = append(tests, "x "+op+" "+limit, "not (x "+op+" "+limit+")")
		}
	}
	schema := &filter.Schema{Fields: []filter.SchemaField{{Path: "x", Kind: filter.Float, Nullable: true}}}
	values := []filter.Value{{}, filter.FloatOf(-1), filter.FloatOf(0), filter.FloatOf(0.5), filter.FloatOf(1), filter.FloatOf(1.2), filter.FloatOf(1.5), filter.FloatOf(9)}
	for _, a := range tests {
		for _, b := range tests {
			set, found := Compile(Program{Schema: schema, Filters: []Filter{{Name: "f", Class: "c", Where: []string{a, b}}, {Name: "g", Class: "d", Where: []string{a + " or " + b}}}})
			passes := map[int]int{}
			for _, v := range values {
				alert := &filter.Alert{}
				alert.Reset(len(set.Fields))
				if len(set.Fields) > 0 {
					alert.Values[0] = v
				}
				verdicts, err := set.NewEvaluator().Evaluate(alert)
				if err != nil {
					t.Fatal(err)
				}
				for _, verdict := range verdicts {
					passes[verdict.Filter]++
				}
			}
			for i, want := range []int{0, len(values)} {
				said := "always false"
				if i == 1 {
					said = "always true"
				}
				warned := false
				for _, m := range found {
					warned = warned || m.Filter == i && strings.Contains(m.Message, said)
				}
				if warned != (passes[i] == want) {
					t.Errorf("%s / %s: warned of %s: %v, and it passes %d of %d", a, b, said, warned, passes[i], len(values))
				}
			}
		}
	}
}

func TestAWarningThatIsMeantIsNotTold(t *testing.T) {
	history := "any(prv_candidates, .magpsf < 18)"
	filters := func(ignore ...filter.Warning) []Filter {
		return []Filter{
			{Name: "a", Class: "c", Where: []string{"candidate.magpsf < 19"}},
			{Name: "b", Class: "c", Where: []string{"candidate.magpsf < 19"}, Ignore: ignore},
			{Name: "n", Class: "c", Where: []string{"candidate.magpsf < 18"}, Ignore: ignore},
			{Name: "h", Class: "h", Where: []string{history}, Ignore: ignore},
			{Name: "x", Class: "x", Where: []string{"candidate.fid == 1 or candidate.fid == 1"}, Annotate: []Annotation{{"y", "candidate.fid == candidate.fid"}}, Ignore: ignore},
		}
	}
	told := map[filter.Warning][]string{
		filter.WarnDuplicate: {"b"}, filter.WarnCovered: {"n"}, filter.WarnHistory: {"h"}, filter.WarnExpressions: {"x", "x"},
	}
	for _, ignored := range filter.Warnings() {
		var want, got []string
		for kind, names := range told {
			if kind != ignored {
				want = append(want, names...)
			}
		}
		for _, line := range warnings(t, Program{Filters: filters(ignored)}) {
			name, _, _ := strings.Cut(line, ":")
			got = append(got, name)
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("without %s: warned of %v, want %v", ignored, got, want)
		}
	}
	if found := warnings(t, Program{Filters: filters(filter.Warnings()...)}); len(found) > 0 {
		t.Errorf("with all of them meant: %v", found)
	}
	if found := warnings(t, Program{Filters: filters()}); len(found) != 5 {
		t.Errorf("with none of them meant: %v", found)
	}
}

func TestWhatIsMeantHasNoPartInAVersion(t *testing.T) {
	version := func(ignore ...filter.Warning) string {
		set, _ := Compile(Program{Filters: []Filter{{Name: "f", Class: "c", Where: []string{"x < 1"}, Ignore: ignore}}})
		return set.Filters[0].Version
	}
	if version() != version(filter.WarnCovered) {
		t.Error("the version changed")
	}
}

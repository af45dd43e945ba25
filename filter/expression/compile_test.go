package expression

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/skysift/skysift/filter"
)

func one(where ...string) Program {
	return Program{Filters: []Filter{{Name: "f", Class: "c", Where: where}}}
}

// TestBombsAreRefused: sources that would overflow a stack or fill the memory
// are refused with their place, before anything recurses over them.
func TestBombsAreRefused(t *testing.T) {
	doubling := []Definition{{"d0", "any(xs, # > 1)"}}
	for i := range 60 {
		doubling = append(doubling, Definition{fmt.Sprintf("d%d", i+1), fmt.Sprintf("d%d == (d%d != d%d)", i, i, i)})
	}
	chain := []Definition{{"c0", "x"}}
	for i := range 3000 {
		chain = append(chain, Definition{fmt.Sprintf("c%d", i+1), fmt.Sprintf("c%d + x", i)})
	}
	for name, c := range map[string]struct {
		p    Program
		want string
	}{
		"long source":       {one("x < 1 and " + strings.Repeat(" ", maxSource)), "has 8202 bytes and may have 8192"},
		"minus signs":       {one(strings.Repeat("-", 2<<20) + "1"), "bytes and may have"},
		"parentheses":       {one(strings.Repeat("(", 4000) + "x" + strings.Repeat(")", 4000)), "nested more than"},
		"short minus signs": {one(strings.Repeat("-", 8000) + "1 > 0"), "nested more than"},
		"nots":              {one(strings.Repeat("not ", 2000) + "x"), "nested more than"},
		"parts":             {one("x" + strings.Repeat("+x", 3900) + " > 0"), "more than 3000 parts"},
		"doubling":          {Program{Definitions: doubling, Filters: one("d60").Filters}, "too expensive"},
		"chain":             {Program{Definitions: chain, Filters: one("c3000 > 1").Filters}, "nested too deep"},
		"empty":             {one("  "), "the expression is empty"},
		"no clause":         {one(), "the filter has no clause"},
		"comment":           {one("// nothing"), "the expression is empty"},
		"two definitions":   {Program{Definitions: []Definition{{"a", "true"}, {"a", "false"}}, Filters: one("a").Filters}, "two definitions of a"},
	} {
		set, mistakes := Compile(c.p)
		found := false
		for _, m := range mistakes {
			found = found || strings.Contains(m.Message, c.want) && !m.Warning
		}
		if set != nil || !found {
			t.Errorf("%s: no mistake with %q among %d: %.200v", name, c.want, len(mistakes), mistakes)
		}
	}
}

func versionOf(t *testing.T, f Filter, definitions ...Definition) string {
	t.Helper()
	return compiled(t, Program{Definitions: definitions, Filters: []Filter{f}}).Filters[0].Version
}

func TestVersionIsOfWhatAFilterComputes(t *testing.T) {
	base := Filter{Name: "a", Class: "c", Description: "d", Where: []string{"x < 18", `s in ["t", "1"]`}}
	version := versionOf(t, base)
	if len(version) != versionLength {
		t.Errorf("version %q", version)
	}
	const pinned = "1acd20f441f0d09f"
	if version != pinned {
		t.Errorf("the version of %v is %s and was %s: every filter's version has changed", base.Where, version, pinned)
	}
	for name, f := range map[string]Filter{
		"name":       {Name: "b", Class: "c", Where: base.Where},
		"order":      {Class: "c", Where: []string{base.Where[1], base.Where[0]}},
		"one clause": {Class: "c", Where: []string{base.Where[0] + " and " + base.Where[1]}},
		"spelling":   {Class: "c", Where: []string{"(18.0 > x)", `s  in ['1', "t"] // positive`}},
		"definition": {Class: "c", Where: []string{"x < 18", "positive"}},
	} {
		if got := versionOf(t, f, Definition{"positive", base.Where[1]}); got != version {
			t.Errorf("%s: version %s, want %s", name, got, version)
		}
	}
	for name, f := range map[string]Filter{
		"limit":      {Class: "c", Where: []string{"x < 18.1", base.Where[1]}},
		"operator":   {Class: "c", Where: []string{"x <= 18", base.Where[1]}},
		"class":      {Class: "e", Where: base.Where},
		"annotation": {Class: "c", Where: base.Where, Annotate: []Annotation{{"m", "x"}}},
		"text":       {Class: "c", Where: []string{`x < "18"`, base.Where[1]}},
	} {
		if got := versionOf(t, f); got == version {
			t.Errorf("%s: the version is the same", name)
		}
	}
}

// TestEqualClausesAreEvaluatedOnce: however filters spell a clause, the plan
// has it once, and the evaluator runs it once an alert.
func TestEqualClausesAreEvaluatedOnce(t *testing.T) {
	p := Program{Definitions: []Definition{{"faint", "x > 18"}}, Filters: []Filter{
		{Name: "a", Class: "c", Where: []string{"x > 18", "y == 1"}},
		{Name: "b", Class: "c", Where: []string{"18 < x and 1.0 == y"}},
		{Name: "c", Class: "c", Where: []string{"y == 1", "faint", "not (not (x > 18))"}},
	}}
	set := compiled(t, p)
	e := set.NewEvaluator().(*evaluator)
	if len(e.plan.clauses) != 2 {
		t.Fatalf("%d clauses, want 2", len(e.plan.clauses))
	}
	runs := make([]int, len(e.plan.clauses))
	for i := range e.plan.clauses {
		test := e.plan.clauses[i].test
		e.plan.clauses[i].test = func(m *machine) bool { runs[i]++; return test(m) }
	}
	var a filter.Alert
	fill(&a, set.Fields, tree{"x": 19.0, "y": int64(1)})
	if verdicts, err := e.Evaluate(&a); err != nil || len(verdicts) != 3 || runs[0] != 1 || runs[1] != 1 {
		t.Errorf("%v, %v; runs %v", verdicts, err, runs)
	}
}

func TestEvaluatorsOfOneSetRunSideBySide(t *testing.T) {
	set := compiled(t, Program{Filters: []Filter{{Name: "f", Class: "c", Where: []string{"median(map(xs, # * 2)) > 1", "name matches '^S'"}}}})
	done := make(chan int)
	for range 4 {
		go func() {
			var a filter.Alert
			evaluator, passed := set.NewEvaluator(), 0
			for range 200 {
				fill(&a, set.Fields, tree{"xs": []any{1.0, 2.0}, "name": "SN"})
				verdicts, _ := evaluator.Evaluate(&a)
				passed += len(verdicts)
			}
			done <- passed
		}()
	}
	for range 4 {
		if passed := <-done; passed != 200 {
			t.Errorf("%d passed", passed)
		}
	}
}

// FuzzCompile: whatever is written, Compile returns a set or mistakes whose
// places lie in the source, and what it returns can be evaluated.
func FuzzCompile(f *testing.F) {
	for _, seed := range []string{
		"candidate.magpsf < 18", "any(prv_candidates, .jd < 1)", "let a = 1; a", "x ?? 1", "[1, nil][0]", "prv | filter(.x)", "minBy(xs, #)", "pairs(prv_candidates)[0].earlier.jd",
		"if a { b } else { c }", "a.b?.c[1:2]", `"\u00e4" matches "a"`, "f(x", "not in", "1..2", "minBy(", "prv_candidates | maxBy(.jd)", "{", "latest(concat(prv_candidates, [candidate])).jd", "b'x'", "::f()", "#", "count(xs) and .x",
	} {
		f.Add(seed)
	}
	schema := schemaOf(parseTree(f, galleryAlert))
	root := parseTree(f, galleryAlert)
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range []*filter.Schema{nil, schema} {
			p := Program{Schema: s, Definitions: []Definition{{"d", text}}, Filters: []Filter{{Name: "f", Class: "c", Where: []string{text, "d"}, Annotate: []Annotation{{"a", text}}}}}
			set, mistakes := Compile(p)
			for _, m := range mistakes {
				if m.Offset < 0 || m.Length < 0 || m.Offset > len(text) {
					t.Errorf("%q: place %d+%d", text, m.Offset, m.Length)
				}
				if utf8.ValidString(text) && !utf8.ValidString(m.Draw(text)) {
					t.Errorf("%q: drawn %q", text, m.Draw(text))
				}
			}
			if set == nil {
				continue
			}
			var a filter.Alert
			fill(&a, set.Fields, root)
			verdicts, err := set.NewEvaluator().Evaluate(&a)
			if err != nil || len(verdicts) > 0 && verdicts[0].Err != nil && strings.Contains(verdicts[0].Err.Error(), ErrPanic.Error()) {
				t.Errorf("%q: %v, %v", text, verdicts, err)
			}
		}
	})
}

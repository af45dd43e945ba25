package expression

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
)

func TestWhatBecomesOfAClauseWithoutItsFields(t *testing.T) {
	schema := schemaOf(parseTree(t, galleryAlert))
	define := []Definition{{"score", "candidate.drb ?? candidate.rb"}, {"old", "filter(prv_candidates, .fid == 1)"}}
	for _, test := range []struct{ where, gone, want string }{
		{"candidate.drb > 0.5", "candidate.drb", "False"},
		{"not (candidate.drb > 0.5)", "candidate.drb", "True"},
		{"candidate.drb == nil", "candidate.drb", "True"},
		{"candidate.drb != 3", "candidate.drb", "True"},
		{"score > 0.5", "candidate.drb", "depends"},
		{"score > 0.5", "candidate.drb candidate.rb", "False"},
		{"abs(candidate.magpsf - 18) < 1", "candidate.magpsf", "False"},
		{"candidate.drb > 0.5 or candidate.rb > 0.5", "candidate.drb", "depends"},
		{"candidate.drb > 0.5 and candidate.rb > 0.5", "candidate.drb", "False"},
		{`candidate.isdiffpos in ["t", "1"]`, "candidate.isdiffpos", "False"},
		{`candidate.isdiffpos not in ["t", "1"]`, "candidate.isdiffpos", "True"},
		{"candidate.fid in [1, nil]", "candidate.fid", "depends"},
		{"any(prv_candidates, .fid == 1)", "prv_candidates[].fid", "False"},
		{"none(prv_candidates, .fid == 1)", "prv_candidates[].fid", "True"},
		{"any(prv_candidates, .fid == 1)", "prv_candidates prv_candidates[].fid", "False"},
		{"all(prv_candidates, .fid == 1)", "prv_candidates prv_candidates[].fid", "True"},
		{"any(old, .jd > 3)", "prv_candidates[].fid", "False"},
		{"len(old) > 1", "prv_candidates[].fid", "depends"},
		{"candidate.drb > 0.5 ? candidate.rb > 0.5 : candidate.rb > 0.9", "candidate.drb", "depends"},
		{"candidate.drb > 0.5 ? candidate.rb > 0.5 : candidate.fid == nil", "candidate.drb candidate.fid", "True"},
		{"candidate.rb > 0.5", "candidate.drb", ""},
	} {
		gone := strings.Fields(test.gone)
		p := Program{Schema: schema, Definitions: define, Filters: []Filter{{Name: "f", Class: "c", Where: []string{test.where}}}}
		got := ""
		for _, loss := range Without(p, func(path string) bool { return slices.Contains(gone, path) }) {
			got = map[Fate]string{AlwaysTrue: "True", AlwaysFalse: "False", "": "depends"}[loss.Fate]
			if !slices.Equal(loss.Fields, gone) {
				t.Errorf("%s without %v: the fields are %v", test.where, gone, loss.Fields)
			}
		}
		if got != test.want {
			t.Errorf("%s without %v: got %q, want %q", test.where, gone, got, test.want)
		}
	}
}

// What is said of every alert must hold for each: filters at random are judged
// on alerts at random from which the fields have been taken.
func TestWhatBecomesOfRandomClausesIsTrueOfRandomAlerts(t *testing.T) {
	r := rand.New(rand.NewPCG(16, 9))
	schema := randomSchema()
	said := map[Fate]int{}
	for range 3000 {
		w := &writer{Rand: r, depth: 1 + r.IntN(2)}
		p := Program{Schema: schema, Definitions: randomDefinitions(), Filters: []Filter{{Name: "f", Class: "c", Where: []string{w.condition()}}}}
		set, _ := Compile(p)
		if set == nil || len(set.Fields) == 0 {
			continue
		}
		gone := map[string]bool{}
		for _, field := range set.Fields {
			gone[field.Path] = r.IntN(2) == 0
		}
		losses := Without(p, func(path string) bool { return gone[path] })
		if len(losses) == 0 || losses[0].Fate == "" {
			continue
		}
		said[losses[0].Fate]++
		judgeWithout(t, p, set, gone, losses[0], r)
	}
	if said[AlwaysTrue] < 100 || said[AlwaysFalse] < 100 {
		t.Errorf("too little was said to be tested: %v", said)
	}
}

func judgeWithout(t *testing.T, p Program, set *filter.Set, gone map[string]bool, loss Loss, r *rand.Rand) {
	t.Helper()
	evaluator := set.NewEvaluator()
	for range 5 {
		var a filter.Alert
		fill(&a, set.Fields, randomAlert(r))
		for i, field := range set.Fields {
			if gone[field.Path] {
				a.Values[i] = filter.Value{}
			}
		}
		verdicts, err := evaluator.Evaluate(&a)
		if err != nil {
			t.Fatal(err)
		}
		passes := len(verdicts) > 0 && verdicts[0].Err == nil
		if failed := len(verdicts) > 0 && verdicts[0].Err != nil; !failed && passes != (loss.Fate == AlwaysTrue) {
			t.Errorf("%s without %v: said to be %v, and it passes: %v", p.Filters[0].Where, fmt.Sprint(loss.Fields), loss.Fate, passes)
		}
	}
}

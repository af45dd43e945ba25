package expression

import (
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
)

// clausesOfOneValue are tests of one field with limits of 1, 2 and 3.
var clausesOfOneValue = []string{
	"x < 1", "x < 2", "x <= 2", "x > 1", "x > 2", "x >= 3", "x == 2", "x != 2", "1 <= x < 3", "x in [1, 2]", "x not in [1, 2]",
	"x == nil", "x != nil", "not (x < 2)", "not (x >= 3)", "x < 1 or x > 2", "x == nil or x > 1", "x > 1 and x < 3", "not (x == nil or x > 2)",
}

// probes are a missing value, the limits, and values between and beyond them.
var probes = []filter.Value{
	{}, filter.FloatOf(0.5), filter.FloatOf(1), filter.FloatOf(1.5), filter.FloatOf(2), filter.FloatOf(2.5), filter.FloatOf(3), filter.FloatOf(3.5),
}

// TestAClauseIsWarnedOfExactlyWhereItIsTheSameBesideTheOneBefore holds what is
// said of each pair of clauses against what they come to for each value.
func TestAClauseIsWarnedOfExactlyWhereItIsTheSameBesideTheOneBefore(t *testing.T) {
	schema := &filter.Schema{Fields: []filter.SchemaField{{Path: "x", Kind: filter.Float, Nullable: true}}}
	holds := map[string][]bool{}
	for _, clause := range clausesOfOneValue {
		holds[clause] = holdsOf(t, schema, clause)
	}
	warned := 0
	for _, first := range clausesOfOneValue {
		for _, second := range clausesOfOneValue {
			always, never := true, true
			for i, h := range holds[first] {
				always = always && (!h || holds[second][i])
				never = never && !(h && holds[second][i])
			}
			want := ""
			switch {
			case first == second:
				want = "clause 1 says this already"
			case never:
				want = "the clause is always false beside clause 1"
			case always && second != "x != nil":
				want = "the clause is always true beside clause 1"
			}
			got := ""
			for _, m := range Check(Program{Schema: schema, Filters: []Filter{{Name: "f", Class: "c", Where: []string{first, second}}}}) {
				if m.Clause == 1 {
					got = m.Message
				}
			}
			if want == "" && got != "" || !strings.HasPrefix(got, want) {
				t.Errorf("%s, %s: told %q, want %q", first, second, got, want)
			}
			if want != "" {
				warned++
			}
		}
	}
	if warned < 100 {
		t.Errorf("only %d pairs were to be warned of", warned)
	}
}

// holdsOf says for which of the probes a clause holds.
func holdsOf(t *testing.T, schema *filter.Schema, clause string) []bool {
	t.Helper()
	set, mistakes := Compile(Program{Schema: schema, Filters: []Filter{{Name: "f", Class: "c", Where: []string{clause}}}})
	if set == nil {
		t.Fatal(mistakes)
	}
	evaluator := set.NewEvaluator()
	var all []bool
	for _, probe := range probes {
		var alert filter.Alert
		alert.Reset(len(set.Fields))
		alert.Values[0] = probe
		verdicts, err := evaluator.Evaluate(&alert)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, len(verdicts) == 1 && verdicts[0].Err == nil)
	}
	return all
}

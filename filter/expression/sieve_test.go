package expression

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
)

// siftedConditions are those that a sieve answers.
func siftedConditions() (all []string) {
	for _, column := range []string{".mag", ".fid"} {
		for _, op := range []string{"<", "<=", ">", ">=", "==", "!="} {
			for _, limit := range []string{"18.5", "2", "-1.0", "candidate.mag", "candidate.fid", "candidate.name", "nil"} {
				if limit == "nil" && op != "==" && op != "!=" || limit == "candidate.name" {
					continue
				}
				all = append(all, column+" "+op+" "+limit, limit+" "+op+" "+column, "not ("+column+" "+op+" "+limit+")",
					column+" "+op+" "+limit+" and .mag > 18", column+" != nil and "+column+" "+op+" "+limit)
			}
		}
	}
	for _, limit := range []string{"candidate.jd", "alert.mag", "alert.jd"} {
		all = append(all, ".fid == "+limit, ".mag != "+limit)
	}
	return append(all, ".flag", "not .flag", ".flag and .band == candidate.name", `.band != "t"`, `.band == nil or .flag`)
}

// siftedAlert is an alert whose history has a flag and a band, too.
func siftedAlert(r *rand.Rand) tree {
	root := randomAlert(r)
	prv, _ := root["prv"].([]any)
	for _, item := range prv {
		if row, ok := item.(tree); ok {
			row["flag"], row["band"] = []any{true, false, nil}[r.IntN(3)], []any{"t", "x", nil}[r.IntN(3)]
		}
	}
	return root
}

// TestSiftedLoopsAreLoopsItemByItem compares each loop that a sieve runs with the
// same loop whose condition asks for the item's position, which no sieve can tell:
// values and ticks.
func TestSiftedLoopsAreLoopsItemByItem(t *testing.T) {
	loops := []string{"count(%s, %s)", "len(filter(%s, %s))", "any(%s, %s) ? 1 : 0", "all(%s, %s) ? 1 : 0", "none(%s, %s) ? 1 : 0", "one(%s, %s) ? 1 : 0"}
	f := Filter{Name: "f", Class: "c", Where: []string{"true"}}
	for _, list := range []string{"prv", "filter(prv, .jd > 0)", "prv[0:2]"} {
		for _, condition := range siftedConditions() {
			for _, loop := range loops {
				quick := fmt.Sprintf(loop, list, condition)
				slow := fmt.Sprintf(loop, list, condition+" and #index >= 0")
				f.Annotate = append(f.Annotate, Annotation{Name: quick, Source: quick}, Annotation{Name: slow, Source: slow})
			}
		}
	}
	for _, condition := range siftedConditions() {
		if strings.Contains(condition, ".mag") || strings.Contains(condition, ".fid") {
			f.Annotate = append(f.Annotate, Annotation{Name: condition, Source: "count(alert.history, " + condition + ")"},
				Annotation{Name: condition, Source: "count(alert.history, " + condition + " and #index >= 0)"})
		}
	}
	schema := randomSchema()
	schema.Fields = append(schema.Fields, filter.SchemaField{Path: "prv[].flag", Kind: filter.Bool, Nullable: true},
		filter.SchemaField{Path: "prv[].band", Kind: filter.String, Nullable: true})
	set := compiled(t, Program{Schema: schema, Filters: []Filter{f}})
	e := set.NewEvaluator().(*evaluator)
	for i := range 300 {
		var a filter.Alert
		fill(&a, set.Fields, siftedAlert(rand.New(rand.NewPCG(31, uint64(i)))))
		e.machine.begin(&a)
		pairs := e.plan.filters[0].annotations
		for j := 0; j < len(pairs); j += 2 {
			got, gotTicks := ticked(e.machine, pairs[j].value)
			want, wantTicks := ticked(e.machine, pairs[j+1].value)
			if got != want || gotTicks != wantTicks {
				t.Fatalf("alert %d: %s is %s in %d ticks; item by item %s in %d", i, pairs[j].name, got, gotTicks, want, wantTicks)
			}
		}
		if len(e.machine.kept) != 0 {
			t.Fatal("room for rows that were sifted was not given back")
		}
	}
}

func ticked(m *machine, value valueFunc) (string, int) {
	m.restart()
	v := value(m)
	return fmt.Sprint(v), m.ticks
}

// TestAListThatEachItemHasOfItsOwnIsNotSifted sees by the room for sifted rows
// whether a sieve ran: within another loop it would look at all rows for each
// item, where the ticks count those up to the one that settles the matter.
func TestAListThatEachItemHasOfItsOwnIsNotSifted(t *testing.T) {
	for source, sifted := range map[string]bool{
		"any(prv, .mag > 100)":                        true,
		"any(prv, any(prv[0:#index], .mag > 100))":    false,
		"any(prv, count(prv[#index:], .mag > 1) > 9)": false,
	} {
		set := compiled(t, Program{Schema: randomSchema(), Filters: []Filter{{Name: "f", Class: "c", Where: []string{source}}}})
		e := set.NewEvaluator().(*evaluator)
		for i := range 20 {
			var a filter.Alert
			fill(&a, set.Fields, siftedAlert(rand.New(rand.NewPCG(5, uint64(i)))))
			if _, err := e.Evaluate(&a); err != nil {
				t.Fatal(err)
			}
		}
		if ran := cap(e.machine.kept) > 0; ran != sifted {
			t.Errorf("%s: sifted is %v, want %v", source, ran, sifted)
		}
	}
}

package expression

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/skysift/skysift/filter"
)

// TestAFilterJudgesItsTopicsOnly: with topics, a set's verdicts on an alert are
// those that it has without them, of the filters that judge the alert's topic.
func TestAFilterJudgesItsTopicsOnly(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, indexed := range []bool{true, false} {
		free := Program{Schema: randomSchema(), Definitions: randomDefinitions()}
		for i := range 200 {
			clause := fmt.Sprintf("candidate.mag < %d", 10+r.IntN(10))
			if !indexed {
				clause = fmt.Sprintf("len(history) + %d > %d or candidate.mag < 12", i, r.IntN(200))
			}
			free.Filters = append(free.Filters, Filter{Name: fmt.Sprint(i), Class: "c", Where: []string{clause}})
		}
		schema := &filter.Schema{Fields: []filter.SchemaField{{Path: "candidate.mag", Kind: filter.Float}, {Path: "history", Kind: filter.List}}}
		free.Schema, free.Definitions = schema, nil
		bound := free
		bound.Filters = append([]Filter(nil), free.Filters...)
		for i := range bound.Filters {
			bound.Filters[i].Topics = [][]string{nil, {"telemetry"}, {"weather", "tele*"}, {"nothing"}}[r.IntN(4)]
		}
		one, other := compiled(t, free), compiled(t, bound)
		if hasIndex := len(one.Plan().Attributes) > 0; hasIndex != indexed {
			t.Fatalf("an index: %v, want %v", hasIndex, indexed)
		}
		compareBound(t, r, one, other)
	}
}

func compareBound(t *testing.T, r *rand.Rand, free, bound *filter.Set) {
	all, some := free.NewEvaluator(), bound.NewEvaluator()
	passed := map[string]int{}
	for range 400 {
		topic := []string{"telemetry", "weather", "elsewhere", ""}[r.IntN(4)]
		alert := &filter.Alert{Topic: topic, Values: []filter.Value{filter.FloatOf(9 + 12*r.Float64()), filter.ListOf(nil)}}
		if len(free.Fields) < 2 {
			alert.Values = alert.Values[:1]
		}
		want, err := all.Evaluate(alert)
		if err != nil {
			t.Fatal(err)
		}
		var numbers []int
		for _, v := range want {
			if bound.Filters[v.Filter].Judges(topic) {
				numbers = append(numbers, v.Filter)
			}
		}
		got, err := some.Evaluate(alert)
		if err != nil || len(got) != len(numbers) {
			t.Fatalf("%s: %d verdicts, want %d, %v", topic, len(got), len(numbers), err)
		}
		for i, v := range got {
			if v.Filter != numbers[i] {
				t.Errorf("%s: filter %d passes, want %d", topic, v.Filter, numbers[i])
			}
		}
		passed[topic] += len(got)
	}
	if passed["telemetry"] == 0 || passed["weather"] == 0 || passed[""] <= passed["elsewhere"] {
		t.Errorf("the test shows little: %v", passed)
	}
	for i, f := range bound.Filters {
		if same := f.Version == free.Filters[i].Version; same != (f.Topics == nil) {
			t.Errorf("topics %v: the version is the same as without: %v", f.Topics, same)
		}
	}
}

func TestManyTopicsAreNotKept(t *testing.T) {
	b := bindings{filters: []filter.Filter{{Topics: []string{"a*"}}, {}}}
	for i := range 3 * maxBindings {
		if found := b.to(fmt.Sprint("topic", i)); len(found.filters) != 1 || found.filters[0] != 1 {
			t.Fatal(found)
		}
	}
	if len(b.known) > maxBindings {
		t.Errorf("%d topics are kept", len(b.known))
	}
	if found := b.to("abc"); len(found.filters) != 2 || found.words[0] != 3 {
		t.Error(found)
	}
}

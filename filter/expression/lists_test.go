package expression

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
)

func TestANamedListIsTheListItself(t *testing.T) {
	root := parseTree(t, `{"host": "SN", "fid": 2}`)
	p := Program{Schema: schemaOf(root), Lists: randomLists(), Filters: []Filter{
		{Name: "named", Class: "c", Where: []string{"host in names or fid in few"}},
		{Name: "written", Class: "c", Where: []string{`host in ["x", "t"] or fid in [18.5, -1, 1.0]`}},
		{Name: "other", Class: "c", Where: []string{`host in ["x", "y"] or fid in few`}},
	}}
	set := compiled(t, p)
	if set.Filters[0].Version != set.Filters[1].Version {
		t.Error("a named list gives another version than its items")
	}
	if set.Filters[0].Version == set.Filters[2].Version {
		t.Error("a list's items are no part of the version")
	}
}

func TestMistakesAboutListsHaveTheirPlace(t *testing.T) {
	root := parseTree(t, `{"host": "SN", "fid": 2}`)
	p := Program{
		Schema: schemaOf(root), Definitions: []Definition{{"names", "fid == 1"}},
		Lists:   append(randomLists(), List{Name: "fid"}, List{Name: "not"}, List{Name: "spare", Items: []filter.Value{filter.IntOf(1)}}),
		Filters: []Filter{{Name: "a", Class: "c", Where: []string{"fid in few", "host in manyNames", "fid in mani or fid in many", "fid in names", "host == few"}}},
	}
	_, mistakes := Compile(p)
	var told []string
	for _, m := range mistakes {
		told = append(told, fmt.Sprintf("list %d, definition %d, clause %d: %s (%s)", m.List, m.Definition, m.Clause, m.Message, m.Suggestion))
	}
	want := strings.Join([]string{
		"list -1, definition 0, clause -1: there is a list of the name names (choose another name)",
		"list 4, definition -1, clause -1: the list fid hides the alert's field of that name (choose another name)",
		"list 5, definition -1, clause -1: a list cannot be named not (use letters, digits and _, as in near_star)",
		"list 6, definition -1, clause -1: the list spare is not used (use it, or leave it out; if it is meant, write ignore_warnings: unused beside filters:)",
		"list -1, definition -1, clause 2: unknown field mani (did you mean many?)",
		"list -1, definition -1, clause 3: an integer is looked for in a list that has none (quotes make text of a number)",
		"list -1, definition -1, clause 4: a list of numbers cannot be compared (compare one of its values, or len(x))",
	}, "\n")
	if got := strings.Join(told, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestALongListIsLookedUpAsItIsGoneThrough holds the hashed set against the
// comparison of each item.
func TestALongListIsLookedUpAsItIsGoneThrough(t *testing.T) {
	values := []filter.Value{
		{}, filter.BoolOf(true), filter.BoolOf(false), filter.StringOf(""), filter.StringOf("1"), filter.IntOf(1), filter.FloatOf(1), filter.FloatOf(1.5),
		filter.IntOf(1<<53 + 1), filter.FloatOf(1 << 53), filter.IntOf(1 << 53), filter.IntOf(math.MaxInt64), filter.FloatOf(1 << 63), filter.FloatOf(-1 << 63),
		filter.IntOf(math.MinInt64), filter.FloatOf(1e300), filter.FloatOf(math.Inf(1)), filter.FloatOf(math.Copysign(0, -1)), filter.IntOf(0), filter.BytesOf([]byte("1")),
	}
	m := newMachine(0, 0)
	for without := range values {
		var items []filter.Value
		for i, v := range values {
			if i != without {
				items = append(items, v)
			}
		}
		set := hashed(filter.ListOf(items))
		for _, v := range values {
			if got, want := set.has(v), contains(m, filter.ListOf(items), v); got != want {
				t.Errorf("%v %s in the list without %s: %v, want %v", v.Kind(), v.AppendJSON(nil), values[without].AppendJSON(nil), got, want)
			}
		}
	}
}

// TestTheIndexAnswersForNamedLists: many filters that look one value up in lists
// of their own are told apart by the index.
func TestTheIndexAnswersForNamedLists(t *testing.T) {
	root := parseTree(t, `{"host": "name 3"}`)
	p := Program{Schema: schemaOf(root)}
	for i := range 20 {
		name := fmt.Sprint("hosts", i)
		p.Lists = append(p.Lists, List{name, []filter.Value{filter.StringOf(fmt.Sprint("name ", i)), filter.StringOf(fmt.Sprint("name ", i+1))}})
		p.Filters = append(p.Filters, Filter{Name: fmt.Sprint("f", i), Class: "c", Where: []string{"host in " + name}})
	}
	set := compiled(t, p)
	var a filter.Alert
	fill(&a, set.Fields, root)
	verdicts, err := set.NewEvaluator().Evaluate(&a)
	if err != nil || len(verdicts) != 2 || verdicts[0].Filter != 2 || verdicts[1].Filter != 3 {
		t.Errorf("%v, %v", verdicts, err)
	}
	if plan := set.Plan(); len(plan.Attributes) != 1 || plan.Attributes[0].Filters != 20 {
		t.Errorf("plan %+v", plan.Attributes)
	}
}

// TestALongListCompilesInTime: a list as long as one may be, which many filters
// use, is sorted and spelt once.
func TestALongListCompilesInTime(t *testing.T) {
	long := List{Name: "long"}
	for i := range 100_000 {
		long.Items = append(long.Items, filter.StringOf(fmt.Sprint("ZTF18", i)))
	}
	p := Program{Schema: schemaOf(parseTree(t, `{"host": "x", "fid": 1}`)), Lists: []List{long}}
	for i := range 200 {
		p.Filters = append(p.Filters, Filter{Name: fmt.Sprint(i), Class: "c", Where: []string{fmt.Sprintf("fid > %d", i), "host in long"}})
	}
	made := testing.AllocsPerRun(1, func() { compiled(t, p) })
	if most := 3_000_000.0; made > most {
		t.Errorf("%v allocations", made)
	}
}

package difference

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/expression"
)

func compiled(t *testing.T, where map[string]string, names ...string) *filter.Set {
	t.Helper()
	var p expression.Program
	for _, name := range names {
		p.Filters = append(p.Filters, expression.Filter{Name: name, Class: "c", Where: []string{where[name]}})
	}
	set, found := expression.Compile(p)
	if set == nil {
		t.Fatal(found)
	}
	return set
}

// list fills the lazy slots of the watched alert.
type list struct {
	fields []filter.Field
	values map[string]filter.Value
	err    error
}

func (l list) Load(a *filter.Alert) error {
	for i, field := range l.fields {
		a.Values[i] = l.values[field.Path]
	}
	return l.err
}

func TestWatchTellsGainedAndLostThroughDifferentFields(t *testing.T) {
	old := compiled(t, map[string]string{"same": "x > 1", "moved": "x > 1", "gone": "any(h, .z > 1)"}, "gone", "moved", "same")
	current := compiled(t, map[string]string{"same": "x > 1", "moved": "y > 1", "fresh": "[1][w] == 1"}, "same", "moved", "fresh")
	watched, found := Watch(current, old, "id")
	evaluator := watched.NewEvaluator()
	for i, v := range [][4]int64{{2, 2, 0, 2}, {2, 0, 9, 0}, {0, 2, 0, 2}, {0, 0, 9, 0}} {
		values := map[string]filter.Value{
			"x": filter.IntOf(v[0]), "y": filter.IntOf(v[1]), "w": filter.IntOf(v[2]), "id": filter.IntOf(int64(i)),
			"h[].z": filter.ListOf([]filter.Value{filter.IntOf(v[3])}), "h": filter.ListOf([]filter.Value{filter.RecordOf()}),
		}
		var a filter.Alert
		a.Reset(len(watched.Fields))
		for j, field := range watched.Fields {
			if !field.Lazy {
				a.Values[j] = values[field.Path]
			}
		}
		a.Defer(list{fields: watched.Fields, values: values})
		if _, err := evaluator.Evaluate(&a); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, p := range found.Pairs() {
		name := ""
		if p.New != nil {
			name += "+" + p.New.Name
		}
		if p.Old != nil {
			name += "-" + p.Old.Name
		}
		got = append(got, fmt.Sprint(name, p.Before, p.After, p.Gained, p.Lost))
	}
	want := []string{"+same-same2 2 [] []", "+moved-moved2 2 [2] [1]", "+fresh0 2 [0 2] []", "-gone2 0 [] [0 2]"}
	if !slices.Equal(got, want) {
		t.Errorf("found %q\nwant  %q", got, want)
	}
}

func TestARecordThatCannotBeLoadedIsAnError(t *testing.T) {
	old := compiled(t, map[string]string{"a": "any(h, .z > 1)"}, "a")
	current := compiled(t, map[string]string{"a": "x > 1"}, "a")
	watched, found := Watch(current, old, "")
	var a filter.Alert
	a.Reset(len(watched.Fields))
	a.Defer(list{err: errors.New("cut short")})
	if _, err := watched.NewEvaluator().Evaluate(&a); err == nil {
		t.Error("the lazy part of the record cannot be read, and nothing is said")
	}
	if p := found.Pairs()[0]; p.Before != 0 || p.After != 0 {
		t.Error("a record that is rejected was counted")
	}
}

func TestOneReaderThatCannotWaitMakesAFieldEager(t *testing.T) {
	fields, slots := joined(
		[]filter.Field{{Path: "a", Lazy: true}, {Path: "b", Lazy: true}, {Path: "c"}},
		[]filter.Field{{Path: "d", Lazy: true}, {Path: "b"}, {Path: "a", Lazy: true}, {Path: "c", Lazy: true}})
	want := []filter.Field{{Path: "a", Lazy: true}, {Path: "b"}, {Path: "c"}, {Path: "d", Lazy: true}}
	if !slices.Equal(fields, want) || !slices.Equal(slots, []int{3, 1, 0, 2}) {
		t.Errorf("%v in slots %v", fields, slots)
	}
}

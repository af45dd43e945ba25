package filtertest

import (
	"slices"
	"strconv"
	"strings"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/spec"
	"github.com/skysift/skysift/internal/spelling"
)

// Check holds the tests against the filters they are of, and against the
// fields that alerts may have; a nil schema leaves names unchecked. It returns
// all mistakes of the file.
func (f *File) Check(filters []spec.Filter, schema *filter.Schema) []*spec.Error {
	byName := map[string]spec.Filter{}
	var names []string
	for _, one := range filters {
		byName[one.Name] = one
		names = append(names, one.Name)
	}
	known := newKnown(schema)
	for _, t := range f.Tests {
		for _, e := range t.Expect {
			one, ok := byName[e.Filter]
			if !ok {
				mistake := f.form.Fail(e.at, "%s has no filter %q", f.Filters, e.Filter)
				suggest(mistake, e.Filter, names)
				continue
			}
			f.checkExpectation(e, one)
		}
		if t.fields != nil && schema != nil {
			f.checkFields(known, "", t.fields)
		}
	}
	return f.form.Mistakes()
}

func suggest(mistake *spec.Error, word string, names []string) {
	if near := spelling.Nearest(word, names); near != "" {
		mistake.Suggestion = "did you mean " + near + "?"
	}
}

func (f *File) checkExpectation(e Expectation, one spec.Filter) {
	if n, err := strconv.Atoi(e.Clause); err == nil && (n < 1 || n > len(one.Where)) {
		f.form.Fail(e.clause, "filter %q has no clause %d: its clauses are 1 to %d", one.Name, n, len(one.Where))
	}
	var names []string
	for _, a := range one.Annotate {
		names = append(names, a.Name)
	}
	for _, a := range e.Annotations {
		if !slices.Contains(names, a.Name) && one.Plugin == nil { // a plug-in's are known when it answers
			suggest(f.form.Fail(a.at, "filter %q has no annotation %q", one.Name, a.Name), a.Name, names)
		}
	}
}

// known is what a schema says of each path, and of the records and lists that
// it lies in.
type known struct {
	kinds    map[string]filter.Kind
	children map[string][]string
}

func newKnown(schema *filter.Schema) known {
	k := known{kinds: map[string]filter.Kind{}, children: map[string][]string{}}
	if schema == nil {
		return k
	}
	for _, field := range schema.Fields {
		k.kinds[field.Path] = field.Kind
	}
	for _, field := range schema.Fields {
		k.enter(field.Path)
	}
	return k
}

// enter notes the records and lists that a path lies in.
func (k known) enter(path string) {
	if list, isItem := strings.CutSuffix(path, "[]"); isItem {
		k.above(list, filter.List)
		return
	}
	dot := strings.LastIndexByte(path, '.')
	parent, name := "", path
	if dot >= 0 {
		parent, name = path[:dot], path[dot+1:]
	}
	if !slices.Contains(k.children[parent], name) {
		k.children[parent] = append(k.children[parent], name)
	}
	if parent != "" {
		k.above(parent, filter.Record)
	}
}

func (k known) above(path string, kind filter.Kind) {
	if old, seen := k.kinds[path]; !seen || old == filter.Missing {
		k.kinds[path] = kind
	}
	k.enter(path)
}

// checkFields looks for names that no alert has, and values of another kind.
func (f *File) checkFields(k known, path string, g *given) {
	for _, name := range g.names {
		below := strings.TrimPrefix(path+"."+name, ".")
		kind, ok := k.kinds[below]
		if !ok {
			mistake := f.form.Fail(g.values[name].node, "unknown field %s", strings.ReplaceAll(below, "[]", ""))
			suggest(mistake, name, k.children[path])
			if below == "alert" {
				mistake.Suggestion = "alert.* is made of the survey's own fields: set those, such as candidate.magpsf for alert.mag"
			}
			continue
		}
		f.checkValue(k, below, kind, g.values[name])
	}
}

func (f *File) checkValue(k known, path string, kind filter.Kind, g *given) {
	if !fits(g.kind, kind) {
		f.form.Fail(g.node, "the field %s is %s in an alert, and this is %s", strings.ReplaceAll(path, "[]", ""), kind, g.kind)
		return
	}
	switch {
	case g.kind == filter.Record && kind == filter.Record:
		f.checkFields(k, path, g)
	case g.kind == filter.List:
		if itemKind, ok := k.kinds[path+"[]"]; ok {
			for _, item := range g.items {
				f.checkValue(k, path+"[]", itemKind, item)
			}
		}
	}
}

// fits reports whether a value that was set can be a field's: any field may be
// missing, a whole number may be written without its point, and a map is
// written as a record.
func fits(set, field filter.Kind) bool {
	switch {
	case set == field, set == filter.Missing, field == filter.Missing:
		return true
	case field == filter.Float:
		return set == filter.Int
	case field == filter.Map:
		return set == filter.Record
	}
	return false
}

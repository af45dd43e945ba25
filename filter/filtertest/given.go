package filtertest

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/skysift/skysift/filter"
)

// maxDepth bounds how deep values set by hand are nested; aliases cannot make
// them endless.
const maxDepth = 32

// given is a value set by hand: a scalar, a list, or a record or map with
// names in the order of the file.
type given struct {
	node   *yaml.Node
	kind   filter.Kind // List, Record, or a scalar's
	scalar filter.Value
	items  []*given
	names  []string
	values map[string]*given
}

// fields reads what is set by hand: a record whose names may be paths.
func (f *File) fields(node *yaml.Node) *given {
	root := newRecord(node)
	f.form.Pairs(node, "fields", func(name string, at, value *yaml.Node) {
		v := f.value(value, 0)
		if v == nil {
			return
		}
		v.node = at
		if !root.set(strings.Split(name, "."), at, v) {
			f.form.Fail(at, "%s is set already, or lies in what is set", name)
		}
	})
	return root
}

func newRecord(node *yaml.Node) *given {
	return &given{node: node, kind: filter.Record, values: map[string]*given{}}
}

// set enters a value at a path, and reports whether its place is free.
func (g *given) set(path []string, at *yaml.Node, v *given) bool {
	old := g.values[path[0]]
	if len(path) == 1 && old == nil {
		g.names, g.values[path[0]] = append(g.names, path[0]), v
		return true
	}
	if len(path) == 1 {
		return old.kind == filter.Record && v.kind == filter.Record && old.merge(v)
	}
	if old == nil {
		old = newRecord(at)
		g.names, g.values[path[0]] = append(g.names, path[0]), old
	}
	return old.kind == filter.Record && old.set(path[1:], at, v)
}

func (g *given) merge(other *given) bool {
	for _, name := range other.names {
		if !g.set([]string{name}, other.node, other.values[name]) {
			return false
		}
	}
	return true
}

// value reads one value; nil after a mistake.
func (f *File) value(node *yaml.Node, depth int) *given {
	if depth > maxDepth {
		f.form.Fail(node, "values are nested more than %d deep", maxDepth)
		return nil
	}
	switch node.Kind {
	case yaml.SequenceNode:
		list := &given{node: node, kind: filter.List}
		f.form.Items(node, "a list", func(item *yaml.Node) {
			if v := f.value(item, depth+1); v != nil {
				list.items = append(list.items, v)
			}
		})
		return list
	case yaml.MappingNode:
		record := newRecord(node)
		f.form.Pairs(node, "a record", func(name string, at, value *yaml.Node) {
			if v := f.value(value, depth+1); v != nil {
				v.node = at
				record.names, record.values[name] = append(record.names, name), v
			}
		})
		return record
	}
	v, ok := scalarOf(node)
	if !ok {
		f.form.Fail(node, "%s cannot be the value of a field", f.form.Describe(node)).Suggestion = "a field is null, true, false, a number, text in quotes, a list or a record"
		return nil
	}
	return &given{node: node, kind: v.Kind(), scalar: v}
}

// scalarOf reads a scalar; integers keep all 64 bits, and .nan is missing as
// it is in an alert.
func scalarOf(node *yaml.Node) (filter.Value, bool) {
	switch node.Tag {
	case "!!null":
		return filter.Value{}, true
	case "!!bool":
		return filter.BoolOf(strings.EqualFold(node.Value, "true")), true
	case "!!int":
		text := strings.ReplaceAll(node.Value, "_", "")
		if n, err := strconv.ParseInt(text, 0, 64); err == nil {
			return filter.IntOf(n), true
		}
		f, err := strconv.ParseFloat(text, 64)
		return filter.FloatOf(f), err == nil
	case "!!float":
		return floatOf(strings.ToLower(strings.ReplaceAll(node.Value, "_", "")))
	case "!!str", "!!timestamp":
		return filter.StringOf(node.Value), true
	}
	return filter.Value{}, false
}

func floatOf(text string) (filter.Value, bool) {
	switch strings.TrimLeft(text, "+-") {
	case ".nan":
		return filter.Value{}, true
	case ".inf":
		if text[0] == '-' {
			return filter.FloatOf(math.Inf(-1)), true
		}
		return filter.FloatOf(math.Inf(1)), true
	}
	f, err := strconv.ParseFloat(text, 64)
	return filter.FloatOf(f), err == nil
}

// at returns the value of a field's path, and whether it is set by hand. All
// that lies in what is set is set: a name that a record of a list lacks is
// missing.
func (g *given) at(path []string, kind filter.Kind) (filter.Value, bool) {
	if len(path) == 0 {
		if kind == filter.Missing {
			kind = filter.Map // of a name that no schema knows; as a record its fields have paths of their own
		}
		return g.whole(kind), true
	}
	if g.kind != filter.Record {
		return filter.Value{}, true
	}
	name, isColumn := strings.CutSuffix(path[0], "[]")
	next := g.values[name]
	switch {
	case next == nil:
		return filter.Value{}, false
	case !isColumn:
		return next.at(path[1:], kind)
	case next.kind != filter.List:
		return filter.Value{}, true
	}
	column := make([]filter.Value, len(next.items))
	for i, item := range next.items {
		column[i], _ = item.at(path[1:], kind)
	}
	return filter.ListOf(column), true
}

// whole returns the value itself; the fields of a record have paths of their own.
func (g *given) whole(kind filter.Kind) filter.Value {
	switch {
	case g.kind == filter.List:
		items := make([]filter.Value, len(g.items))
		for i, item := range g.items {
			items[i] = item.whole(filter.Missing)
		}
		return filter.ListOf(items)
	case g.kind == filter.Record && kind == filter.Map:
		entries := make([]filter.Entry, len(g.names))
		for i, name := range g.names {
			entries[i] = filter.Entry{Key: name, Value: g.values[name].whole(filter.Missing)}
		}
		return filter.MapOf(entries)
	case g.kind == filter.Record:
		return filter.RecordOf()
	}
	return g.scalar
}

// equals compares with what a filter added. Numbers are equal where they agree
// to nine digits, so that a test need not write a float's last.
func (g *given) equals(v filter.Value) bool {
	switch {
	case g.kind == filter.List:
		return v.Kind() == filter.List && slices.EqualFunc(g.items, v.List(), (*given).equals)
	case g.scalar.Kind() == filter.Int && v.Kind() == filter.Int:
		return g.scalar.Int() == v.Int()
	case g.scalar.IsNumber() && v.IsNumber():
		a, b := g.scalar.Float(), v.Float()
		return a == b || math.Abs(a-b) <= 1e-9*max(math.Abs(a), math.Abs(b))
	}
	return g.kind == v.Kind() && string(g.scalar.AppendJSON(nil)) == string(v.AppendJSON(nil))
}

package expression

import (
	"strings"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/sky"
)

// isMatches reports whether a type is a list of catalogues' rows.
func (c *checker) isMatches(t typ) bool {
	if t.kind != listKind || len(t.item().rows) == 0 {
		return false
	}
	for _, r := range t.item().rows {
		if !isOfCatalogue(r.path) {
			return false
		}
	}
	return true
}

// anyMatch is a list of rows as a condition: is there any?
func (c *checker) anyMatch(list *node) *node {
	length := c.graph.add(node{op: opCall, text: "len", fn: c.functions["len"], args: []*node{list}, typ: typ{kind: intKind}})
	return c.graph.compare(">", length, c.graph.constant(filter.IntOf(0)))
}

// columnType returns what is known of a column of rows.
func (c *checker) columnType(r row, name string) (typ, bool) {
	if !isOfCatalogue(r.path) {
		return c.typeOf(joinPath(r.path, name))
	}
	_, kind, known := c.graph.bases[r.base].catalogue.Column(name)
	return typ{kind: kindOf(kind)}, known
}

func (c *checker) unknownColumn(r row, name string, at span) *node {
	from := c.graph.bases[r.base]
	return c.wrong(at, from.name+" has no column "+name, whichNames(name, from.catalogue.Columns(), "column"))
}

// nameOfColumn is a column's name in its catalogue.
func nameOfColumn(path string) string {
	_, name, _ := strings.Cut(path, "[].")
	return name
}

// rows finds the rows near a direction. Each is a record whose index is that of
// its match.
func (e *emitter) rows(n *node, level int) valueFunc {
	catalogue, base, args := e.bases[n.base].catalogue, uint32(n.base)+1, e.values(n.args, level)
	return func(m *machine) filter.Value {
		ra, dec, radius := args[0](m), args[1](m), 0.0
		if len(args) == 3 {
			if radius = min(args[2](m).Float(), 180); !(radius > 0) {
				return filter.Value{}
			}
		}
		if !ra.IsNumber() || !dec.IsNumber() || m.failure != nil {
			return filter.Value{}
		}
		start, steps := len(m.matches), maxTicks-m.ticks
		var left int
		m.matches, left = catalogue.Near(m.matches, ra.Float(), dec.Float(), radius, steps)
		m.charge(steps - left)
		rows := m.list(len(m.matches) - start)
		for i := range cap(rows) {
			rows = append(rows, filter.RecordAt(base, uint32(start+i)))
		}
		return filter.ListOf(rows)
	}
}

// matched returns a column of the match of a number.
func (m *machine) matched(from *columnSource, number int) filter.Value {
	if number >= len(m.matches) {
		return filter.Value{}
	}
	return from.catalogue.Value(m.matches[number], from.number)
}

func (e *emitter) region(n *node, level int) valueFunc {
	region, ra, dec := n.region, e.valueAt(n.args[0], level), e.valueAt(n.args[1], level)
	return func(m *machine) filter.Value {
		a, d := ra(m), dec(m)
		if !a.IsNumber() || !d.IsNumber() || m.failure != nil {
			return filter.Value{}
		}
		if in, ok := region.Has(a.Float(), d.Float()); ok {
			return filter.BoolOf(in)
		}
		return filter.Value{}
	}
}

// sized is a value as JSON, with the rows of catalogues spelt out.
func (m *machine) sized(v filter.Value) JSON {
	if v.Kind() == filter.Record {
		if from, match, ok := m.matchOf(v); ok {
			return JSON(from.AppendJSON(nil, match))
		}
	}
	items := v.List()
	if len(items) == 0 {
		return sized(v)
	}
	if _, _, ok := m.matchOf(items[0]); !ok {
		return sized(v)
	}
	parts := make([]string, len(items))
	for i, item := range items {
		parts[i] = string(m.sized(item))
	}
	return JSON("[" + strings.Join(parts, ",") + "]")
}

func (m *machine) matchOf(v filter.Value) (*sky.Catalogue, sky.Match, bool) {
	base, number := v.At()
	if base == 0 || int(base) > len(m.bases) || m.bases[base-1].catalogue == nil || int(number) >= len(m.matches) {
		return nil, sky.Match{}, false
	}
	return m.bases[base-1].catalogue, m.matches[number], true
}

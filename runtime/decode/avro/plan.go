package avro

import (
	"github.com/skysift/skysift/filter"
)

// plan is how a decoder reads the datums of one schema. It has scratch space
// and serves one goroutine.
type plan struct {
	schema *Schema
	roots  []rootPlan // one for each record that a datum can be
}

// rootPlan reads a datum in up to two passes.
//
// Invariant: eager[:mark] ends where a field of the datum's top level begins,
// and nothing that lazy reads stands before it.
type rootPlan struct {
	label string
	eager *program // all of the datum; it fills the fields that are not lazy
	lazy  *program // what follows mark; nil where no field is lazy
	mark  int
}

func newPlan(s *Schema, fields []filter.Field) *plan {
	p := &plan{schema: s}
	eager, lazy := newWant(fields, false), newWant(fields, true)
	for i, root := range s.roots() {
		r := compileRoot(root, eager.in(root), lazy.in(root))
		r.label = s.labels[i]
		p.roots = append(p.roots, r)
	}
	return p
}

// compileRoot compiles the passes over a record n. Where the datum has both
// kinds of fields, the lazy pass begins at the first field that it needs.
func compileRoot(n *node, eager, lazy *want) rootPlan {
	if eager == nil {
		eager = &want{}
	}
	first := len(n.fields)
	if lazy != nil {
		first = firstField(n, lazy)
	}
	c := &compiler{}
	r := rootPlan{eager: &c.program}
	for i, f := range n.fields {
		if i == first {
			r.mark, c.joint = len(c.ops), len(c.ops)
		}
		c.field(f, eager, nil)
	}
	if lazy != nil {
		rest := &compiler{}
		for _, f := range n.fields[first:] {
			rest.field(f, lazy, nil)
		}
		r.lazy = &rest.program
	}
	return r
}

func firstField(n *node, w *want) int {
	for i, f := range n.fields {
		if w.fields[f.name] != nil && !f.shadowed {
			return i
		}
	}
	return len(n.fields)
}

// keptPlans bounds how many schemas a decoder has plans for.
const keptPlans = 32

// plans finds the plan for a writer's schema: nearly always the last one
// again, which one comparison of its bytes tells.
type plans struct {
	schemas *schemas
	fields  []filter.Field
	last    *plan
	kept    []*plan
	next    int // to be replaced when kept is full
}

func (p *plans) find(raw []byte) (*plan, error) {
	if p.last != nil && p.last.schema.raw == string(raw) {
		return p.last, nil
	}
	for _, known := range p.kept {
		if known.schema.raw == string(raw) {
			p.last = known
			return known, nil
		}
	}
	schema := p.schemas.lookup(raw)
	if schema.err != nil {
		return nil, schema.err
	}
	return p.add(schema), nil
}

// of finds the plan for a schema that has been parsed already.
func (p *plans) of(s *Schema) *plan {
	if p.last != nil && p.last.schema == s {
		return p.last
	}
	for _, known := range p.kept {
		if known.schema == s {
			p.last = known
			return known
		}
	}
	return p.add(s)
}

func (p *plans) add(s *Schema) *plan {
	p.last = newPlan(s, p.fields)
	if len(p.kept) < keptPlans {
		p.kept = append(p.kept, p.last)
	} else {
		p.kept[p.next] = p.last
		p.next = (p.next + 1) % keptPlans
	}
	return p.last
}

package expression

// checkedFilter is a filter whose sources have become nodes.
type checkedFilter struct {
	clauses     []checkedClause
	annotations []*node
}

// checkedClause is one conjunct, from the expression at index where.
type checkedClause struct {
	where int
	node  *node
}

func (c *compilation) checkFilter(i int) checkedFilter {
	var checked checkedFilter
	f := c.program.Filters[i]
	sources := make([]*source, len(f.Where))
	wholes, warned := map[*node]int{}, map[int]bool{}
	for j, text := range f.Where {
		sources[j] = &source{text: text, place: Mistake{Filter: i, Definition: -1, Clause: j, Annotation: -1, List: -1}}
		n := c.checkSource(sources[j], func(ch *checker, v *node) *node { return ch.asCondition(v, span{0, len(text)}) })
		if c.warnAgain(sources[j], n, wholes) {
			warned[j] = true
		}
		for _, conjunct := range conjuncts(n) {
			checked.clauses = append(checked.clauses, checkedClause{j, conjunct})
		}
	}
	if len(f.Where) == 0 {
		s := &source{place: Mistake{Filter: i, Definition: -1, Clause: -1, Annotation: -1, List: -1}}
		c.complain(s, span{}, "the filter has no clause", "write where: with at least one")
	}
	c.warnClauses(sources, checked.clauses, warned)
	if !f.Bounded {
		c.warnLists(i, checked.clauses)
	}
	for j, a := range f.Annotate {
		s := &source{text: a.Source, place: Mistake{Filter: i, Definition: -1, Clause: -1, Annotation: j, List: -1}}
		checked.annotations = append(checked.annotations, c.checkSource(s, asAnnotation))
		c.warnDoubts(s)
	}
	return checked
}

// checkSource parses and checks one expression of a filter.
func (c *compilation) checkSource(s *source, accept func(*checker, *node) *node) *node {
	tree := c.parse(s)
	if tree == nil {
		return c.graph.bad()
	}
	ch := &checker{compilation: c, source: s}
	v := ch.check(tree)
	if !v.isBad() && v.cost > maxCost {
		return ch.wrong(span{0, len(s.text)}, "this is too expensive", "filter the lists before they are combined")
	}
	if v.depth > maxDepth {
		return ch.wrong(span{0, len(s.text)}, "this is nested too deep, its definitions unfolded", "")
	}
	return accept(ch, v)
}

// maxDepth bounds the recursion of what a node becomes.
const maxDepth = 2000

func asAnnotation(ch *checker, v *node) *node {
	item := v.typ
	for item.kind == listKind {
		item = item.item()
	}
	if item.kind == recordKind {
		return ch.wrong(span{0, len(ch.source.text)}, "an annotation cannot be "+v.typ.words(), "name the fields you want: map(list, .field), or record.field")
	}
	return v
}

// conjuncts splits what must all hold.
func conjuncts(n *node) []*node {
	if n.op == opAnd {
		return n.args
	}
	return []*node{n}
}

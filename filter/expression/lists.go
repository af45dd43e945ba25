package expression

import "github.com/skysift/skysift/filter"

// list is a named list: a constant wherever a source names it.
type list struct {
	name   string
	source *source
	node   *node
	used   bool
}

// enterLists enters the program's lists.
func (c *compilation) enterLists() {
	for i, l := range c.program.Lists {
		s := &source{place: Mistake{Filter: -1, Definition: -1, Clause: -1, Annotation: -1, List: i}}
		if message, suggestion := c.badName("list", l.Name); message != "" {
			c.complain(s, span{}, message, suggestion)
			continue
		}
		c.lists[l.Name] = &list{name: l.Name, source: s, node: c.graph.constant(filter.ListOf(l.Items))}
	}
}

func (c *compilation) useList(l *list) *node {
	l.used = true
	return l.node
}

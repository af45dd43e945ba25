package expression

import (
	"slices"
	"strings"
)

// compilation is the state of one Compile.
type compilation struct {
	program     Program
	graph       *graph
	report      report
	functions   map[string]*Function
	definitions map[string]*definition
	lists       map[string]*list
	view        *view
	places      map[string]bool // the watchlists, catalogues and regions that are used, as in Mistake.Sky
	// open are the definitions being checked, the innermost last: to meet one
	// of them again is a circle.
	open []*definition
}

type definition struct {
	index   int
	name    string
	source  *source
	node    *node
	checked bool
	used    bool
}

func newCompilation(p Program) *compilation {
	return &compilation{
		program:     p,
		graph:       newGraph(newNames(p.Schema)),
		functions:   functionsByName(),
		definitions: map[string]*definition{},
		lists:       map[string]*list{},
		view:        newView(p.Schema),
		places:      map[string]bool{},
	}
}

func (c *compilation) complain(s *source, at span, message, suggestion string) {
	c.complainOf("", s, at, message, suggestion)
}

// complainOf is complain about a field that there is not.
func (c *compilation) complainOf(field string, s *source, at span, message, suggestion string) {
	m := s.place
	m.Field = field
	m.Offset, m.Length = at.from, max(0, at.to-at.from)
	m.Message, m.Suggestion = message, suggestion
	c.report.add(m)
}

func (c *compilation) warn(s *source, at span, message, suggestion string) {
	m := s.place
	m.Offset, m.Length = at.from, max(0, at.to-at.from)
	m.Message, m.Suggestion, m.Warning = message, suggestion, true
	c.report.add(m)
}

// ownNames are the names that the file gives: of definitions and lists.
func (c *compilation) ownNames() []string {
	var all []string
	for _, d := range c.program.Definitions {
		all = append(all, d.Name)
	}
	for _, l := range c.program.Lists {
		all = append(all, l.Name)
	}
	return all
}

// checkDefinitions enters every definition, then checks each, used or not.
func (c *compilation) checkDefinitions() {
	for i, d := range c.program.Definitions {
		s := &source{text: d.Source, place: Mistake{Filter: -1, Definition: i, Clause: -1, Annotation: -1, List: -1}}
		if message, suggestion := c.badName("definition", d.Name); message != "" {
			c.complain(s, span{}, message, suggestion)
			continue
		}
		c.definitions[d.Name] = &definition{index: i, name: d.Name, source: s}
	}
	for _, d := range c.program.Definitions {
		if known, ok := c.definitions[d.Name]; ok {
			c.checkDefinition(known)
		}
	}
}

func (c *compilation) badName(what, name string) (message, suggestion string) {
	if _, twice := c.definitions[name]; twice {
		return "there are two definitions of " + name, ""
	}
	if _, twice := c.lists[name]; twice {
		return "there is a list of the name " + name, "choose another name"
	}
	if !isIdentifier(name) || isKeyword(name) {
		return "a " + what + " cannot be named " + name, "use letters, digits and _, as in near_star"
	}
	if _, isField := c.graph.names.kinds[name]; isField {
		return "the " + what + " " + name + " hides the alert's field of that name", "choose another name"
	}
	return "", ""
}

func isIdentifier(name string) bool {
	for i, r := range name {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}

func isKeyword(name string) bool {
	return slices.Contains([]string{"true", "false", "nil", "not", "in", "or", "and", "let", "if", "else",
		"matches", "contains", "startsWith", "endsWith", "alert"}, name)
}

func (c *compilation) checkDefinition(d *definition) {
	if d.checked {
		return
	}
	c.open = append(c.open, d)
	d.node = c.graph.bad()
	if tree := c.parse(d.source); tree != nil {
		d.node = (&checker{compilation: c, source: d.source}).check(tree)
	}
	c.warnDoubts(d.source)
	d.checked = true
	c.open = c.open[:len(c.open)-1]
}

// use returns a definition's node where a source names it.
func (c *compilation) use(d *definition, from *source, at span) *node {
	d.used = true
	if i := slices.Index(c.open, d); i >= 0 {
		var circle []string
		for _, open := range c.open[i:] {
			circle = append(circle, open.name)
		}
		circle = append(circle, d.name)
		c.complain(from, at, "the definitions go round in a circle: "+strings.Join(circle, " → "), "")
		return c.graph.bad()
	}
	c.checkDefinition(d)
	return d.node
}

package expression

import (
	"strings"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/spelling"
)

const (
	// viewRoot is the root of the names that all surveys have in common.
	viewRoot = "alert"
	// viewHistory is the one list among them, and viewTime the time of its items.
	viewHistory = "alert.history"
	viewTime    = "alert.history[].jd"
	// viewItem is what an expression about the survey's own item calls it.
	viewItem = "item"
)

// view is what alert.* means, by path. Each value is compiled when a filter
// first names it.
//
// Invariants:
//   - The expressions are the survey's: they see its fields, and none of the
//     definitions of the file. A field that these alerts' schema lacks is missing.
//   - A value of one field is that field's node, so that filters share it with
//     those that name the field itself.
//   - The history is in the order of its time, which none of its items lacks.
type view struct {
	fields map[string]filter.ViewField
	made   map[string]viewed
}

// viewed is a compiled value, or why there is none.
type viewed struct {
	node    *node
	problem string
}

func newView(s *filter.Schema) *view {
	v := &view{fields: map[string]filter.ViewField{}, made: map[string]viewed{}}
	if s != nil {
		for _, field := range s.View {
			v.fields[field.Path] = field
		}
	}
	return v
}

func (v *view) exists() bool { return len(v.fields) > 0 }

// has reports whether a path is one of the view.
func (v *view) has(path string) bool {
	return v.exists() && (path == viewRoot || strings.HasPrefix(path, viewRoot+"."))
}

// viewField returns the node of alert.name.
func (c *checker) viewField(path string, at span) *node {
	if path == viewRoot {
		return c.graph.field(path, typ{kind: recordKind}) // to be lengthened by "."
	}
	if _, known := c.view.fields[path]; !known {
		return c.unknownView(path, at)
	}
	if path == viewHistory {
		return c.orProblem(path, c.historyRows(), at)
	}
	return c.orProblem(path, c.viewed(path), at)
}

// noView says why alert.* does not exist.
func (c *checker) noView(at span) *node {
	return c.wrong(at, "alert.* is what known surveys have in common, and these alerts are of none",
		"say which survey they are of under stream, or name the alert's own fields")
}

func (c *checker) unknownView(path string, at span) *node {
	parent, name := splitPath(path)
	siblings := c.graph.names.children[parent]
	help := "it has " + strings.Join(siblings, ", ")
	if near := spelling.Nearest(name, siblings); near != "" {
		help = "did you mean " + near + "?"
	} else if own := c.graph.names.elsewhere(parent, name); own != "" && parent == viewRoot {
		help = "did you mean " + own + "?"
	}
	return c.wrong(at, "unknown field "+strings.ReplaceAll(path, "[]", ""), help)
}

func (c *checker) orProblem(path string, v viewed, at span) *node {
	if v.problem != "" {
		return c.wrong(at, strings.ReplaceAll(path, "[]", "")+" cannot be had of these alerts: "+v.problem, "")
	}
	return v.node
}

// viewed compiles a value of the view that is no list, a column of the history,
// or the history as the survey's own rows.
func (c *compilation) viewed(path string) viewed {
	if made, ok := c.view.made[path]; ok {
		return made
	}
	outer := c.report
	c.report = report{}
	v := viewed{node: c.compileView(path)}
	for _, m := range c.report.sorted() {
		if !m.Warning && v.problem == "" {
			v.problem = m.Message
		}
	}
	c.report = outer
	c.view.made[path] = v
	return v
}

func (c *compilation) compileView(path string) *node {
	switch {
	case path == viewHistory:
		list := c.surveys(path, nil)
		return c.graph.kept(path, c.overItems("timeline", list, viewTime))
	case strings.HasPrefix(path, viewHistory+"[]."):
		history := c.viewed(viewHistory)
		if history.problem != "" {
			return history.node
		}
		return c.graph.kept(path, c.overItems("map", history.node, path))
	}
	return c.surveys(path, nil)
}

// overItems makes a loop over the survey's rows with an expression about one.
func (c *compilation) overItems(loop string, list *node, path string) *node {
	k := &checker{compilation: c, source: c.viewSource(path)}
	list = k.asItems(list)
	var body *node
	k.enter(list.typ.item(), func() {
		body = c.surveys(path, []binding{{viewItem, c.graph.rowAt(k.level, list.typ.item())}})
	})
	return k.looped(loop, list, body, span{})
}

// surveys checks an expression of the survey.
func (c *compilation) surveys(path string, lets []binding) *node {
	s := c.viewSource(path)
	tree := c.parse(s)
	if tree == nil {
		return c.graph.bad()
	}
	k := &checker{compilation: c, source: s, lets: lets, surveys: true}
	if len(lets) > 0 {
		k.level, k.rows = 1, []typ{lets[0].value.typ}
	}
	return k.value(tree)
}

func (c *compilation) viewSource(path string) *source {
	return &source{text: c.view.fields[path].Expression, place: Mistake{Filter: -1, Definition: -1, Clause: -1, Annotation: -1, List: -1}}
}

// historyRows returns the history as rows whose columns are those of the view.
func (c *compilation) historyRows() viewed {
	history := c.viewed(viewHistory)
	if history.problem != "" {
		return history
	}
	return viewed{node: c.graph.viewRows(history.node)}
}

// viewColumn returns a column of the history, as a list.
func (c *checker) viewColumn(path string, at span) *node {
	return c.orProblem(path, c.viewed(path), at)
}

// isOfView reports whether column i is one of the view.
func (n *node) isOfView(i int) bool {
	return len(n.args) > 1 && strings.HasPrefix(n.columns[i].path, viewHistory+"[].")
}

// isHistory reports whether a list is the history as the view has it, or a part
// of it in its order.
func (n *node) isHistory() bool {
	if n.op == opLoop && n.text == "filter" {
		return n.args[0].isHistory()
	}
	return n.op == opItems && n.text == ofView
}

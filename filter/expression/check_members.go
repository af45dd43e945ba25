package expression

import (
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/spelling"
)

// name checks a root name: a let, a definition, or a field of the alert.
func (c *checker) name(n *ast.IdentifierNode) *node {
	for i := len(c.lets) - 1; i >= 0; i-- {
		if c.lets[i].name == n.Value {
			return c.lets[i].value
		}
	}
	if d, ok := c.definitions[n.Value]; ok && !c.surveys {
		return c.use(d, c.source, c.at(n))
	}
	if l, ok := c.lists[n.Value]; ok && !c.surveys {
		return c.useList(l)
	}
	if _, known := c.graph.names.kinds[n.Value]; !known {
		if n.Value == viewRoot {
			return c.noView(c.at(n))
		}
		if help := habitWord(n.Value); help != "" {
			return c.wrong(c.at(n), "unknown name "+n.Value, help)
		}
	}
	return c.fieldAt(n.Value, c.at(n))
}

// fieldAt returns the field of a path, whose last name stands at a place.
func (c *checker) fieldAt(path string, at span) *node {
	if c.view.has(path) {
		return c.viewField(path, at)
	}
	t, known := c.typeOf(path)
	if !known {
		return c.unknownField(path, at)
	}
	return c.graph.field(path, t)
}

func (c *checker) unknownField(path string, at span) *node {
	if c.surveys {
		return c.graph.absent()
	}
	parent, name := splitPath(path)
	if c.view.has(path) {
		return c.unknownView(path, at)
	}
	if parent == "" {
		if _, isFunction := c.functions[name]; isFunction {
			help := "write " + name + "(…)"
			if _, viewed := c.view.fields[joinPath(viewRoot, name)]; viewed {
				help += ", or " + joinPath(viewRoot, name)
			}
			return c.wrong(at, name+" is a function", help)
		}
	}
	suggestion := c.graph.names.suggest(parent, name)
	if parent == "" && c.level > 0 && c.hasField(c.rows[c.level-1], name) {
		suggestion = "write ." + name + " for that of the list's items"
	}
	if suggestion == "" && parent == "" {
		if near := spelling.Nearest(name, c.ownNames()); near != "" {
			suggestion = "did you mean " + near + "?"
		}
	}
	c.complainOf(path, c.source, at, "unknown field "+strings.ReplaceAll(path, "[]", ""), suggestion)
	return c.graph.bad()
}

// hasField reports whether the rows of a type are known to have a field.
func (c *checker) hasField(item typ, name string) bool {
	return slices.ContainsFunc(item.rows, func(r row) bool {
		_, known := c.graph.names.kinds[joinPath(r.path, name)]
		return known || c.view.has(joinPath(r.path, name))
	})
}

// typeOf returns what the schema knows of a path.
func (c *checker) typeOf(path string) (typ, bool) {
	k, known := c.graph.names.lookup(path)
	t := typ{kind: k}
	switch k {
	case listKind:
		item, _ := c.graph.names.lookup(path + "[]")
		t.elem = &typ{kind: item}
	case mapKind:
		t.elem = &typ{}
	}
	return t, known
}

func (c *checker) member(n *ast.MemberNode) *node {
	name, isName := n.Property.(*ast.StringNode)
	bracket := !isName || n.Location() != n.Property.Location()
	object := c.check(n.Node)
	if object.isBad() {
		if bracket && !isName {
			c.value(n.Property) // it may have mistakes of its own
		}
		return object
	}
	if bracket && !(isName && object.typ.kind == recordKind) {
		return c.index(n, object)
	}
	at := c.at(n.Property)
	switch {
	case object.typ.pair:
		return c.pairMember(object, name.Value, at)
	case object.typ.kind == mapKind:
		return c.key(object, c.graph.constant(filter.StringOf(name.Value)))
	case object.op == opField && (object.typ.kind == recordKind || object.typ.kind == anyKind):
		return c.fieldAt(joinPath(object.text, name.Value), at)
	case object.op == opColumn && (object.typ.kind == recordKind || object.typ.kind == anyKind):
		return c.column(object.args[0], object.columns, name.Value, at)
	case len(object.typ.rows) > 0 && object.typ.kind != listKind:
		return c.column(object, object.typ.rows, name.Value, at)
	}
	return c.noFields(object, name.Value, at)
}

func (c *checker) noFields(object *node, name string, at span) *node {
	switch {
	case object.typ.kind == listKind:
		return c.wrong(at, "a list has no field "+name, "write map(list, ."+name+"), any(list, ."+name+" > …), or last(list)."+name)
	case object.typ.kind == recordKind || object.typ.kind == anyKind:
		return c.wrong(at, "the field "+name+" cannot be reached here", "fields of lists inside lists are out of reach")
	}
	return c.wrong(at, object.typ.words()+" has no field "+name, "")
}

// column returns a field of a row, whichever of its bases the row is from.
func (c *checker) column(from *node, prefixes []row, name string, at span) *node {
	var columns []row
	var kinds []kind
	var t typ
	args := []*node{from}
	for _, prefix := range prefixes {
		path := joinPath(prefix.path, name)
		column, known := c.columnType(prefix, name)
		if !known {
			continue // missing in rows of this base
		}
		if c.view.has(path) {
			list := c.viewColumn(path, at)
			args, column = append(args, list), list.typ.item()
		}
		if !isOfCatalogue(path) && (column.kind == recordKind || column.kind == anyKind) {
			column.rows = []row{{prefix.base, path}}
		}
		if len(columns) == 0 {
			t = column
		} else {
			t = join(t, column)
		}
		columns = append(columns, row{prefix.base, path})
		kinds = append(kinds, column.kind)
	}
	if len(columns) == 0 && isOfCatalogue(prefixes[0].path) {
		return c.unknownColumn(prefixes[0], name, at)
	}
	if len(columns) == 0 {
		return c.unknownField(joinPath(prefixes[0].path, name), at)
	}
	return c.graph.add(node{op: opColumn, columns: columns, kinds: kinds, args: args, typ: t})
}

// pairMember names the two items of a pair.
func (c *checker) pairMember(pair *node, name string, at span) *node {
	position := int64(0)
	switch name {
	case "earlier":
	case "later":
		position = 1
	default:
		help := "it has .earlier and .later"
		if c.hasField(pair.typ.item(), name) {
			help = "write .earlier." + name + " or .later." + name
		}
		return c.wrong(at, "a pair has no field "+name, help)
	}
	return c.indexed(pair, c.graph.constant(filter.IntOf(position)))
}

func (c *checker) index(n *ast.MemberNode, object *node) *node {
	property := c.value(n.Property)
	switch {
	case property.isBad():
		return property
	case object.typ.kind == mapKind || object.typ.unknown() && property.typ.kind == stringKind:
		return c.key(object, property)
	case object.typ.maybeList() && property.typ.maybeNumber() && property.typ.kind != floatKind:
		return c.indexed(c.asItems(object), property)
	case object.typ.maybeList():
		return c.wrong(c.whole(n.Property), "a list's index is an integer, and this is "+property.typ.words(), "")
	}
	return c.wrong(c.whole(n.Property), object.typ.words()+" cannot be indexed", "")
}

func (c *checker) key(object, key *node) *node {
	return c.graph.add(node{op: opKey, args: []*node{object, key}, typ: typ{kind: anyKind}})
}

func (c *checker) indexed(list, index *node) *node {
	return c.graph.add(node{op: opIndex, args: []*node{list, index}, typ: list.typ.item()})
}

// asItems makes a list of what a list is expected to be.
func (c *checker) asItems(v *node) *node {
	if v.op == opField && (v.typ.kind == anyKind || v.typ.kind == listKind && v.typ.item().kind == recordKind) {
		return c.graph.items(v)
	}
	return v
}

func (c *checker) slice(n *ast.SliceNode) *node {
	list := c.asItems(c.value(n.Node))
	if !list.typ.maybeList() {
		return c.wrong(c.whole(n.Node), "only lists have slices, and this is "+list.typ.words(), "")
	}
	var from, to *node
	if n.From != nil {
		from = c.integer(n.From)
	}
	if n.To != nil {
		to = c.integer(n.To)
	}
	return c.graph.slice(list, from, to)
}

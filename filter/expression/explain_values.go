package expression

import (
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// named is a value that a condition is about.
type named struct {
	text, source string
	node         *node
	parts        []*named
	value        valueFunc
}

// values returns what an expression is about: the sides of a comparison that
// are computed, the definitions it names, and the fields it reads itself.
func (u *unfolder) values(s *source, n ast.Node) []*named {
	var found []*named
	if b, ok := n.(*ast.BinaryNode); ok {
		for _, side := range []ast.Node{b.Left, b.Right} {
			if isComputed(side) {
				found = append(found, u.named(s.textOf(side), u.nodeOf(s, side)))
			}
		}
	}
	return append(found, u.operands(s, n)...)
}

// isComputed reports whether an expression is neither a name nor a constant.
func isComputed(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BinaryNode:
		return n.Operator != ".."
	case *ast.BuiltinNode, *ast.CallNode, *ast.ConditionalNode, *ast.SliceNode:
		return true
	case *ast.UnaryNode:
		return isComputed(n.Node)
	case *ast.ChainNode:
		return isComputed(n.Node)
	case *ast.MemberNode:
		return isComputed(n.Node)
	}
	return false
}

// operands returns the definitions and the values of the view that an expression
// names, and the fields that it reads itself.
func (u *unfolder) operands(s *source, n ast.Node) []*named {
	var found []*named
	below := map[*node]bool{}
	for _, d := range u.definitionsIn(n) {
		made := u.named(d.name, d.node)
		made.source = strings.TrimSpace(d.source.text)
		if tree := u.parse(d.source); tree != nil {
			made.parts = u.operands(d.source, tree)
		}
		found = append(found, made)
		for _, read := range u.reads(d.node, map[*node]bool{}) {
			below[read.node] = true
		}
	}
	for _, made := range u.viewedIn(n) {
		found = append(found, made)
		for _, part := range made.parts {
			below[part.node] = true
		}
	}
	for _, read := range u.reads(u.nodeOf(s, n), map[*node]bool{}) {
		if !below[read.node] {
			found = append(found, read)
		}
	}
	return found
}

func (u *unfolder) named(text string, n *node) *named {
	u.nodes = append(u.nodes, n)
	return &named{text: text, node: n}
}

// reads returns the fields that a node reads, in the order of its operands. A
// field of a list's items is the list of that field's values.
func (u *unfolder) reads(n *node, seen map[*node]bool) []*named {
	if seen[n] {
		return nil
	}
	seen[n] = true
	var found []*named
	switch n.op {
	case opField:
		return []*named{u.named(n.text, n)}
	case opView:
		if n.text == viewHistory {
			return nil
		}
		return []*named{u.named(n.text, n)}
	case opItems:
		return nil // its columns say what is in it
	case opRows:
		found = append(found, u.named(n.written(), n))
	case opColumn:
		for i, column := range n.columns {
			if isOfCatalogue(column.path) || n.isOfView(i) {
				continue // the rows are shown whole, or args[1] says what is in the column
			}
			whole := u.graph.field(column.path, typ{kind: anyKind})
			if !u.graph.bases[column.base].list {
				whole = u.graph.field(column.path, typ{kind: n.kinds[i]})
			}
			if !seen[whole] {
				seen[whole] = true
				found = append(found, u.named(column.path, whole))
			}
		}
	}
	for _, arg := range n.args {
		found = append(found, u.reads(arg, seen)...)
	}
	return found
}

// viewedIn returns the values of the view that an expression names, each with the
// survey's fields that it is made of. The history's columns are told as fields are.
func (u *unfolder) viewedIn(n ast.Node) []*named {
	names := &nameFinder{}
	ast.Walk(&n, names)
	var found []*named
	for i, path := range names.viewed {
		field, known := u.view.fields[path]
		if !known || path == viewHistory || slices.Contains(names.bound, viewRoot) || slices.Contains(names.viewed[:i], path) {
			continue
		}
		made := u.named(path, u.viewed(path).node)
		made.source, made.parts = field.Expression, u.reads(made.node, map[*node]bool{})
		found = append(found, made)
	}
	return found
}

// definitionsIn returns the definitions that an expression names, but for
// names that a let of it hides.
func (u *unfolder) definitionsIn(n ast.Node) []*definition {
	names := &nameFinder{}
	ast.Walk(&n, names)
	var found []*definition
	for _, name := range names.used {
		d, known := u.definitions[name]
		if known && !slices.Contains(names.bound, name) && !slices.Contains(found, d) {
			found = append(found, d)
		}
	}
	return found
}

// nameFinder finds the names that an expression uses and binds, and the paths of
// the view.
type nameFinder struct{ used, bound, viewed []string }

func (f *nameFinder) Visit(n *ast.Node) {
	switch n := (*n).(type) {
	case *ast.IdentifierNode:
		f.used = append(f.used, n.Value)
	case *ast.MemberNode:
		name, isName := n.Property.(*ast.StringNode)
		if root, ok := n.Node.(*ast.IdentifierNode); ok && isName && root.Value == viewRoot {
			f.viewed = append(f.viewed, joinPath(viewRoot, name.Value))
		}
	case *ast.VariableDeclaratorNode:
		f.bound = append(f.bound, n.Name)
	}
}

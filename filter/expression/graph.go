package expression

import (
	"strconv"
	"strings"

	"github.com/skysift/skysift/filter/sky"
)

// graph holds every node of a program once, under a key that spells its
// operation and operands.
type graph struct {
	names *names
	nodes map[string]*node
	bases []base
	sets  map[*node]*node // constant lists as membership tests have them
	key   []byte          // of the node last asked for
}

// base is what rows are items of: a list, a single record that stands in lists
// beside them, or a catalogue.
type base struct {
	path string
	list bool
	// catalogue is nil for rows of the alert.
	catalogue *sky.Catalogue
	name      string // "catalogue galaxies"
	view      bool
}

// catalogueMark begins the paths of catalogues' columns, which are none of the
// alert's.
const catalogueMark = "\x00"

func isOfCatalogue(path string) bool { return strings.HasPrefix(path, catalogueMark) }

func newGraph(n *names) *graph {
	return &graph{names: n, nodes: map[string]*node{}, sets: map[*node]*node{}}
}

func (g *graph) baseOf(path string, list bool) int {
	for i, b := range g.bases {
		if b.path == path && b.list == list && !b.view {
			return i
		}
	}
	g.bases = append(g.bases, base{path: path, list: list})
	return len(g.bases) - 1
}

// viewBase is the base of the view's rows.
func (g *graph) viewBase() int {
	for i, b := range g.bases {
		if b.view {
			return i
		}
	}
	g.bases = append(g.bases, base{path: viewHistory, list: true, view: true})
	return len(g.bases) - 1
}

// catalogueBase is the base of a catalogue's rows. Its path has what is in it:
// of two names for the same, one is as good as the other.
func (g *graph) catalogueBase(name string, c *sky.Catalogue) int {
	at := g.baseOf(catalogueMark+c.Digest(), false)
	g.bases[at].catalogue, g.bases[at].name = c, name
	return at
}

// add returns the one node that equals n; an operation on constants becomes
// the constant it gives.
func (g *graph) add(n node) *node {
	for _, arg := range n.args {
		if arg.isBad() {
			return g.bad()
		}
	}
	g.key = appendKey(g.key[:0], &n)
	if old, ok := g.nodes[string(g.key)]; ok {
		return old
	}
	key, made := string(g.key), new(node)
	*made = n
	made.id = len(g.nodes)
	g.derive(made)
	g.nodes[key] = made
	if folded := g.fold(made); folded != nil {
		g.nodes[key] = folded
		return folded
	}
	for _, arg := range made.args {
		arg.uses++
	}
	return made
}

func (g *graph) bad() *node { return &node{op: opBad, typ: typ{kind: badKind}} }

func appendKey(b []byte, n *node) []byte {
	b = append(append(b, n.op...), ' ')
	b = strconv.AppendQuote(b, n.text)
	if n.fn != nil {
		b = append(append(b, " fn "...), n.fn.Name...)
	}
	if n.op == opConst {
		b = appendConstant(append(b, ' '), n.value)
	}
	b = append(b, n.digest...)
	b = appendNumber(b, ' ', n.base)
	b = appendNumber(b, ' ', n.level)
	for _, column := range n.columns {
		b = appendNumber(b, ' ', column.base)
		b = strconv.AppendQuote(append(b, ':'), column.path)
	}
	for _, arg := range n.args {
		b = appendNumber(b, '#', arg.id)
	}
	return b
}

func appendNumber(b []byte, before byte, n int) []byte {
	return strconv.AppendInt(append(b, before), int64(n), 10)
}

// derive fills in what follows from a node's operation and operands.
func (g *graph) derive(n *node) {
	n.cost = ownCost(n)
	for i, arg := range n.args {
		n.needs |= arg.needs
		n.lazy = n.lazy || arg.lazy
		n.fails = n.fails || arg.fails
		n.depth = max(n.depth, arg.depth+1)
		if n.op == opColumn && i > 0 {
			continue // the view's column is computed once
		}
		if n.op == opLoop && i == 1 || n.op == opExtreme && i >= 1 {
			n.cost += historySize * (2 + arg.cost)
			continue
		}
		n.cost += arg.cost
	}
	switch n.op {
	case opField:
		n.needs = 1
		n.lazy = isLazy(n)
	case opItems, opView:
		n.needs, n.lazy = 1, true
	case opRow, opPosition:
		n.needs = 1 << n.level
	case opLoop, opExtreme:
		n.needs &^= 1 << n.level
		n.needs |= n.args[0].needs
		n.fails = true // it may run out of its budget
	case opArith:
		n.fails = n.fails || !isNumeric(n) // texts may grow too long
	case opCall:
		n.fails = n.fails || n.fn.mayFail()
	case opIndex, opSlice, opRange, opRows:
		n.fails = true
	}
	if (n.op == opLoop || n.op == opExtreme) && n.needs == 0 {
		n.needs = 1
	}
}

// isNumeric reports whether an operation is on numbers alone.
func isNumeric(n *node) bool {
	for _, arg := range n.args {
		if !arg.typ.isNumber() {
			return false
		}
	}
	return true
}

func ownCost(n *node) float64 {
	switch n.op {
	case opConst:
		return 0
	case opField, opRow, opPosition:
		return 1
	case opItems, opSlice, opIn:
		return 50
	case opMatches:
		return 300
	case opCall, opRows, opRegion:
		return n.fn.cost()
	}
	return 3
}

// isLazy reports whether a field is one that few alerts are asked for: a
// list, what lies in one, or a block of bytes.
func isLazy(n *node) bool { return isLazyColumn(n.text, n.typ.kind) }

func isBelowList(path string) bool { return strings.Contains(path, "[]") }

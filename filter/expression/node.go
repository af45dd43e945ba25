package expression

import (
	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/sky"
)

// The operations of a node. They are part of a filter's version: renaming one
// renames every version.
const (
	opConst     = "const"    // value
	opField     = "field"    // text: the path
	opItems     = "items"    // args[0]: a field, or a view's list; its items as rows of base
	opRow       = "row"      // the item that the loop at level is at
	opPosition  = "position" // its index
	opColumn    = "column"   // args[0]: a row; columns: base → path; args[1]: that of the view
	opAnd       = "and"      // two or more conditions
	opOr        = "or"       //
	opNot       = "not"      //
	opIf        = "if"       // condition, then, else
	opCompare   = "compare"  // text: == < <= > >=
	opIn        = "in"       // item, list
	opBetween   = "between"  // item, from, to: membership of a range
	opMissing   = "missing"  // is it?
	opCoalesce  = "coalesce" // a ?? b
	opArith     = "arith"    // text: + - * / % **
	opNegate    = "negate"   //
	opRange     = "range"    // from..to as a list
	opList      = "list"     // a list of its args
	opIndex     = "index"    // list, index
	opKey       = "key"      // map, key
	opSlice     = "slice"    // list, from, to
	opText      = "text"     // text: contains startsWith endsWith; args: two
	opMatches   = "matches"  // text: the pattern
	opCall      = "call"     // fn
	opLoop      = "loop"     // text: any all …; args: list[, body]; level
	opView      = "view"     // text: a path of alert.*; args[0]: what gives it, with ticks of its own
	opExtreme   = "extreme"  // text: min max; args: list, a value of each item, a condition on it; level
	opRows      = "rows"     // text: watch near; base: a catalogue; args: ra, dec[, radius]
	opRegion    = "region"   // args: ra, dec
	opBad       = "bad"      // a mistake was reported
	maxLevels   = 4          // loops inside loops
	historySize = 100        // how long a list is assumed to be when costs are estimated
)

// node is one operation of the graph that all filters share.
//
// Invariants:
//   - Two nodes that compute the same thing are one node.
//   - A node is never changed after the graph made it, but for uses.
//   - needs has bit l set when the value depends on the row of the loop at
//     level l, bit 0 when it depends on the alert alone. Constants have none.
type node struct {
	id      int
	op      string
	text    string
	args    []*node
	value   filter.Value
	base    int
	level   int
	columns []row
	kinds   []kind // of the columns, as the schema has them
	fn      *Function
	// name is that of the catalogue or region, which is no part of what the node
	// means; digest is what is in it.
	name, digest string
	region       *sky.Region

	typ   typ
	needs uint16
	cost  float64 // rough nanoseconds
	lazy  bool    // reads a lazy field
	fails bool    // can fail at run time
	depth int
	uses  int // by how many nodes and clauses
}

func (n *node) isConst() bool { return n.op == opConst }
func (n *node) isBad() bool   { return n.typ.kind == badKind }

// deepest returns the innermost loop that the node depends on; 0: none.
func (n *node) deepest() int {
	level := 0
	for l := 1; l <= maxLevels; l++ {
		if n.needs&(1<<l) != 0 {
			level = l
		}
	}
	return level
}

package projection

import (
	"bytes"

	"github.com/skysift/skysift/filter"
)

// manyFields is from how many fields on a node looks them up in a map.
const manyFields = 8

// Node is what is wanted of one value: the value itself, its fields where it is
// an object, its items where it is a list. It has scratch space and serves
// one goroutine. A nil Node wants nothing.
//
// Invariants:
//   - Where Items is set, Columns are the lists that the items make: position k
//     of a row, which is what the slots below Items number, goes to the slots
//     Columns[k].
//   - Row and Cells belong to the list in hand; a node is never entered while
//     it is being read.
type Node struct {
	// Slots take the value itself.
	Slots []int32
	// InRow says that the slots are those of a list's row.
	InRow bool
	// Items is what is wanted of each item; nil where none of its own is.
	Items   *Node
	Columns [][]int32
	// Row is room for one item.
	Row []filter.Value

	names  [][]byte
	nodes  []*Node
	byName map[string]*Node
	every  []int32 // slots of the node and of all below it
}

// Field returns what is wanted of the field called key. A key with dots in it
// may also be the end of a path: "a.b" is found as the b of a.
func (n *Node) Field(key []byte) *Node {
	if n == nil {
		return nil
	}
	if found := n.field(key); found != nil {
		return found
	}
	if len(n.nodes) == 0 {
		return nil
	}
	dot := bytes.IndexByte(key, '.')
	if dot < 0 {
		return nil
	}
	return n.field(key[:dot]).Field(key[dot+1:])
}

func (n *Node) field(key []byte) *Node {
	if n.byName != nil {
		return n.byName[string(key)]
	}
	for i, name := range n.names {
		if len(name) == len(key) && bytes.Equal(name, key) {
			return n.nodes[i]
		}
	}
	return nil
}

// Wants reports whether the value itself is wanted.
func (n *Node) Wants() bool { return n != nil && len(n.Slots) > 0 }

// Fill gives the value to the slots that take it.
func (n *Node) Fill(out []filter.Value, v filter.Value) {
	for _, slot := range n.Slots {
		out[slot] = v
	}
}

// Clear empties the slots of the node and of all below it: a field that comes
// twice is what it is the last time.
func (n *Node) Clear(out []filter.Value) {
	for _, slot := range n.every {
		out[slot] = filter.Value{}
	}
}

// Every returns how many slots there are in the node and below it.
func (n *Node) Every() int {
	if n == nil {
		return 0
	}
	return len(n.every)
}

package avro

import (
	"strings"

	"github.com/skysift/skysift/filter"
)

// opcode is what one step of a program does with the bytes at the cursor.
type opcode uint8

const (
	// Steps over what is not wanted. Those named Nullable are for unions of
	// null and one other type.
	skipFixed opcode = iota
	skipLong
	skipBytes
	skipNullableFixed
	skipNullableLong
	skipNullableBytes
	skipEnum
	skipList
	skipMap
	// ifNull jumps to target where the value is null.
	ifNull
	// Everything from here on is done by cursor.read.
	readBoolean
	readLong
	readFloat
	readDouble
	readString
	readBytes
	readFixed
	readEnum
	readList
	readMap
	isRecord
	copySlot
	anyBranch
)

// op is one step. Which of its parts have a meaning is the opcode's affair.
type op struct {
	code opcode
	// null is the byte that a union's null branch is written as: 0 or 2.
	null byte
	slot int32
	// n is a size in bytes, an op's index to jump to, or a slot to copy.
	n int32
	*part
}

// part is what the rarer steps need.
type part struct {
	least    int        // bytes an item takes
	size     int        // bytes every item takes, or negative
	item     *program   // reads or skips one item
	branches []*program // of a union
	symbols  []string
	columns  []column
	// row and lists are scratch space; a program serves one goroutine.
	row   []filter.Value
	lists [][]filter.Value
}

// program is a schema's type, or a part of it, as a flat list of steps.
// Jumps go forwards only.
type program struct {
	ops   []op
	where []*step // of each op: its path, for errors
	// stop is the op after the last that reads anything.
	stop int
}

// step is the last part of a path.
type step struct {
	up   *step
	name string
}

// String returns the path from its start: "prv_candidates[].jd".
func (s *step) String() string {
	var names []string
	for ; s != nil; s = s.up {
		names = append(names, s.name)
	}
	var path strings.Builder
	for i := len(names) - 1; i >= 0; i-- {
		if path.Len() > 0 && names[i] != "[]" {
			path.WriteByte('.')
		}
		path.WriteString(names[i])
	}
	return path.String()
}

package sky

import (
	"math"
	"strconv"
	"strings"

	"github.com/skysift/skysift/filter"
)

// column is one column of a catalogue, of one kind.
//
// Invariants:
//   - Only the fields of its kind are set; a column of kind Missing has no cell
//     that holds anything.
//   - A missing number is NaN, a missing text empty, and a missing integer or
//     boolean has its bit in absent.
type column struct {
	name     string
	kind     filter.Kind
	numbers  []float64 // Float
	integers []int64   // Int, and Bool as 0 and 1
	absent   []uint64
	ends     []uint32 // String: where each row's text ends
	text     []byte
}

// isAbsent reports whether a cell says that there is nothing.
func isAbsent(cell string) bool {
	switch len(cell) {
	case 0:
		return true
	case 2, 3, 4:
		switch strings.ToLower(cell) {
		case "nan", "null", "none", "n/a", `\n`, "--":
			return true
		}
	}
	return false
}

// widen returns the kind of a column of which all cells before had a kind and
// the next is cell.
func widen(k filter.Kind, cell string) filter.Kind {
	if k == filter.String || isAbsent(cell) {
		return k
	}
	found := kindOf(cell)
	switch {
	case k == filter.Missing || k == found:
		return found
	case k == filter.Int && found == filter.Float, k == filter.Float && found == filter.Int:
		return filter.Float
	}
	return filter.String
}

// kindOf returns the kind of one cell. Digits with a leading zero are a name,
// and so are those beyond 64 bits.
func kindOf(cell string) filter.Kind {
	if _, ok := parseNumber(cell); ok {
		digits := strings.TrimLeft(cell, "+-")
		isInteger := !strings.ContainsAny(digits, ".eE")
		if isInteger && len(digits) > 1 && digits[0] == '0' {
			return filter.String
		}
		if _, err := strconv.ParseInt(cell, 10, 64); err == nil {
			return filter.Int
		}
		if !isInteger {
			return filter.Float
		}
		return filter.String
	}
	switch cell {
	case "true", "false", "True", "False", "TRUE", "FALSE":
		return filter.Bool
	}
	return filter.String
}

// grow adds the next row's cell. Its kind is within the column's.
func (c *column) grow(row int, cell string) {
	absent := isAbsent(cell)
	switch c.kind {
	case filter.Float:
		v := math.NaN()
		if !absent {
			v, _ = parseNumber(cell)
		}
		c.numbers = append(c.numbers, v)
	case filter.Int, filter.Bool:
		if row/64 >= len(c.absent) {
			c.absent = append(c.absent, 0)
		}
		var v int64
		switch {
		case absent:
			c.absent[row/64] |= 1 << (row % 64)
		case c.kind == filter.Int:
			v, _ = strconv.ParseInt(cell, 10, 64)
		case strings.EqualFold(cell, "true"):
			v = 1
		}
		c.integers = append(c.integers, v)
	case filter.String:
		if !absent {
			c.text = append(c.text, cell...)
		}
		c.ends = append(c.ends, uint32(len(c.text)))
	}
}

// isMissing reports whether an integer or boolean is missing.
func (c *column) isMissing(row uint32) bool { return c.absent[row/64]&(1<<(row%64)) != 0 }

func (c *column) value(row uint32) filter.Value {
	switch c.kind {
	case filter.Float:
		return filter.FloatOf(c.numbers[row])
	case filter.Int:
		if !c.isMissing(row) {
			return filter.IntOf(c.integers[row])
		}
	case filter.Bool:
		if !c.isMissing(row) {
			return filter.BoolOf(c.integers[row] != 0)
		}
	case filter.String:
		if text := c.textOf(row); len(text) > 0 {
			return filter.StringOfBytes(text)
		}
	}
	return filter.Value{}
}

func (c *column) textOf(row uint32) []byte {
	start := uint32(0)
	if row > 0 {
		start = c.ends[row-1]
	}
	return c.text[start:c.ends[row]]
}

// reorder puts the rows into an order: row i becomes what order[i] was.
func (c *column) reorder(order []uint32) {
	c.numbers, c.integers = permuted(c.numbers, order), permuted(c.integers, order)
	if c.absent != nil {
		moved := make([]uint64, len(c.absent))
		for i, from := range order {
			if c.isMissing(from) {
				moved[i/64] |= 1 << (i % 64)
			}
		}
		c.absent = moved
	}
	if c.ends != nil {
		text, ends := make([]byte, 0, len(c.text)), make([]uint32, 0, len(c.ends))
		for _, from := range order {
			text = append(text, c.textOf(from)...)
			ends = append(ends, uint32(len(text)))
		}
		c.text, c.ends = text, ends
	}
}

func permuted[T any](old []T, order []uint32) []T {
	if old == nil {
		return nil
	}
	moved := make([]T, len(order))
	for i, from := range order {
		moved[i] = old[from]
	}
	return moved
}

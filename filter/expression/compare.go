package expression

import (
	"bytes"
	"math"
	"strings"

	"github.com/skysift/skysift/filter"
)

// order compares two values; ok is false where they have no order: one is
// missing, or they are of different kinds. Integers and floats are compared
// exactly, neither being rounded to the other.
func order(a, b filter.Value) (sign int, ok bool) {
	switch a.Kind() {
	case filter.Int:
		switch b.Kind() {
		case filter.Int:
			return orderInts(a.Int(), b.Int()), true
		case filter.Float:
			return orderIntFloat(a.Int(), b.Float()), true
		}
	case filter.Float:
		switch b.Kind() {
		case filter.Float:
			return orderFloats(a.Float(), b.Float()), true
		case filter.Int:
			return -orderIntFloat(b.Int(), a.Float()), true
		}
	case filter.String:
		if b.Kind() == filter.String {
			return strings.Compare(a.Text(), b.Text()), true
		}
	}
	return 0, false
}

// equal reports whether two values are there and the same.
func equal(a, b filter.Value) bool {
	switch a.Kind() {
	case filter.Bool:
		return b.Kind() == filter.Bool && a.True() == b.True()
	case filter.Bytes:
		return b.Kind() == filter.Bytes && bytes.Equal(a.Bytes(), b.Bytes())
	}
	sign, ok := order(a, b)
	return ok && sign == 0
}

// same is equal, and true of two missing values: membership in a list that
// holds nil.
func same(a, b filter.Value) bool {
	return a.IsMissing() && b.IsMissing() || equal(a, b)
}

func orderInts(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func orderFloats(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// orderIntFloat compares within the integers where the float has one.
func orderIntFloat(i int64, f float64) int {
	switch {
	case f >= 1<<63:
		return -1
	case f < -1<<63:
		return 1
	}
	whole := math.Trunc(f)
	if sign := orderInts(i, int64(whole)); sign != 0 {
		return sign
	}
	return orderFloats(0, f-whole)
}

// holds evaluates one comparison; with a missing value, and between kinds
// that have no order, every one is false.
func holds(op string, a, b filter.Value) bool {
	if op == "==" {
		return equal(a, b)
	}
	sign, ok := order(a, b)
	if !ok {
		return false
	}
	switch op {
	case "<":
		return sign < 0
	case "<=":
		return sign <= 0
	case ">":
		return sign > 0
	}
	return sign >= 0
}

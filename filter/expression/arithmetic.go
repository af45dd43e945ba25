package expression

import (
	"math"
	"math/bits"
	"strconv"
	"strings"

	"github.com/skysift/skysift/filter"
)

// Arithmetic keeps integers exact: an integer result that does not fit in 64
// bits is missing, never a rounded one. Division and powers are of floats. A
// missing operand, one that is no number, a division of integers by zero in %
// and every result that is no number (0/0) are missing.

func add(a, b filter.Value) filter.Value {
	if a.Kind() == filter.Int && b.Kind() == filter.Int {
		sum := a.Int() + b.Int()
		if (sum > a.Int()) != (b.Int() > 0) && b.Int() != 0 {
			return filter.Value{}
		}
		return filter.IntOf(sum)
	}
	return filter.FloatOf(a.Float() + b.Float())
}

func subtract(a, b filter.Value) filter.Value {
	if a.Kind() == filter.Int && b.Kind() == filter.Int {
		difference := a.Int() - b.Int()
		if (difference < a.Int()) != (b.Int() > 0) && b.Int() != 0 {
			return filter.Value{}
		}
		return filter.IntOf(difference)
	}
	return filter.FloatOf(a.Float() - b.Float())
}

func multiply(a, b filter.Value) filter.Value {
	if a.Kind() == filter.Int && b.Kind() == filter.Int {
		return multiplyInts(a.Int(), b.Int())
	}
	return filter.FloatOf(a.Float() * b.Float())
}

func multiplyInts(a, b int64) filter.Value {
	high, low := bits.Mul64(magnitude(a), magnitude(b))
	negative := (a < 0) != (b < 0)
	switch {
	case high != 0 || low > 1<<63 || low == 1<<63 && !negative:
		return filter.Value{}
	case negative:
		return filter.IntOf(-int64(low))
	}
	return filter.IntOf(int64(low))
}

func magnitude(i int64) uint64 {
	if i < 0 {
		return -uint64(i)
	}
	return uint64(i)
}

func divide(a, b filter.Value) filter.Value { return filter.FloatOf(a.Float() / b.Float()) }

// remainder has the sign of the dividend, as in Go and C.
func remainder(a, b filter.Value) filter.Value {
	if a.Kind() != filter.Int || b.Kind() != filter.Int || b.Int() == 0 {
		return filter.Value{}
	}
	if b.Int() == -1 {
		return filter.IntOf(0)
	}
	return filter.IntOf(a.Int() % b.Int())
}

// power is missing for a missing operand also where math.Pow knows better
// (1 to the power of anything).
func power(a, b filter.Value) filter.Value {
	if !a.IsNumber() || !b.IsNumber() {
		return filter.Value{}
	}
	return filter.FloatOf(math.Pow(a.Float(), b.Float()))
}

func negate(a filter.Value) filter.Value {
	if a.Kind() == filter.Int {
		return subtract(filter.IntOf(0), a)
	}
	return filter.FloatOf(-a.Float())
}

// truncate drops a number's fraction; missing where 64 bits do not hold it.
func truncate(f float64) filter.Value {
	if f >= 1<<63 || f < -1<<63 || f != f {
		return filter.Value{}
	}
	return filter.IntOf(int64(f))
}

// parseNumber reads a number from text: an integer where it is one.
func parseNumber(text string) filter.Value {
	text = strings.TrimSpace(text)
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return filter.IntOf(i)
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		return filter.FloatOf(f)
	}
	return filter.Value{}
}

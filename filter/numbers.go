package filter

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"strconv"
)

// NumberType is how each number of an array is written.
type NumberType uint8

// The types of numbers, with the size of each. A boolean is a byte, false
// where it is 0.
const (
	Boolean NumberType = iota
	Int8
	Int16
	Int32
	Int64
	Uint8
	Uint16
	Uint32
	Uint64
	Float16
	Float32
	Float64
)

var numberSizes = [...]int{1, 1, 2, 4, 8, 1, 2, 4, 8, 2, 4, 8}

var numberNames = [...]string{
	"bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64",
}

// Size is how many bytes a number takes.
func (t NumberType) Size() int { return numberSizes[t] }

// String returns the type's name as numpy has it.
func (t NumberType) String() string { return numberNames[t] }

// IsFloat reports whether the numbers may have fractions, or be NaN.
func (t NumberType) IsFloat() bool { return t >= Float16 }

// Numbers is a block of numbers of one type in the order of C: the last index
// runs fastest. To a filter it is the list of them all, in that order.
//
// Invariant: the product of Shape times Type.Size is len(Data). Data belongs to
// the record, like the bytes of a string.
type Numbers struct {
	Type NumberType
	// BigEndian says that the most significant byte of each number comes first.
	BigEndian bool
	Shape     []int
	Data      []byte
}

// Len is how many numbers there are.
func (n *Numbers) Len() int { return len(n.Data) / n.Type.Size() }

// At returns number i in the order of Data. NaN is Missing, and an unsigned
// integer beyond 63 bits becomes a Float.
func (n *Numbers) At(i int) Value {
	u := n.bits(i)
	switch {
	case n.Type == Boolean:
		return BoolOf(u != 0)
	case n.Type.IsFloat():
		return FloatOf(n.Type.float(u))
	case n.Type == Uint64 && u > math.MaxInt64:
		return FloatOf(float64(u))
	}
	return IntOf(n.Type.int(u))
}

// Floats writes numbers from on, as many as there are and out has room for, and
// returns how many that is. A true boolean is 1.
func (n *Numbers) Floats(from int, out []float64) int {
	out = out[:min(len(out), n.Len()-from)]
	if n.Type == Float64 && !n.BigEndian { // the most frequent by far
		data := n.Data[8*from:]
		for i := range out {
			out[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:]))
		}
		return len(out)
	}
	for i := range out {
		out[i] = n.float(from + i)
	}
	return len(out)
}

func (n *Numbers) float(i int) float64 {
	u := n.bits(i)
	switch {
	case n.Type.IsFloat():
		return n.Type.float(u)
	case n.Type == Uint64:
		return float64(u)
	}
	return float64(n.Type.int(u))
}

// bits returns the bits of number i.
func (n *Numbers) bits(i int) uint64 {
	size := n.Type.Size()
	data := n.Data[i*size : i*size+size]
	switch size {
	case 1:
		return uint64(data[0])
	case 2:
		u := binary.LittleEndian.Uint16(data)
		if n.BigEndian {
			u = bits.ReverseBytes16(u)
		}
		return uint64(u)
	case 4:
		u := binary.LittleEndian.Uint32(data)
		if n.BigEndian {
			u = bits.ReverseBytes32(u)
		}
		return uint64(u)
	}
	u := binary.LittleEndian.Uint64(data)
	if n.BigEndian {
		u = bits.ReverseBytes64(u)
	}
	return u
}

// int returns the integer that the bits u are; a boolean is 0 or 1.
func (t NumberType) int(u uint64) int64 {
	switch t {
	case Boolean:
		if u != 0 {
			return 1
		}
		return 0
	case Int8:
		return int64(int8(u))
	case Int16:
		return int64(int16(u))
	case Int32:
		return int64(int32(u))
	}
	return int64(u)
}

func (t NumberType) float(u uint64) float64 {
	switch t {
	case Float16:
		return half(uint16(u))
	case Float32:
		return float64(math.Float32frombits(uint32(u)))
	}
	return math.Float64frombits(u)
}

// half returns the number that the bits u of an IEEE 754 binary16 are.
func half(u uint16) float64 {
	sign, exponent, fraction := 1.0, int(u>>10&0x1f), float64(u&0x3ff)
	if u>>15 != 0 {
		sign = -1
	}
	switch {
	case exponent == 0:
		return sign * math.Ldexp(fraction, -24)
	case exponent < 0x1f:
		return sign * math.Ldexp(1024+fraction, exponent-25)
	case fraction == 0:
		return math.Inf(int(sign))
	}
	return math.NaN()
}

// String says what the array is, "uint16 [512 512]".
func (n *Numbers) String() string { return fmt.Sprintf("%s %v", n.Type, n.Shape) }

// AppendNumber appends number i as JSON with every digit that it has, and no
// more: a float of 32 bits as such.
func (n *Numbers) AppendNumber(dst []byte, i int) []byte {
	u := n.bits(i)
	switch {
	case n.Type == Boolean:
		return strconv.AppendBool(dst, u != 0)
	case n.Type == Float64:
		return AppendJSONFloat(dst, n.Type.float(u), 64)
	case n.Type.IsFloat():
		return AppendJSONFloat(dst, n.Type.float(u), 32)
	case n.Type == Uint64:
		return strconv.AppendUint(dst, u, 10)
	}
	return strconv.AppendInt(dst, n.Type.int(u), 10)
}

// appendJSON appends the array as lists in lists.
func (n *Numbers) appendJSON(dst []byte) []byte {
	if len(n.Shape) == 0 {
		return n.At(0).AppendJSON(dst)
	}
	dst = append(dst, '[')
	for i := range n.Shape[0] {
		if i > 0 {
			dst = append(dst, ',')
		}
		size := len(n.Data) / n.Shape[0]
		inner := Numbers{Type: n.Type, BigEndian: n.BigEndian, Shape: n.Shape[1:], Data: n.Data[i*size : (i+1)*size]}
		dst = inner.appendJSON(dst)
	}
	return append(dst, ']')
}

package filter_test

import (
	"math"
	"testing"

	"github.com/skysift/skysift/filter"
)

func TestNumbersOfEveryType(t *testing.T) {
	for _, c := range []struct {
		numbers filter.Numbers
		want    string
	}{
		{filter.Numbers{Type: filter.Boolean, Shape: []int{3}, Data: []byte{1, 0, 2}}, "[true,false,true]"},
		{filter.Numbers{Type: filter.Int8, Shape: []int{2}, Data: []byte{0xff, 0x7f}}, "[-1,127]"},
		{filter.Numbers{Type: filter.Int16, Shape: []int{1}, Data: []byte{0xfe, 0xff}}, "[-2]"},
		{filter.Numbers{Type: filter.Int32, BigEndian: true, Shape: []int{1}, Data: []byte{0xff, 0xff, 0xff, 0xfd}}, "[-3]"},
		{filter.Numbers{Type: filter.Int64, Shape: []int{1}, Data: []byte{1, 0, 0, 0, 0, 0, 0x20, 0}}, "[9007199254740993]"},
		{filter.Numbers{Type: filter.Uint8, Shape: []int{2, 2}, Data: []byte{1, 2, 3, 255}}, "[[1,2],[3,255]]"},
		{filter.Numbers{Type: filter.Uint16, BigEndian: true, Shape: []int{2}, Data: []byte{1, 44, 255, 255}}, "[300,65535]"},
		{filter.Numbers{Type: filter.Uint32, Shape: []int{1}, Data: []byte{255, 255, 255, 255}}, "[4294967295]"},
		{filter.Numbers{Type: filter.Uint64, BigEndian: true, Shape: []int{2}, Data: []byte{0x7f, 255, 255, 255, 255, 255, 255, 255, 0x80, 0, 0, 0, 0, 0, 0, 0}},
			"[9223372036854775807,9223372036854776000]"},
		{filter.Numbers{Type: filter.Float16, Shape: []int{5}, Data: []byte{0, 0x3c, 0, 0xc0, 1, 0, 0, 0x7c, 1, 0x7c}}, "[1,-2,5.960464477539063e-08,null,null]"},
		{filter.Numbers{Type: filter.Float32, Shape: []int{1}, Data: []byte{0, 0, 0xc0, 0x7f}}, "[null]"},
		{filter.Numbers{Type: filter.Float32, BigEndian: true, Shape: []int{1}, Data: []byte{0x3f, 0xc0, 0, 0}}, "[1.5]"},
		{filter.Numbers{Type: filter.Float64, BigEndian: true, Shape: []int{1, 1}, Data: []byte{0x40, 4, 0, 0, 0, 0, 0, 0}}, "[[2.5]]"},
		{filter.Numbers{Type: filter.Float64, Shape: []int{2, 0}}, "[[],[]]"},
		{filter.Numbers{Type: filter.Float64, Shape: []int{0, 2}}, "[]"},
	} {
		if got := string(filter.ArrayOf(&c.numbers).AppendJSON(nil)); got != c.want {
			t.Errorf("%s: %s, want %s", c.numbers.Type, got, c.want)
		}
		floats := make([]float64, 8)
		n := c.numbers.Floats(0, floats)
		if n != c.numbers.Len() {
			t.Errorf("%s: %d floats of %d numbers", c.numbers.Type, n, c.numbers.Len())
		}
		for i, f := range floats[:n] {
			v := c.numbers.At(i)
			if v.IsNumber() && v.Float() != f || v.Kind() == filter.Bool && v.True() != (f == 1) || v.IsMissing() && !math.IsNaN(f) {
				t.Errorf("%s: number %d is %v as a float and %s as a value", c.numbers.Type, i, f, v.AppendJSON(nil))
			}
		}
	}
}

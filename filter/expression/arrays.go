package expression

import (
	"math"

	"github.com/skysift/skysift/filter"
)

// An array is the list of its numbers. What goes through all of them at once
// reads them where they are, and so many are a step.
const numbersPerStep = 64

// maxAnnotated is how many numbers of an array may go into an output's headers.
const maxAnnotated = 1000

// annotated is a value as an annotation: a large array is no annotation.
func annotated(v filter.Value) filter.Value {
	if numbers := v.Numbers(); numbers != nil && numbers.Len() > maxAnnotated {
		return filter.Value{}
	}
	return v
}

// itemsOf returns the items of a list, or of an array as values. Each of an
// array's is a step: they are made for this.
func (m *machine) itemsOf(v filter.Value) []filter.Value {
	numbers := v.Numbers()
	if numbers == nil {
		return v.List()
	}
	m.charge(numbers.Len())
	items := m.list(numbers.Len())
	for i := range cap(items) {
		items = append(items, numbers.At(i))
	}
	return items
}

// listed is the value with an array turned into a list.
func (m *machine) listed(v filter.Value) filter.Value {
	if v.Kind() != filter.Array {
		return v
	}
	return filter.ListOf(m.itemsOf(v))
}

// reduce goes through an array's numbers, some at a time.
func (m *machine) reduce(numbers *filter.Numbers, each func(some []float64)) {
	m.charge(numbers.Len() / numbersPerStep)
	for at := 0; at < numbers.Len() && m.failure == nil; {
		n := numbers.Floats(at, m.some[:])
		each(m.some[:n])
		at += n
	}
}

// whole reports whether an array's numbers are integers, to be kept exact.
func whole(numbers *filter.Numbers) bool { return !numbers.Type.IsFloat() }

// gatherNumbers appends an array's numbers to the floats of the statistic under
// way, each a step.
func (m *machine) gatherNumbers(numbers *filter.Numbers) {
	if m.charge(numbers.Len()); m.failure != nil {
		return
	}
	m.reduce(numbers, func(some []float64) {
		for _, f := range some {
			if f == f {
				m.floats = append(m.floats, f)
			}
		}
	})
}

// sumNumbers adds up an array; NaN is skipped. Integers stay exact: a sum beyond
// 64 bits is missing.
func (m *machine) sumNumbers(numbers *filter.Numbers) filter.Value {
	if whole(numbers) {
		m.charge(numbers.Len() / numbersPerStep)
		sum := filter.IntOf(0)
		for i := 0; i < numbers.Len() && m.failure == nil; i++ {
			sum = add(sum, asNumber(numbers.At(i)))
		}
		return sum
	}
	sum := 0.0
	m.reduce(numbers, func(some []float64) {
		for _, f := range some {
			if f == f {
				sum += f
			}
		}
	})
	return filter.FloatOf(sum)
}

// asNumber counts a true boolean of an array as 1, as numpy does.
func asNumber(v filter.Value) filter.Value {
	switch {
	case v.Kind() != filter.Bool:
		return v
	case v.True():
		return filter.IntOf(1)
	}
	return filter.IntOf(0)
}

// meanNumbers is the mean of an array; NaN is skipped.
func (m *machine) meanNumbers(numbers *filter.Numbers) filter.Value {
	sum, n := 0.0, 0
	m.reduce(numbers, func(some []float64) {
		for _, f := range some {
			if f == f {
				sum += f
				n++
			}
		}
	})
	return filter.FloatOf(sum / float64(n)) // NaN of none: missing
}

// stddevNumbers is the standard deviation of an array; NaN is skipped.
func (m *machine) stddevNumbers(numbers *filter.Numbers) filter.Value {
	center, squares, n := m.meanNumbers(numbers).Float(), 0.0, 0
	m.reduce(numbers, func(some []float64) {
		for _, f := range some {
			if f == f {
				squares += (f - center) * (f - center)
				n++
			}
		}
	})
	if n < 2 {
		return filter.Value{}
	}
	return filter.FloatOf(math.Sqrt(squares / float64(n-1)))
}

// extremeNumbers is the least (sign −1) or greatest (sign 1) of an array; NaN is
// skipped, and none is missing.
func (m *machine) extremeNumbers(numbers *filter.Numbers, wanted int) filter.Value {
	best, at, i := math.NaN(), 0, 0
	m.reduce(numbers, func(some []float64) {
		for _, f := range some {
			if best != best || wanted < 0 && f < best || wanted > 0 && f > best {
				best, at = f, i
			}
			i++
		}
	})
	if best != best || m.failure != nil {
		return filter.Value{}
	}
	if numbers.Type == filter.Int64 || numbers.Type == filter.Uint64 {
		return m.extremeIntegers(numbers, wanted)
	}
	return asNumber(numbers.At(at))
}

// extremeIntegers compares integers that a float does not hold.
func (m *machine) extremeIntegers(numbers *filter.Numbers, wanted int) filter.Value {
	best := numbers.At(0)
	for i := 1; i < numbers.Len(); i++ {
		if sign, _ := order(numbers.At(i), best); sign == wanted {
			best = numbers.At(i)
		}
	}
	return best
}

// shape gives the dimensions of an array, or of lists in lists as far as they
// are of one length.
func shape(m *machine, a []filter.Value) filter.Value {
	if numbers := a[0].Numbers(); numbers != nil {
		dims := m.list(len(numbers.Shape))
		for _, n := range numbers.Shape {
			dims = append(dims, filter.IntOf(int64(n)))
		}
		return filter.ListOf(dims)
	}
	dims := m.list(maxShape)
	for at := a[0]; at.Kind() == filter.List && len(dims) < maxShape; {
		items := at.List()
		dims = append(dims, filter.IntOf(int64(len(items))))
		m.charge(len(items))
		if len(items) == 0 || !alike(items) {
			break
		}
		at = items[0]
	}
	return filter.ListOf(dims)
}

// maxShape is how many dimensions lists in lists are looked at for.
const maxShape = 8

// alike reports whether all items are lists of one length.
func alike(items []filter.Value) bool {
	for _, item := range items {
		if item.Kind() != filter.List || len(item.List()) != len(items[0].List()) {
			return false
		}
	}
	return true
}

package sky

import (
	"cmp"
	"math/bits"
	"slices"
)

// span is a run of nested pixels of the finest order, to not included.
type span struct{ from, to uint64 }

// coverage is a multi-order coverage (MOC): spans that are sorted and do not
// touch.
type coverage []span

// newCoverage sorts spans and joins those that touch.
func newCoverage(spans []span) coverage {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	joined := spans[:0]
	for _, s := range spans {
		if last := len(joined) - 1; last >= 0 && s.from <= joined[last].to {
			joined[last].to = max(joined[last].to, s.to)
			continue
		}
		joined = append(joined, s)
	}
	return slices.Clip(joined)
}

// has reports whether a pixel of the finest order is covered.
func (c coverage) has(pixel uint64) bool {
	low, high := 0, len(c)
	for low < high {
		if middle := (low + high) / 2; c[middle].to <= pixel {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low < len(c) && c[low].from <= pixel
}

// share is the part of the sky that is covered.
func (c coverage) share() float64 {
	sum := 0.0
	for _, s := range c {
		sum += float64(s.to - s.from)
	}
	return sum / float64(pixels(finest))
}

// cell returns a pixel of an order as a span; false where there is no such.
func cell(order int, pixel uint64) (span, bool) {
	if order < 0 || order > finest || pixel >= pixels(order) {
		return span{}, false
	}
	shift := 2 * (finest - order)
	return span{pixel << shift, (pixel + 1) << shift}, true
}

// unique returns the pixel that a NUNIQ number stands for: 4^(order+1) + pixel.
func unique(number uint64) (order int, pixel uint64, ok bool) {
	if number < 4 {
		return 0, 0, false
	}
	order = (bits.Len64(number) - 3) / 2
	if order > finest {
		return 0, 0, false
	}
	pixel = number - 4<<(2*order)
	return order, pixel, pixel < pixels(order)
}

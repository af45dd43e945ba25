package main

import (
	"math"
	"slices"
)

// lens is a point lens's light curve: the Einstein time tE [d], the time t0
// [JD] of closest approach and the impact parameter u0 [Einstein radii]. What
// is linear, the flux that is magnified and a constant for each band, is
// solved for exactly, so only these three are searched.
type lens struct {
	t0, tE, u0 float64
	chi2       float64 // per degree of freedom
	brightens  bool    // the flux that is magnified is positive in every band
}

// magnification is how many times brighter a source at u Einstein radii from
// the lens seems (Paczyński 1986, equation 11).
func magnification(u float64) float64 { return (u*u + 2) / (u * math.Sqrt(u*u+4)) }

// fit finds the lens of least chi²: a coarse grid, then a search around its
// best few that halves its steps.
func fit(points []point) lens {
	first := points[0].jd
	for _, p := range points {
		first = min(first, p.jd)
	}
	span := max(spanOf(points), 1)
	var grid []lens
	for i := range 13 {
		for _, tE := range [...]float64{span / 20, span / 8, span / 4, span / 2, span} {
			for _, u0 := range [...]float64{0.05, 0.2, 0.5, 0.9} {
				grid = append(grid, measure(points, lens{t0: first + span*float64(i)/12, tE: tE, u0: u0}))
			}
		}
	}
	slices.SortFunc(grid, func(a, b lens) int { return compare(a.chi2, b.chi2) })
	best := grid[0]
	for _, start := range grid[:4] {
		if found := descend(points, start, span/12); found.chi2 < best.chi2 {
			best = found
		}
	}
	return best
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// descend tries a step to either side in each parameter, and halves the steps
// where none is better. It ends at a quarter of an hour, which is finer than a
// survey's light curve can tell, and in any case after 120 rounds.
func descend(points []point, at lens, days float64) lens {
	factor := 1.5 // of tE and u0
	for rounds := 0; days > 1e-2 && rounds < 120; rounds++ {
		best := at
		for _, next := range [...]lens{
			{t0: at.t0 - days, tE: at.tE, u0: at.u0}, {t0: at.t0 + days, tE: at.tE, u0: at.u0},
			{t0: at.t0, tE: at.tE * factor, u0: at.u0}, {t0: at.t0, tE: at.tE / factor, u0: at.u0},
			{t0: at.t0, tE: at.tE, u0: at.u0 * factor}, {t0: at.t0, tE: at.tE, u0: max(at.u0/factor, 1e-3)},
			{t0: at.t0, tE: at.tE * factor, u0: max(at.u0/factor, 1e-3)}, {t0: at.t0, tE: at.tE / factor, u0: at.u0 * factor},
		} {
			if next = measure(points, next); next.chi2 < best.chi2 {
				best = next
			}
		}
		if best.chi2 == at.chi2 {
			days, factor = days/2, 1+(factor-1)/2
		}
		at = best
	}
	return at
}

// sums are those of the normal equations of flux = source·(A-1) + constant.
type sums struct{ w, a, aa, f, af, ff float64 }

// measure returns the lens with its chi².
func measure(points []point, l lens) lens {
	var s [bands]sums
	for _, p := range points {
		x := (p.jd - l.t0) / l.tE
		a := magnification(math.Sqrt(l.u0*l.u0+x*x)) - 1
		w := 1 / (p.sigma * p.sigma)
		b := &s[p.band]
		b.w, b.a, b.aa, b.f, b.af, b.ff = b.w+w, b.a+w*a, b.aa+w*a*a, b.f+w*p.flux, b.af+w*a*p.flux, b.ff+w*p.flux*p.flux
	}
	chi2, parameters := 0.0, 3
	l.brightens = true
	for _, b := range s {
		if b.w == 0 {
			continue
		}
		parameters += 2
		source, constant := 0.0, b.f/b.w
		if det := b.w*b.aa - b.a*b.a; det > 1e-9*b.w*b.aa {
			source = (b.w*b.af - b.a*b.f) / det
			constant = (b.f - source*b.a) / b.w
		}
		l.brightens = l.brightens && source > 0
		chi2 += max(b.ff-source*b.af-constant*b.f, 0)
	}
	l.chi2 = chi2 / float64(max(len(points)-parameters, 1))
	return l
}

// constantChi2 is the chi² per degree of freedom of a source that does not
// change.
func constantChi2(points []point) float64 {
	var s [bands]sums
	for _, p := range points {
		w := 1 / (p.sigma * p.sigma)
		b := &s[p.band]
		b.w, b.f, b.ff = b.w+w, b.f+w*p.flux, b.ff+w*p.flux*p.flux
	}
	chi2, parameters := 0.0, 0
	for _, b := range s {
		if b.w > 0 {
			parameters++
			chi2 += max(b.ff-b.f*b.f/b.w, 0)
		}
	}
	return chi2 / float64(max(len(points)-parameters, 1))
}

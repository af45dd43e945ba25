package simulate

import "math"

// explosion is a supernova: a template of magnitudes against rest-frame days
// from the peak in g, stretched, dimmed by distance and dust, and slowed by
// 1+z.
type explosion struct {
	class    Class
	peak     float64 // when, in g [JD]
	redshift float64
	stretch  float64
	g, r     float64 // apparent magnitude at each band's own peak
	inG, inR template
}

// The magnitudes below a band's peak, against rest-frame days from the peak
// in g. They follow the common shapes of each class, by hand: a normal type Ia
// rises in 18 days, at first with flux growing as time squared, and declines
// by 0.9 mag in g in the next 15, while r has a shoulder three weeks later; a
// type II rises in 10 days, stays on a plateau in r for 80, reddens all the
// while, drops, and then fades as cobalt-56 does, 0.98 mag in 100 days.
func templatesIa() (g, r template) {
	g = template{{-18, 9}, {-17, 5.4}, {-16, 3.87}, {-14, 2.36}, {-12, 1.48}, {-10, 0.87}, {-8, 0.49}, {-6, 0.25}, {-4, 0.1}, {-2, 0.02}, {0, 0},
		{2, 0.03}, {5, 0.14}, {10, 0.48}, {15, 0.9}, {20, 1.4}, {25, 1.88}, {30, 2.25}, {40, 2.72}, {60, 3.15}, {100, 3.8}}
	r = template{{-18, 9}, {-17, 5.3}, {-16, 3.8}, {-14, 2.34}, {-12, 1.5}, {-10, 0.92}, {-8, 0.55}, {-6, 0.31}, {-4, 0.15}, {-2, 0.05}, {1, 0},
		{5, 0.07}, {10, 0.34}, {15, 0.6}, {20, 0.72}, {25, 0.88}, {30, 1.18}, {40, 1.75}, {60, 2.45}, {100, 3.5}}
	return g, r
}

func templatesII() (g, r template) {
	g = template{{-10, 9}, {-9, 2.6}, {-7, 1.2}, {-4, 0.3}, {-2, 0.07}, {0, 0}, {5, 0.1}, {15, 0.4}, {30, 0.85}, {50, 1.2}, {80, 1.6}, {95, 2.6}, {110, 4}, {210, 5}}
	r = template{{-10, 9}, {-9, 2.7}, {-7, 1.35}, {-4, 0.45}, {-2, 0.2}, {0, 0.1}, {6, 0}, {15, 0.03}, {30, 0.1}, {50, 0.2}, {80, 0.45}, {95, 1.4}, {110, 2.6}, {210, 3.58}}
	return g, r
}

// restRise is the rest-frame time from explosion to peak in g, before the
// stretch [days].
func (e *explosion) restRise() float64 { return -e.inG[0][0] }

// first returns when the explosion began.
func (e *explosion) first() float64 {
	return e.peak - e.restRise()*e.stretch*(1+e.redshift)
}

func (e *explosion) flux(jd float64, b band) float64 {
	phase := (jd - e.peak) / (1 + e.redshift) / e.stretch
	if phase < -e.restRise() {
		return 0
	}
	if b == green {
		return fluxOf(e.g + e.inG.at(phase))
	}
	return fluxOf(e.r + e.inR.at(phase))
}

// newExplosion draws a supernova that is between early and old at jd. How far
// away it is follows the volume of each shell.
func newExplosion(r *random, jd float64) *explosion {
	if r.chance(0.72) {
		return newIa(r, jd)
	}
	return newII(r, jd)
}

func newIa(r *random, jd float64) *explosion {
	e := &explosion{class: SupernovaIa}
	e.inG, e.inR = templatesIa()
	e.redshift = drawRedshift(r, 0.12)
	e.stretch = round(r.clipped(1, 0.08, 0.8, 1.2), 3)
	// Slower ones are brighter (Phillips 1993): 1.5 mag a unit of stretch.
	absolute := r.normal(-19.25, 0.12) - 1.5*(e.stretch-1)
	colour := r.clipped(-0.02, 0.06, -0.15, 0.3)
	e.place(r, jd, absolute, colour, 50)
	return e
}

func newII(r *random, jd float64) *explosion {
	e := &explosion{class: SupernovaII}
	e.inG, e.inR = templatesII()
	e.redshift = drawRedshift(r, 0.05)
	e.stretch = round(r.clipped(1, 0.1, 0.7, 1.3), 3)
	e.place(r, jd, r.clipped(-17.2, 0.6, -18.6, -15.5), r.clipped(0.05, 0.1, -0.15, 0.4), 85)
	return e
}

// place sets when the peak is and how bright, from the absolute magnitude in
// r, the colour g-r at the peaks, and the dust of our galaxy. The K
// correction is that of a flat spectrum.
func (e *explosion) place(r *random, jd, absolute, colour, oldest float64) {
	age := r.between(-e.restRise()+2, oldest)
	e.peak = round(jd-age*e.stretch*(1+e.redshift), 5)
	dust := r.rayleigh(0.06) // in r
	bright := absolute + distanceModulus(e.redshift) - 2.5*math.Log10(1+e.redshift)
	e.r = round(bright+dust, 4)
	e.g = round(bright+colour+1.4*dust, 4)
}

// drawRedshift draws from [0.004, most] as volume grows: with the cube.
func drawRedshift(r *random, most float64) float64 {
	return round(max(most*math.Cbrt(r.uniform()), 0.004), 5)
}

// distanceModulus is that of a flat universe with H0 = 70 km/s/Mpc and
// q0 = -0.55, to second order in z (Weinberg 1972, eq. 14.6.8): to 0.01 mag
// below z = 0.15.
func distanceModulus(z float64) float64 {
	const hubbleDistance = 299792.458 / 70 // [Mpc]
	return 5*math.Log10(hubbleDistance*z*(1+0.775*z)) + 25
}

package simulate

import (
	"math"
	"strconv"
)

// body is an asteroid of the main belt on its way through one night.
type body struct {
	class Class
	name  string // the number of its catalogue; "" where it has none
	// rate is its motion [arcsec/h]: east, north.
	east, north float64
	mag         float64 // in V
	colour      float64 // g-r
}

// newBody draws an asteroid near opposition: moving backwards along the
// ecliptic by 20 to 45 arcsec an hour.
func newBody(r *random) *body {
	speed, slant := r.between(20, 45), r.normal(0.4, 0.25)
	a := &body{class: KnownAsteroid, mag: r.between(15.5, 20.6), colour: r.normal(0.5, 0.08)}
	a.east, a.north = -speed*math.Cos(slant), -speed*math.Sin(slant)
	a.name = strconv.Itoa(1 + r.below(640_000))
	if r.chance(0.04) {
		a.class, a.name = UnknownAsteroid, ""
	}
	return a
}

// moved returns how far it has gone after so many days [arcsec].
func (a *body) moved(days float64) (east, north float64) {
	return round(a.east*days*24, 4), round(a.north*days*24, 4)
}

// magnitude is about V = r + 0.6(g-r) (Jester et al. 2005, rounded).
func (a *body) magnitude(b band) float64 {
	r := a.mag - 0.6*a.colour
	if b == green {
		return r + a.colour
	}
	return r
}

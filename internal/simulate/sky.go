package simulate

import "math"

const (
	degree    = math.Pi / 180
	obliquity = 23.4393 // of the ecliptic, J2000 [deg]
)

// place is a position on the sky, J2000, in degrees.
type place struct{ ra, dec float64 }

func (p place) unit() [3]float64 {
	sin, cos := math.Sincos(p.dec * degree)
	sinRA, cosRA := math.Sincos(p.ra * degree)
	return [3]float64{cos * cosRA, cos * sinRA, sin}
}

// galacticLatitude uses the pole of the Hipparcos catalogue (ESA SP-1200,
// volume 1, section 1.5.3).
func (p place) galacticLatitude() float64 {
	u := p.unit()
	sin := -0.8676661490*u[0] - 0.1980763734*u[1] + 0.4559837762*u[2]
	return math.Asin(min(max(sin, -1), 1)) / degree
}

func (p place) eclipticLatitude() float64 {
	u := p.unit()
	sin, cos := math.Sincos(obliquity * degree)
	return math.Asin(min(max(cos*u[2]-sin*u[1], -1), 1)) / degree
}

// offset returns the place that lies east and north of p by so many arcsec,
// for distances that are small on the sky.
func (p place) offset(east, north float64) place {
	dec := min(max(p.dec+north/3600, -90), 90)
	ra := p.ra + east/3600/max(math.Cos(p.dec*degree), 0.01)
	return place{ra: wrap(ra), dec: dec}
}

func (p place) rounded() place { return place{ra: wrap(round(p.ra, 7)), dec: round(p.dec, 7)} }

// wrap brings a right ascension into [0, 360).
func wrap(ra float64) float64 {
	ra = math.Mod(ra, 360)
	if ra < 0 {
		ra += 360
	}
	return ra
}

// sunRA returns the sun's right ascension to a degree or two, which is enough
// to choose what a night can see.
func sunRA(jd float64) float64 {
	const equinox, year = 2460389.6, 365.2422 // March equinox of 2024
	return wrap(360 * (jd - equinox) / year)
}

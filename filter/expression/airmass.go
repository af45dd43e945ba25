package expression

import (
	"math"
	"strings"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/spelling"
)

// site is a place that observes: east longitude and geodetic latitude in
// degrees.
type site struct {
	name                string
	longitude, latitude float64
}

func sites() []site {
	return []site{
		{"palomar", -116.85978, 33.357},
		{"rubin", -70.749417, -30.244639},
		{"paranal", -70.4042, -24.6272},
		{"la_silla", -70.7375, -29.2567},
		{"cerro_tololo", -70.8065, -30.1690},
		{"kitt_peak", -111.5997, 31.9583},
		{"la_palma", -17.8850, 28.7606},
		{"mauna_kea", -155.4681, 19.8207},
		{"haleakala", -156.2569, 20.7075},
		{"siding_spring", 149.0661, -31.2733},
		{"sutherland", 20.8108, -32.3793},
	}
}

func siteNames() string {
	var names []string
	for _, s := range sites() {
		names = append(names, s.name)
	}
	return strings.Join(names, ", ")
}

// buildAirmass puts the site's place where its name stood.
func buildAirmass(c *checker, at span, args []*node) *node {
	name, ok := args[3].constantText()
	if !ok {
		return c.wrong(at, "the site of airmass must be a constant", `write one of `+siteNames())
	}
	var all []string
	for _, s := range sites() {
		all = append(all, s.name)
		if s.name == name {
			placed := append(args[:3:3], c.graph.constant(filter.FloatOf(s.longitude)), c.graph.constant(filter.FloatOf(s.latitude)))
			fn := &Function{Name: "airmass", Params: number("ra", "dec", "jd", "longitude", "latitude"), price: 200, call: callAirmass}
			return c.graph.add(node{op: opCall, text: "airmass", fn: fn, args: placed, typ: typ{kind: floatKind}})
		}
	}
	suggestion := "write one of " + siteNames()
	if near := spelling.Nearest(name, all); near != "" {
		suggestion = "did you mean " + near + "?"
	}
	return c.wrong(at, "unknown site "+name, suggestion)
}

func callAirmass(_ *machine, a []filter.Value) filter.Value {
	h := altitude(a[0].Float(), a[1].Float(), a[2].Float(), a[3].Float(), a[4].Float())
	if h < 0 {
		return filter.Value{}
	}
	return filter.FloatOf(1 / math.Sin(radians(h+244/(165+47*math.Pow(h, 1.1)))))
}

// altitude is the angle above the horizon, in degrees, of a direction in
// J2000 at a UTC Julian Date; UT1 is taken to be UTC, which is within 0.9 s.
func altitude(ra, dec, jd, longitude, latitude float64) float64 {
	ra, dec = precess(ra, dec, jd)
	days := jd - 2451545
	centuries := days / 36525
	sidereal := 280.46061837 + 360.98564736629*days + 0.000387933*centuries*centuries
	hour := radians(math.Mod(sidereal, 360) + longitude - ra)
	sinLat, cosLat := math.Sincos(radians(latitude))
	sinDec, cosDec := math.Sincos(radians(dec))
	return degrees(math.Asin(min(1, max(-1, sinLat*sinDec+cosLat*cosDec*math.Cos(hour)))))
}

// precess turns coordinates of J2000 to the equinox of a date (Lieske 1979).
func precess(ra, dec, jd float64) (float64, float64) {
	t := (jd - 2451545) / 36525
	const second = 1.0 / 3600
	zeta := (2306.2181*t + 0.30188*t*t + 0.017998*t*t*t) * second
	zed := (2306.2181*t + 1.09468*t*t + 0.018203*t*t*t) * second
	theta := (2004.3109*t - 0.42665*t*t - 0.041833*t*t*t) * second
	sinTheta, cosTheta := math.Sincos(radians(theta))
	sinDec, cosDec := math.Sincos(radians(dec))
	sinRA, cosRA := math.Sincos(radians(ra + zeta))
	a := cosDec * sinRA
	b := cosTheta*cosDec*cosRA - sinTheta*sinDec
	c := sinTheta*cosDec*cosRA + cosTheta*sinDec
	return degrees(math.Atan2(a, b)) + zed, degrees(math.Atan2(c, math.Hypot(a, b)))
}

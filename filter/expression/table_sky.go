package expression

import (
	"math"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/sky"
)

func skyFunctions() []Function {
	return []Function{
		{Name: "separation", Group: "sky (degrees)", Params: number("ra1", "dec1", "ra2", "dec2"), Units: "degrees → degrees", price: 90,
			Doc:    "Angle between two directions.",
			Source: "arctangent of the cross and dot products, exact at all angles", Example: "round(separation(10, 20, 10, 21.5), 9)", Gives: "1.5",
			result: gives(floatKind), call: func(_ *machine, a []filter.Value) filter.Value {
				return filter.FloatOf(separation(a[0].Float(), a[1].Float(), a[2].Float(), a[3].Float()))
			}},
		{Name: "cone", Group: "sky (degrees)", Params: number("ra", "dec", "ra0", "dec0", "radius"), Units: "degrees", price: 30,
			Doc:    "Whether a direction lies within a radius of a centre, its rim included.",
			Source: "separation(ra, dec, ra0, dec0) <= radius", Example: "cone(197.1, 7.2, 197.354, 7.235, 2)", Gives: "true",
			result: gives(boolKind), call: cone},
		{Name: "gal_l", Group: "sky (degrees)", Params: number("ra", "dec"), Units: "degrees → degrees", price: 60,
			Doc:    "Galactic longitude, 0 to 360, of a direction in ICRS.",
			Source: "rotation from ICRS over FK5 to galactic coordinates, as astropy has it", Example: "round(gal_l(266.41683, -29.00781), 3)", Gives: "359.944",
			result: gives(floatKind), call: onDirection(func(x, y, z float64) float64 {
				g := galacticAxes()
				return math.Mod(degrees(math.Atan2(dot(g[1], x, y, z), dot(g[0], x, y, z)))+360, 360)
			})},
		{Name: "gal_b", Group: "sky (degrees)", Params: number("ra", "dec"), Units: "degrees → degrees", price: 60,
			Doc:    "Galactic latitude of a direction in ICRS.",
			Source: "rotation from ICRS over FK5 to galactic coordinates, as astropy has it", Example: "round(gal_b(266.41683, -29.00781), 3)", Gives: "-0.046",
			result: gives(floatKind), call: onDirection(func(x, y, z float64) float64 {
				return latitude(galacticAxes(), x, y, z)
			})},
		{Name: "ecl_lat", Group: "sky (degrees)", Params: number("ra", "dec"), Units: "degrees → degrees", price: 60,
			Doc:    "Ecliptic latitude (mean ecliptic and equinox of J2000) of a direction in ICRS.",
			Source: "IAU 2006 obliquity and frame bias, astropy's BarycentricMeanEcliptic", Example: "round(ecl_lat(266.41683, -29.00781), 3)", Gives: "-5.608",
			result: gives(floatKind), call: onDirection(func(x, y, z float64) float64 {
				return latitude(eclipticAxes(), x, y, z)
			})},
		{Name: "airmass", Group: "sky (degrees)", Params: []Param{{"ra", wantNumber}, {"dec", wantNumber}, {"jd", wantNumber}, {"site", wantText}},
			Units: "degrees, UTC days → airmasses", price: 200,
			Doc:    "Airmass of a direction at a time, seen from a site: " + siteNames() + ". Missing below the horizon. Without refraction, nutation and aberration: the altitude is right to 0.02 degrees.",
			Source: "Pickering 2002 on the altitude; IAU 1976 precession, IAU 1982 sidereal time", Example: `round(airmass(0, 0, 2460236.7, "palomar"), 2)`, Gives: "1.25",
			result: gives(floatKind), build: buildAirmass},
	}
}

type vector [3]float64

// galacticAxes are the axes of galactic coordinates in ICRS. They are what
// astropy 8.0 gives for ICRS → Galactic (over FK5 J2000), applied to the unit
// vectors.
func galacticAxes() *[3]vector {
	return &[3]vector{
		{-0.05487565771259168, -0.8734370519556163, -0.4838350736167155},
		{0.4941094371927275, -0.44482972122329517, 0.7469821839866676},
		{-0.8676661375596587, -0.19807633727300067, 0.4559838136873016},
	}
}

// eclipticAxes are, likewise, those of astropy's BarycentricMeanEcliptic.
func eclipticAxes() *[3]vector {
	return &[3]vector{
		{0.9999999999999942, -7.078368958079222e-08, 8.056213983565801e-08},
		{3.2897004077419646e-08, 0.9174821299149585, 0.3977769994440478},
		{-1.0207044725484357e-07, -0.39777699944404304, 0.9174821299149556},
	}
}

// onDirection lifts a function of a direction's unit vector to one of its ra and
// dec.
func onDirection(f func(x, y, z float64) float64) func(*machine, []filter.Value) filter.Value {
	return func(m *machine, a []filter.Value) filter.Value {
		return filter.FloatOf(f(m.direction(a[0].Float(), a[1].Float())))
	}
}

func dot(v vector, x, y, z float64) float64 { return v[0]*x + v[1]*y + v[2]*z }

// latitude is exact at the poles too, where an arcsine would not be.
func latitude(axes *[3]vector, x, y, z float64) float64 {
	return degrees(math.Atan2(dot(axes[2], x, y, z), math.Hypot(dot(axes[0], x, y, z), dot(axes[1], x, y, z))))
}

func separation(ra1, dec1, ra2, dec2 float64) float64 {
	x1, y1, z1 := sky.UnitVector(ra1, dec1)
	x2, y2, z2 := sky.UnitVector(ra2, dec2)
	return sky.Angle(x1, y1, z1, x2, y2, z2)
}

func cone(_ *machine, a []filter.Value) filter.Value {
	ra, dec, ra0, dec0, radius := a[0].Float(), a[1].Float(), a[2].Float(), a[3].Float(), a[4].Float()
	if math.Abs(dec-dec0) > radius+1e-9 {
		return filter.BoolOf(false) // the angle is never less than the difference of declinations
	}
	return filter.BoolOf(separation(ra, dec, ra0, dec0) <= radius)
}

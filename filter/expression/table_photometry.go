package expression

import (
	"math"

	"github.com/skysift/skysift/filter"
)

// zeroPoint is the AB magnitude of one nanojansky: 8.9 + 2.5·9.
const zeroPoint = 31.4

func photometryFunctions() []Function {
	return []Function{
		{Name: "mag", Group: "photometry", Params: number("flux"), Units: "nJy → AB mag",
			Doc:    "Magnitude of a flux. Missing where the flux is not above 0.",
			Source: "Oke & Gunn 1983; 1 nJy is 31.4 mag", Example: "round(mag(3631), 4)", Gives: "22.4999",
			result: gives(floatKind), float: magnitudeOf},
		{Name: "flux", Group: "photometry", Params: number("mag"), Units: "AB mag → nJy",
			Doc: "Flux of a magnitude.", Source: "inverse of mag", Example: "flux(31.4)", Gives: "1",
			result: gives(floatKind), float: func(m float64) float64 { return math.Pow(10, (zeroPoint-m)/2.5) }},
		{Name: "magerr", Group: "photometry", Params: number("flux", "fluxerr"), Units: "any flux, its error → mag",
			Doc:    "Error of a magnitude, to first order. Missing where the flux is not above 0.",
			Source: "2.5/ln 10 · fluxerr/flux", Example: "round(magerr(100, 5), 4)", Gives: "0.0543",
			result: gives(floatKind), call: onTwo(func(flux, err float64) float64 { return 2.5 / math.Ln10 * err / positive(flux) })},
		{Name: "absmag", Group: "photometry", Params: number("mag", "distance"), Units: "mag, Mpc → mag",
			Doc:    "Absolute magnitude at a luminosity distance. For a redshift write absmag(mag, lum_dist(z)).",
			Source: "mag − 25 − 5 log10(distance)", Example: "absmag(20, 100)", Gives: "-15",
			result: gives(floatKind), call: onTwo(func(mag, mpc float64) float64 { return mag - 25 - 5*math.Log10(positive(mpc)) })},
		{Name: "lum_dist", Group: "photometry", Params: number("z"), Units: "redshift → Mpc", price: 600,
			Doc:    "Luminosity distance of a redshift, 0 to 20, in a flat universe with H0 = 67.66 km/s/Mpc and Ωm = 0.30966.",
			Source: "Planck 2018 results VI; within 0.2 % of astropy's Planck18 up to z = 2", Example: "round(lum_dist(0.1))", Gives: "476",
			result: gives(floatKind), float: luminosityDistance},
		{Name: "dc_mag", Group: "photometry", Params: []Param{{"magpsf", wantNumber}, {"magnr", wantNumber}, {"isdiffpos", wantAny}}, Units: "mag → mag",
			Doc:    "Apparent (DC) magnitude of a ZTF detection: the difference flux added to the flux of the reference source magnr, or taken from it. Missing where magnr is negative (no reference source) or the sum is not above 0.",
			Source: "ZTF Science Data System explanatory supplement, section on light curves of variable sources", Example: `round(dc_mag(18, 18, "t"), 3)`, Gives: "17.247",
			result: gives(floatKind), call: dcMag},
	}
}

// positive returns f, or NaN where it is not above 0.
func positive(f float64) float64 {
	if f > 0 {
		return f
	}
	return math.NaN()
}

func magnitudeOf(flux float64) float64 { return zeroPoint - 2.5*math.Log10(positive(flux)) }

// dcMag needs no zero point: it cancels.
func dcMag(_ *machine, a []filter.Value) filter.Value {
	magnr, sign := a[1].Float(), signOf(a[2])
	if magnr < 0 {
		return filter.Value{}
	}
	sum := math.Pow(10, -0.4*magnr) + sign*math.Pow(10, -0.4*a[0].Float())
	return filter.FloatOf(-2.5 * math.Log10(positive(sum)))
}

// signOf reads isdiffpos in the spellings that ZTF has used; NaN for others.
func signOf(v filter.Value) float64 {
	switch {
	case v.True(), v.Text() == "t", v.Text() == "1", v.Int() == 1:
		return 1
	case v.Kind() == filter.Bool, v.Text() == "f", v.Text() == "0", v.Kind() == filter.Int && (v.Int() == 0 || v.Int() == -1):
		return -1
	}
	return math.NaN()
}

// luminosityDistance integrates 1/E(z) by Simpson's rule.
func luminosityDistance(z float64) float64 {
	const (
		hubble = 299792.458 / 67.66 // Mpc
		matter = 0.30966
		steps  = 64
	)
	if z < 0 || z > 20 {
		return math.NaN()
	}
	integrand := func(z float64) float64 {
		return 1 / math.Sqrt(matter*(1+z)*(1+z)*(1+z)+1-matter)
	}
	sum := integrand(0) + integrand(z)
	for i := 1; i < steps; i++ {
		weight := float64(2 + 2*(i%2))
		sum += weight * integrand(z*float64(i)/steps)
	}
	return (1 + z) * hubble * sum * z / (3 * steps)
}

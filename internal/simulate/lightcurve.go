package simulate

import (
	"math"
	"sort"
)

// lightCurve is how bright a source is against the reference image.
type lightCurve interface {
	// flux returns the difference to the reference image [DN at zeroPoint]:
	// positive where the source is now brighter.
	flux(jd float64, b band) float64
}

// fluxOf converts a magnitude to DN at zeroPoint.
func fluxOf(mag float64) float64 { return math.Pow(10, -0.4*(mag-zeroPoint)) }

// magOf converts DN at zeroPoint to a magnitude.
func magOf(flux float64) float64 { return zeroPoint - 2.5*math.Log10(flux) }

// template is a curve by its points, in order of x; between them it is
// straight.
type template [][2]float64

func (t template) at(x float64) float64 {
	i := sort.Search(len(t), func(i int) bool { return t[i][0] >= x })
	switch i {
	case 0:
		return t[0][1]
	case len(t):
		return t[len(t)-1][1]
	}
	a, b := t[i-1], t[i]
	return a[1] + (b[1]-a[1])*((x-a[0])/(b[0]-a[0]))
}

// once is a flash in one exposure: an asteroid that passes, a cosmic ray.
type once struct{ jd, brightness float64 }

func (o once) flux(jd float64, _ band) float64 {
	if math.Abs(jd-o.jd) > 1e-4 {
		return 0
	}
	return o.brightness
}

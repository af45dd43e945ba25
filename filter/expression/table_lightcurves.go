package expression

import (
	"math"

	"github.com/skysift/skysift/filter"
)

func lightCurveFunctions() []Function {
	return []Function{
		{Name: "slope", Group: "light curves", Params: params(wantNumbers, []string{"xs", "ys", "errs"}), Optional: 1,
			Units: "units of ys per unit of xs", price: 300,
			Doc:    "Slope of the straight line that fits ys over xs best, by least squares, weighted by 1/err² where errors are given. Points with a missing coordinate or an error that is not positive are left out; missing for fewer than two points, or none apart in x.",
			Source: "Bevington & Robinson, chapter 6", Example: "slope([0, 1, 2], [18, 17.5, 17])", Gives: "-0.5",
			result: gives(floatKind), call: slope},
	}
}

// slope works on differences from the first point: times are large numbers
// with small differences.
func slope(_ *machine, a []filter.Value) filter.Value {
	xs, ys := a[0].List(), a[1].List()
	var sw, sx, sy, sxx, sxy float64
	x0, points := math.NaN(), 0
	for i := range min(len(xs), len(ys)) {
		x, y, w := xs[i].Float(), ys[i].Float(), 1.0
		if len(a) > 2 {
			w = weight(itemAt(a[2].List(), i))
		}
		if x != x || y != y || w != w {
			continue
		}
		if points == 0 {
			x0 = x
		}
		points++
		x -= x0
		sw, sx, sy, sxx, sxy = sw+w, sx+w*x, sy+w*y, sxx+w*x*x, sxy+w*x*y
	}
	spread := sw*sxx - sx*sx
	if points < 2 || spread <= 0 {
		return filter.Value{}
	}
	return filter.FloatOf((sw*sxy - sx*sy) / spread)
}

func weight(err filter.Value) float64 {
	e := err.Float()
	return 1 / (positive(e) * e)
}

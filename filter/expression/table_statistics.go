package expression

import (
	"math"
	"slices"

	"github.com/skysift/skysift/filter"
)

func statisticsFunctions() []Function {
	series := params(wantSeries, []string{"xs"})
	list := params(wantNumbers, []string{"xs"})
	of := func(name string, p []Param, doc, source, example, result string, f func(*machine, []filter.Value) filter.Value) Function {
		return Function{Name: name, Group: "statistics of a list; missing items are skipped", Params: p, Doc: doc, Source: source, Example: example, Gives: result,
			result: gives(floatKind), call: f, price: 150, numbers: true}
	}
	repeated := func(f Function) Function {
		f.Repeats = true
		return f
	}
	least := repeated(of("min", series, "The least item of a list, or the least of several numbers; missing for an empty list, and where one of several numbers is missing.", "", "min([3, 1, 2])", "1", extreme(-1)))
	greatest := repeated(of("max", series, "The greatest item of a list, or the greatest of several numbers; missing for an empty list, and where one of several numbers is missing.", "", "max(3, 1, 2)", "3", extreme(1)))
	least.result, greatest.result = numberOfAll, numberOfAll
	wmean := of("wmean", params(wantNumbers, []string{"xs", "errs"}), "Mean weighted by the errors; items without a value or a positive error are skipped.",
		"Σ x/err² / Σ 1/err²", "wmean([1, 4], [1, 2])", "1.6", weightedMean)
	percentile := of("percentile", []Param{{"xs", wantNumbers}, {"p", wantNumber}}, "The value below which p percent of the items lie, 0 to 100, interpolated between neighbours.",
		"numpy.percentile, method linear", "percentile([1, 2, 3, 4], 25)", "1.75", percentile)
	wmean.numbers = false
	return []Function{
		least, greatest,
		repeated(of("mean", series, "Arithmetic mean; missing for an empty list.", "Σ x / n", "mean([1, 2, 6])", "3", onArray((*machine).meanNumbers, mean))),
		repeated(of("median", series, "The middle item, or the mean of the two; missing for an empty list.", "", "median([1, 10, 2])", "2", onSeries(median))),
		of("stddev", list, "Standard deviation of a sample; missing for fewer than two items.", "√(Σ (x − mean)² / (n − 1))", "stddev([1, 2, 3])", "1", onArray((*machine).stddevNumbers, stddev)),
		of("skew", list, "Skewness; missing for fewer than two items, and where all are equal.", "Fisher–Pearson g1, as scipy.stats.skew", "round(skew([1, 2, 6]), 4)", "0.5952", onSeries(skewness)),
		percentile, wmean,
	}
}

func numberOfAll(args []*node) typ {
	all := typ{kind: nilKind}
	for _, arg := range args {
		t := arg.typ
		if t.kind == listKind {
			t = t.item()
		}
		all = join(all, t)
	}
	return numeric(all)
}

// extreme gives the least (sign −1) or greatest (sign 1) number.
func extreme(wanted int) func(*machine, []filter.Value) filter.Value {
	return func(m *machine, a []filter.Value) filter.Value {
		var best filter.Value
		keep := func(v filter.Value) {
			if sign, ok := order(v, best); v.IsNumber() && (best.IsMissing() || ok && sign == wanted) {
				best = v
			}
		}
		for _, arg := range a {
			if numbers := arg.Numbers(); numbers != nil {
				arg = m.extremeNumbers(numbers, wanted)
			}
			keep(arg)
			for _, item := range arg.List() {
				keep(item)
			}
		}
		return best
	}
}

// gather returns the numbers of all arguments, in room that the next call
// uses again.
func (m *machine) gather(args []filter.Value) []float64 {
	m.floats = m.floats[:0]
	for _, arg := range args {
		if arg.IsNumber() {
			m.floats = append(m.floats, arg.Float())
		}
		if numbers := arg.Numbers(); numbers != nil {
			m.gatherNumbers(numbers)
		}
		for _, item := range arg.List() {
			if item.IsNumber() {
				m.floats = append(m.floats, item.Float())
			}
		}
	}
	return m.floats
}

// onSeries lifts a statistic of one or more numbers, whose order it may change.
func onSeries(f func([]float64) float64) func(*machine, []filter.Value) filter.Value {
	return func(m *machine, a []filter.Value) filter.Value {
		xs := m.gather(a)
		if len(xs) == 0 {
			return filter.Value{}
		}
		return filter.FloatOf(f(xs))
	}
}

// onArray is a statistic that reads one array where it is, however large.
func onArray(f func(*machine, *filter.Numbers) filter.Value, otherwise func([]float64) float64) func(*machine, []filter.Value) filter.Value {
	gathered := onSeries(otherwise)
	return func(m *machine, a []filter.Value) filter.Value {
		if numbers := a[0].Numbers(); numbers != nil && len(a) == 1 {
			return f(m, numbers)
		}
		return gathered(m, a)
	}
}

func mean(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return sum / float64(len(xs))
}

func median(xs []float64) float64 {
	slices.Sort(xs)
	n := len(xs)
	if n%2 == 1 {
		return xs[n/2]
	}
	return (xs[n/2-1] + xs[n/2]) / 2
}

// moment returns the mean of (x − center) to the power of p, 2 or 3.
func moment(xs []float64, center float64, p int) float64 {
	sum := 0.0
	for _, x := range xs {
		d := x - center
		if p == 3 {
			sum += d * d * d
			continue
		}
		sum += d * d
	}
	return sum / float64(len(xs))
}

func stddev(xs []float64) float64 {
	n := float64(len(xs))
	if n < 2 {
		return math.NaN()
	}
	return math.Sqrt(moment(xs, mean(xs), 2) * n / (n - 1))
}

func skewness(xs []float64) float64 {
	if len(xs) < 2 {
		return math.NaN()
	}
	center := mean(xs)
	spread := moment(xs, center, 2)
	return moment(xs, center, 3) / (spread * math.Sqrt(spread))
}

func percentile(m *machine, a []filter.Value) filter.Value {
	xs, p := m.gather(a[:1]), a[1].Float()
	if p < 0 || p > 100 || len(xs) == 0 {
		return filter.Value{}
	}
	slices.Sort(xs)
	at := p / 100 * float64(len(xs)-1)
	low := int(at)
	if low+1 >= len(xs) {
		return filter.FloatOf(xs[low])
	}
	return filter.FloatOf(xs[low] + (at-float64(low))*(xs[low+1]-xs[low]))
}

func weightedMean(_ *machine, a []filter.Value) filter.Value {
	xs, errs := a[0].List(), a[1].List()
	sum, weights := 0.0, 0.0
	for i := range min(len(xs), len(errs)) {
		x, err := xs[i].Float(), errs[i].Float()
		if w := 1 / (err * err); x == x && err > 0 {
			sum, weights = sum+w*x, weights+w
		}
	}
	return filter.FloatOf(sum / weights)
}

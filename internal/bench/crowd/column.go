package crowd

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/expression"
	"github.com/skysift/skysift/runtime/decode/avro"
)

// column is one value of every alert of the night, and how filters ask for it.
//
// Invariant: sorted has the values that are there, ascending; values has NaN
// where one is missing.
type column struct {
	value string // an expression
	// above and below are clauses with %s for the threshold: they hold where
	// the value is above it, or below; "" where nobody asks so.
	above, below string
	values       []float64
	sorted       []float64
}

func plain(value string) column {
	return column{value: value, above: value + " > %s", below: value + " < %s"}
}

// cheapColumns are of the detection alone.
func cheapColumns() []column {
	var all []column
	for _, field := range []string{
		"magpsf", "sigmapsf", "rb", "drb", "fwhm", "classtar", "distnr", "magnr", "distpsnr1", "sgscore1",
		"ndethist", "ncovhist", "scorr", "chinr", "sharpnr", "elong", "diffmaglim", "ra", "dec", "seeratio", "sky", "srmag1",
	} {
		all = append(all, plain("candidate."+field))
	}
	all = append(all, plain("candidate.jd - candidate.jdstarthist"), plain("candidate.magnr - candidate.magpsf"),
		plain("candidate.sgmag1 - candidate.srmag1"))
	return append(all, column{
		value: "(candidate.ssdistnr ?? -1) < 0 ? 1000.0 : candidate.ssdistnr",
		above: "not (candidate.ssdistnr >= 0 and candidate.ssdistnr <= %s)",
	})
}

// dearColumns need the history, or the sky's geometry.
func dearColumns() []column {
	const latest = "latest(filter(prv_candidates, .magpsf != nil and .fid == candidate.fid)).magpsf - candidate.magpsf"
	const slope = "slope(map(prv_candidates, .jd), map(prv_candidates, .magpsf))"
	return []column{
		plain("len(prv_candidates)"),
		plain("count(prv_candidates, .magpsf != nil)"),
		plain(latest),
		plain(slope),
		plain("abs(gal_b(candidate.ra, candidate.dec))"),
		plain("ecl_lat(candidate.ra, candidate.dec)"),
		{value: "min(map(prv_candidates, .magpsf))", below: "any(prv_candidates, .magpsf < %s)"},
		{value: "max(map(prv_candidates, .magpsf))", above: "any(prv_candidates, .magpsf > %s)"},
		{value: "max(map(prv_candidates, .magpsf - candidate.magpsf))", above: "any(prv_candidates, .magpsf - candidate.magpsf > %s)"},
		{value: "min(map(prv_candidates, candidate.jd - .jd))", below: "any(prv_candidates, candidate.jd - .jd < %s)"},
		{value: "min(map(filter(prv_candidates, .fid == 1), .magpsf))", below: "any(prv_candidates, .fid == 1 and .magpsf < %s)"},
	}
}

// measure fills the columns' values from the alerts, by the language itself.
func measure(alerts [][]byte, columns []column, schema *filter.Schema) error {
	f := expression.Filter{Name: "all", Class: "all", Where: []string{"true"}}
	for i, c := range columns {
		f.Annotate = append(f.Annotate, expression.Annotation{Name: "c" + strconv.Itoa(i), Source: c.value})
	}
	set, mistakes := expression.Compile(expression.Program{Schema: schema, Filters: []expression.Filter{f}})
	if set == nil {
		return fmt.Errorf("the columns: %+v", mistakes)
	}
	evaluator, decoder := set.NewEvaluator(), avro.New().NewDecoder(set.Fields)
	for _, alert := range alerts {
		err := decoder.Decode(alert, func(a *filter.Alert) error {
			verdicts, err := evaluator.Evaluate(a)
			if err != nil {
				return err
			}
			for i, v := range verdicts[0].Annotations {
				columns[i].values = append(columns[i].values, v.Value.Float())
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for i := range columns {
		columns[i].sort()
	}
	return nil
}

func (c *column) sort() {
	c.sorted = slices.DeleteFunc(slices.Clone(c.values), math.IsNaN)
	slices.Sort(c.sorted)
}

// varied reports whether the column has enough values to draw thresholds from.
func (c *column) varied() bool {
	distinct := slices.Compact(slices.Clone(c.sorted))
	return len(distinct) >= 10
}

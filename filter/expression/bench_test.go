package expression

import (
	"fmt"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/schemas"
)

// cheapFilters returns n filters of five clauses on candidate alone, no two
// with a clause in common.
func cheapFilters(n int) Program {
	p := Program{Definitions: []Definition{{"positive", `candidate.isdiffpos in ["t", "1"]`}}}
	for i := range n {
		p.Filters = append(p.Filters, Filter{Name: fmt.Sprintf("f%d", i), Class: "c", Where: []string{
			fmt.Sprintf("candidate.magpsf < %d.%d", 30, i),
			fmt.Sprintf("candidate.rb > 0.%02d", i),
			"positive",
			fmt.Sprintf("candidate.jd - candidate.jdstarthist >= %d", -i),
			fmt.Sprintf("not (candidate.ssdistnr >= 0 and candidate.ssdistnr <= 0.%d) and candidate.fwhm < %d", i, i-100),
		}})
	}
	return p
}

const benchAlert = `{"candidate": {"magpsf": 18.2, "rb": 0.9, "isdiffpos": "t", "jd": 2460000.5, "jdstarthist": 2459990.5,
	"ssdistnr": -999.0, "fwhm": 2.5, "ra": 197.3, "dec": 7.2, "fid": 1, "sgscore1": 0.1, "distpsnr1": 3.5, "drb": null}}`

func benchmarkProgram(b *testing.B, p Program, root tree) {
	p.Schema = schemaOf(root)
	benchmarkSchema(b, p, root)
}

func benchmarkSchema(b *testing.B, p Program, root tree) {
	set := compiled(b, p)
	var a filter.Alert
	fill(&a, set.Fields, root)
	evaluator := set.NewEvaluator()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := evaluator.Evaluate(&a); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTenFilters judges ten filters of five clauses whose clauses all
// have to be evaluated: only the last is false.
func BenchmarkTenFilters(b *testing.B) {
	benchmarkProgram(b, cheapFilters(10), parseTree(b, benchAlert))
}

// BenchmarkOneFilter is the same with one filter.
func BenchmarkOneFilter(b *testing.B) {
	benchmarkProgram(b, cheapFilters(1), parseTree(b, benchAlert))
}

// history returns an alert with n earlier detections.
func history(b *testing.B, n int) tree {
	root := parseTree(b, benchAlert)
	var list []any
	for i := range n {
		list = append(list, tree{"jd": 2460000.5 - float64(n-i), "magpsf": 20 - 0.05*float64(i), "sigmapsf": 0.1, "fid": int64(i%2 + 1), "isdiffpos": "t"})
	}
	root["prv_candidates"] = list
	return root
}

// BenchmarkHistory evaluates list functions over 30 earlier detections.
func BenchmarkHistory(b *testing.B) {
	for name, clause := range map[string]string{
		"any":    "any(prv_candidates, .magpsf < 10)",
		"latest": "latest(filter(prv_candidates, .magpsf != nil and .fid == candidate.fid)).magpsf < 10",
		"slope":  "slope(map(prv_candidates, .jd), map(prv_candidates, .magpsf), map(prv_candidates, .sigmapsf)) > 10",
		"median": "median(map(prv_candidates, .magpsf)) < 10",
		"pairs":  "any(pairs(concat(prv_candidates, [candidate])), .later.jd - .earlier.jd > 100)",
	} {
		b.Run(name, func(b *testing.B) {
			benchmarkProgram(b, Program{Filters: []Filter{{Name: "f", Class: "c", Where: []string{clause}}}}, history(b, 30))
		})
	}
}

// BenchmarkView evaluates list functions over the history of the view, of ZTF and
// of Rubin, with 30 points.
func BenchmarkView(b *testing.B) {
	for survey, root := range map[string]tree{"ztf": history(b, 29), "lsst": rubinHistory(29)} {
		schema, err := schemas.Load(survey)
		if err != nil {
			b.Fatal(err)
		}
		for name, clause := range map[string]string{
			"any":    "any(alert.history, .mag < 10)",
			"latest": "latest(filter(alert.history, .detected and .band == alert.band)).mag < 10",
			"slope":  "slope(map(alert.history, .jd), map(alert.history, .mag), map(alert.history, .magerr)) > 10",
			"median": "median(map(alert.history, .mag)) < 10",
			"pairs":  "any(pairs(alert.history), .later.jd - .earlier.jd > 100)",
		} {
			b.Run(survey+"/"+name, func(b *testing.B) {
				benchmarkSchema(b, Program{Schema: schema, Filters: []Filter{{Name: "f", Class: "c", Where: []string{clause}}}}, root)
			})
		}
	}
}

// rubinHistory returns an alert of Rubin with n earlier detections and as many
// visits of forced photometry, which they are.
func rubinHistory(n int) tree {
	source := func(i int) tree {
		return tree{"diaSourceId": int64(i), "visit": int64(1000 + i), "midpointMjdTai": 60000.5 + float64(i), "band": []string{"g", "r"}[i%2], "psfFlux": 1000.0 + float64(i), "psfFluxErr": 20.0}
	}
	var earlier, forced []any
	for i := range n {
		earlier = append(earlier, source(i))
		row := source(i)
		delete(row, "diaSourceId")
		forced = append(forced, row)
	}
	return tree{"diaSource": source(n), "prvDiaSources": earlier, "prvDiaForcedSources": forced}
}

// BenchmarkRealAlerts judges the eight reference filters on real alerts.
func BenchmarkRealAlerts(b *testing.B) {
	alerts := realAlerts(b)
	p := referenceProgram(b)
	p.Schema = mergedSchema(alerts)
	set := compiled(b, p)
	filled := make([]filter.Alert, len(alerts))
	for i := range alerts {
		fill(&filled[i], set.Fields, alerts[i])
	}
	evaluator := set.NewEvaluator()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := evaluator.Evaluate(&filled[i%len(filled)]); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCompile compiles a thousand filters.
func BenchmarkCompile(b *testing.B) {
	p := cheapFilters(1000)
	p.Schema = schemaOf(parseTree(b, benchAlert))
	for b.Loop() {
		if set, _ := Compile(p); set == nil {
			b.Fatal("no set")
		}
	}
}

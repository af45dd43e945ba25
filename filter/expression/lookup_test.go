package expression

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// attributeTest writes a condition on one value, of the kind that is indexed.
func (w *writer) attributeTest(about string) string {
	constant := w.pick("18", "18.5", "0", "-1", "2.5", "19.25", "9007199254740991", "9007199254740993", "9223372036854775807", "1e300")
	d := w.deeper()
	if w.depth > 0 {
		switch w.IntN(4) {
		case 0:
			return fmt.Sprintf("(%s and %s)", d.attributeTest(about), d.attributeTest(about))
		case 1:
			return fmt.Sprintf("(%s or %s)", d.attributeTest(about), d.attributeTest(about))
		case 2:
			return fmt.Sprintf("not (%s)", d.attributeTest(about))
		}
	}
	switch w.IntN(4) {
	case 0:
		return fmt.Sprintf("%s %s nil", about, w.pick("==", "!="))
	case 1:
		return fmt.Sprintf(`%s %s [%s, nil, 2.5]`, about, w.pick("in", "not in"), constant)
	}
	return fmt.Sprintf("%s %s %s", about, w.pick("<", "<=", ">", ">=", "==", "!="), constant)
}

func (w *writer) indexedClause() string {
	if w.IntN(5) == 0 {
		return fmt.Sprintf(`candidate.name %s`, w.pick(`== "t"`, `!= "t"`, `in ["x", nil]`, `not in ["t", "SN Ia"]`, "== nil"))
	}
	return w.attributeTest(w.pick("candidate.mag", "candidate.score", "candidate.fid", "candid", "candidate.jd - candidate.mag"))
}

// TestAnIndexChangesNoVerdict compares sets large enough to be indexed with
// each filter alone, which is not.
func TestAnIndexChangesNoVerdict(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for range 4 {
		p := Program{Schema: randomSchema(), Definitions: randomDefinitions()}
		for i := range 150 {
			w := &writer{Rand: r, depth: 2}
			f := Filter{Name: fmt.Sprint(i), Class: "c", Where: []string{w.indexedClause(), w.indexedClause()}}
			if r.IntN(3) == 0 {
				f.Where = append(f.Where, w.condition())
			}
			if set, _ := Compile(Program{Schema: p.Schema, Definitions: p.Definitions, Filters: []Filter{f}}); set != nil {
				p.Filters = append(p.Filters, f)
			}
		}
		if e := compiled(t, p).NewEvaluator().(*evaluator); e.search == nil {
			t.Fatal("the set has no index: this test compares nothing")
		}
		compareSetWithAlone(t, r, p)
	}
}

func TestWhatIsIndexed(t *testing.T) {
	indexed := func(where string) bool {
		p := Program{Schema: randomSchema()}
		for i := range minTests {
			p.Filters = append(p.Filters, Filter{Name: fmt.Sprint(i), Class: "c", Where: []string{where}})
		}
		return compiled(t, p).NewEvaluator().(*evaluator).search != nil
	}
	for where, want := range map[string]bool{
		"candidate.mag < 18":                                                true,
		"18 > candidate.mag":                                                true,
		"candidate.jd - candidate.mag >= 2":                                 true,
		"(candidate.score ?? candidate.mag) > 0.5":                          true,
		`candidate.name in ["t", "1"]`:                                      true,
		"candidate.mag == nil or candidate.mag > 3":                         true,
		"not (candidate.score >= 0 and candidate.score <= 5)":               true,
		"candid == 9007199254740993":                                        false, // a float64 cannot tell it from its neighbours
		"candidate.mag < candidate.score":                                   false,
		"candidate.mag == nil or candidate.score > 3":                       false,
		"any(prv, .mag < 18)":                                               true, // as the least of the history
		"len(prv) > 3":                                                      true,
		`candidate.name contains "t"`:                                       false,
		"candidate.flag":                                                    false,
		"not (candidate.mag >= 0 and candidate.mag <= 5) or candidate.flag": false,
	} {
		if got := indexed(where); got != want {
			t.Errorf("%s: indexed is %v, want %v", where, got, want)
		}
	}
}

// BenchmarkIndexed judges sets of filters of five clauses each.
func BenchmarkIndexed(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			r := rand.New(rand.NewPCG(3, 3))
			var p Program
			for i := range n {
				p.Filters = append(p.Filters, Filter{Name: fmt.Sprint(i), Class: "c", Where: []string{
					fmt.Sprintf("candidate.magpsf < %.4f", 16+2.3*r.Float64()),
					fmt.Sprintf("candidate.rb > %.4f", 0.3+0.7*r.Float64()),
					`candidate.isdiffpos in ["t", "1"]`,
					fmt.Sprintf("candidate.jd - candidate.jdstarthist < %.3f", 30*r.Float64()),
					fmt.Sprintf("not (candidate.ssdistnr >= 0 and candidate.ssdistnr <= %.3f)", 10*r.Float64()),
				}})
			}
			benchmarkProgram(b, p, parseTree(b, benchAlert))
		})
	}
}

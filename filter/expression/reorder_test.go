package expression

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/testdata"
	"github.com/skysift/skysift/runtime/decode/avro"
)

// historyClause is a test of the history of the kinds that are indexed as a
// least or greatest value.
func (w *writer) historyClause() string {
	limit := w.pick("18", "18.5", "0", "-1", "2.5", "19.25")
	op := w.pick("<", "<=", ">", ">=")
	value := w.pick(".mag", ".jd", ".mag - candidate.mag", "candidate.jd - .jd", ".mag + candidate.score", ".fid", ".fid + 1")
	extra := w.pick("", "", " and .fid == 1", " and .fid != candidate.fid", " and xs[3] > 1", " and .mag != nil")
	clause := fmt.Sprintf("%s(prv, %s %s %s%s)", w.pick("any", "any", "none", "all"), value, op, limit, extra)
	if w.IntN(5) == 0 {
		clause = fmt.Sprintf("%s %s %s", w.pick("len(prv)", "max(xs)", "slope(map(prv, .jd), map(prv, .mag))", "xs[1]", "last(prv).mag - candidate.mag", "count(prv, .mag > 18)"), op, limit)
	}
	if w.IntN(6) == 0 {
		return "not (" + clause + ")"
	}
	return clause
}

// TestTheOrderOfClausesChangesNoVerdict judges so many alerts that clauses and
// attributes are sorted anew several times, and compares each verdict with that of
// the filter alone.
func TestTheOrderOfClausesChangesNoVerdict(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	p := Program{Schema: randomSchema(), Definitions: randomDefinitions()}
	for i := range 120 {
		w := &writer{Rand: r, depth: 1}
		f := Filter{Name: fmt.Sprint(i), Class: "c", Where: []string{w.indexedClause(), w.historyClause(), w.condition(), w.historyClause()}}
		r.Shuffle(len(f.Where), func(i, j int) { f.Where[i], f.Where[j] = f.Where[j], f.Where[i] })
		if set, _ := Compile(Program{Schema: p.Schema, Definitions: p.Definitions, Filters: []Filter{f}}); set != nil {
			p.Filters = append(p.Filters, f)
		}
	}
	set := compiled(t, p)
	together := set.NewEvaluator().(*evaluator)
	late := false
	for _, a := range together.plan.lookup.attributes {
		late = late || a.node.op == opExtreme
	}
	if !late || len(together.order.movable) < 20 {
		t.Fatal("nothing of the history is indexed, or there is nothing to sort: this test compares little")
	}
	before := together.spellOrder()
	compareOn(t, p, set, together, 1100, func(fields []filter.Field, i int) []filter.Value {
		var a filter.Alert
		fill(&a, fields, randomAlert(rand.New(rand.NewPCG(9, uint64(i)))))
		return a.Values
	})
	if together.spellOrder() == before {
		t.Error("no clause has changed its place")
	}
}

func (e *evaluator) spellOrder() string { return fmt.Sprint(e.order.sorted) }

// compareOn judges alerts by a set and by each of its filters alone.
func compareOn(t *testing.T, p Program, set *filter.Set, together filter.Evaluator, alerts int, values func(fields []filter.Field, i int) []filter.Value) {
	t.Helper()
	var got, want []string
	for i := range alerts {
		verdicts, err := together.Evaluate(&filter.Alert{Values: values(set.Fields, i)})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range verdicts {
			got = append(got, fmt.Sprintf("%d: %s", i, spell(v, v.Filter)))
		}
	}
	for j, f := range p.Filters {
		alone := compiled(t, Program{Schema: p.Schema, Definitions: p.Definitions, Filters: []Filter{f}})
		evaluator := alone.NewEvaluator()
		for i := range alerts {
			verdicts, _ := evaluator.Evaluate(&filter.Alert{Values: values(alone.Fields, i)})
			for _, v := range verdicts {
				want = append(want, fmt.Sprintf("%d: %s", i, spell(v, j)))
			}
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Fatalf("together %s\nalone    %s", got[i], want[i])
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d verdicts together, %d alone", len(got), len(want))
	}
}

// TestAnIndexChangesNoVerdictOnRealAlerts does the same with filters on ZTF's
// fields and ZTF's alerts, through the decoder.
func TestAnIndexChangesNoVerdictOnRealAlerts(t *testing.T) {
	var records [][]byte
	for _, file := range testdata.Files(t, ".avro", "ztf", "ztf_fink") {
		record, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, record)
	}
	r := rand.New(rand.NewPCG(10, 10))
	fields := []string{"candidate.magpsf", "candidate.rb", "candidate.drb", "candidate.fid", "candidate.jd - candidate.jdstarthist", "candidate.sgscore1",
		"candidate.distpsnr1", "candidate.ssdistnr", "candidate.fwhm", "candidate.classtar", "abs(gal_b(candidate.ra, candidate.dec))",
		"len(prv_candidates)", "slope(map(prv_candidates, .jd), map(prv_candidates, .magpsf))"}
	limits := []string{"0.3", "0.5", "0.9", "-999", "2", "5", "12", "17", "18.4", "19", "20"}
	loops := []string{".magpsf", ".magpsf - candidate.magpsf", "candidate.jd - .jd", ".fid == 1 and .magpsf"}
	pick := func(from []string) string { return from[r.IntN(len(from))] }
	p := Program{}
	for i := range 150 {
		f := Filter{Name: fmt.Sprint(i), Class: "c"}
		for range 1 + r.IntN(3) {
			clause := pick(fields) + pick([]string{" < ", " >= ", " > ", " != "}) + pick(limits)
			switch r.IntN(5) {
			case 0:
				clause = "not (" + clause + ")"
			case 1:
				clause = fmt.Sprintf("%s(prv_candidates, %s %s %s)", pick([]string{"any", "none"}), pick(loops), pick([]string{"<", ">"}), pick(limits))
			case 2:
				clause = fmt.Sprintf("cone(candidate.ra, candidate.dec, %d, %d, %d)", r.IntN(360), r.IntN(90), 5+r.IntN(90))
			}
			f.Where = append(f.Where, clause)
		}
		p.Filters = append(p.Filters, f)
	}
	set := compiled(t, p)
	kept := map[string][][]filter.Value{}
	values := func(fields []filter.Field, i int) []filter.Value {
		key := fmt.Sprint(fields)
		if kept[key] == nil {
			kept[key] = decoded(t, records, fields)
		}
		return kept[key][i%len(kept[key])]
	}
	compareOn(t, p, set, set.NewEvaluator(), max(300, len(records)), values)
}

func decoded(t *testing.T, records [][]byte, fields []filter.Field) (all [][]filter.Value) {
	decoder := avro.New().NewDecoder(fields)
	for _, record := range records {
		err := decoder.Decode(record, func(a *filter.Alert) error {
			if err := a.Load(); err != nil {
				return err
			}
			values := slices.Clone(a.Values)
			for i, v := range values {
				if v.Kind() == filter.List {
					values[i] = filter.ListOf(slices.Clone(v.List()))
				}
			}
			all = append(all, values)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestASuspendedFilterLeavesTheOthersTheirVerdicts(t *testing.T) {
	p := Program{Filters: []Filter{
		{Name: "before", Class: "c", Where: []string{"candidate.mag < 19"}},
		{Name: "dear", Class: "c", Where: []string{"candidate.mag < 19", "any(1..400, let a = #; any(1..400, # + a == 0))"}},
		{Name: "after", Class: "c", Where: []string{"candidate.mag < 19"}},
	}}
	set := compiled(t, p)
	evaluator := set.NewEvaluator()
	judge := func() []filter.Verdict {
		var a filter.Alert
		fill(&a, set.Fields, tree{"candidate": tree{"mag": 18.0}})
		verdicts, err := evaluator.Evaluate(&a)
		if err != nil {
			t.Fatal(err)
		}
		return slices.Clone(verdicts)
	}
	for range 2 * sampleEvery {
		judge()
	}
	evaluator.(filter.Poster).Post()
	before, dear := set.Accounts.Of(0), set.Accounts.Of(1)
	if dear.CPU < 100*before.CPU || dear.Evaluations != 2*sampleEvery || before.Passes != 2*sampleEvery || set.Accounts.Alerts() != 2*sampleEvery {
		t.Errorf("accounts: %+v of the cheap filter, %+v of the dear one", before, dear)
	}
	set.Accounts.Suspend(1, true)
	if verdicts := judge(); len(verdicts) != 3 || verdicts[0].Err != nil || !errors.Is(verdicts[1].Err, filter.ErrSuspended) || verdicts[2].Err != nil {
		t.Errorf("while it is suspended: %+v", verdicts)
	}
	set.Accounts.Suspend(1, false)
	if verdicts := judge(); len(verdicts) != 2 && errors.Is(verdicts[1].Err, filter.ErrSuspended) {
		t.Errorf("after it: %+v", verdicts)
	}
}

func TestAPlanSaysWhoAnswersAClause(t *testing.T) {
	p := Program{Schema: randomSchema()}
	for i := range 10 {
		p.Filters = append(p.Filters, Filter{Name: fmt.Sprint(i), Class: "c", Where: []string{
			fmt.Sprintf("candidate.mag < %d", i), fmt.Sprintf("any(prv, .mag - candidate.mag > %d)", i), fmt.Sprintf("any(prv, .mag > %d and .fid > 1)", i), "candidate.flag",
		}})
	}
	plan := compiled(t, p).Plan()
	var values []string
	for _, a := range plan.Attributes {
		values = append(values, a.Expression)
	}
	if got := strings.Join(values, "; "); got != "candidate.mag; max(map(prv, .mag)) - candidate.mag" {
		t.Errorf("indexed: %s", got)
	}
	f := plan.Filters[3]
	if len(f.Indexed) != 2 || f.Indexed[0].Clause != 1 || len(f.Rest) != 2 || f.Rest[0].Expression != "candidate.flag" || !f.Rest[1].Lazy {
		t.Errorf("filter: %+v", f)
	}
}

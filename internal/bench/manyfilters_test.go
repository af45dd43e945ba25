//go:build bench

package bench

import (
	"fmt"
	goruntime "runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/compile"
	"github.com/skysift/skysift/filter/expression"
	"github.com/skysift/skysift/internal/bench/crowd"
	"github.com/skysift/skysift/runtime/decode/avro"
	"github.com/skysift/skysift/schemas"
)

// crowdSize is how much of many filters is measured.
type crowdSize struct {
	night, alone, rounds int
	filters              []int
}

func crowdSizeOf() crowdSize {
	if testing.Short() {
		return crowdSize{night: 1000, alone: 50, rounds: 2, filters: []int{10, 100, 1000}}
	}
	return crowdSize{night: 2000, alone: 200, rounds: 3, filters: []int{10, 100, 1000, 10000}}
}

// crowdRow is what so many filters cost, in time per alert.
type crowdRow struct {
	filters              int
	inTurn, byFilter     time.Duration // one by one; see judgeInTurn, judgeByFilter
	judge, decode, whole time.Duration // together
	passes               float64       // filters that pass an alert
}

// TestManyFilters measures sets of filters in process, beside the same filters
// one by one. Nothing is asserted of the times: they are the machine's.
func TestManyFilters(t *testing.T) {
	size := crowdSizeOf()
	night := newNight(t, size.night)
	filters := night.Filters(slices.Max(size.filters), 1)
	var rows []crowdRow
	for _, n := range size.filters {
		rows = append(rows, measureCrowd(t, night, filters[:n], size))
	}
	fmt.Println(crowdTable(rows, size))
	fmt.Println(compileTable(t, night, filters, size.filters))
	fmt.Printf("250 filters × 10,000 alerts with decoding: %v (expected: ≤ 500ms on one core)\n", tenThousand(t, night, filters[:250]).Round(time.Millisecond))
}

func newNight(t testing.TB, alerts int) *crowd.Night {
	night, err := crowd.NewNight(alerts, 1)
	if err != nil {
		t.Fatal(err)
	}
	return night
}

func compileCrowd(t testing.TB, night *crowd.Night, filters []expression.Filter) *filter.Set {
	set, mistakes := expression.Compile(expression.Program{Schema: night.Schema, Filters: filters})
	if set == nil {
		t.Fatal(mistakes)
	}
	return set
}

func measureCrowd(t *testing.T, night *crowd.Night, filters []expression.Filter, size crowdSize) crowdRow {
	set := compileCrowd(t, night, filters)
	row := crowdRow{filters: len(filters)}
	decoded := decodeAll(t, night.Alerts, set.Fields)
	evaluator := set.NewEvaluator()
	passes := judgeAll(t, evaluator, decoded) // a first time, so that clauses are in order and all is warm
	row.passes = float64(passes) / float64(len(decoded))
	goruntime.GC()
	var judge, decode, whole []time.Duration
	for range size.rounds {
		for range judgeTimes { // so short that other work on the machine hits some and not others
			judge = append(judge, timed(func() { judgeAll(t, evaluator, decoded[:size.alone]) }))
		}
		decode = append(decode, timed(func() { stream(t, night.Alerts, set.Fields, nil) }))
		whole = append(whole, timed(func() { stream(t, night.Alerts, set.Fields, evaluator) }))
	}
	each := time.Duration(len(decoded))
	row.judge = slices.Min(judge) / time.Duration(size.alone) // the alerts of one by one
	row.decode, row.whole = slices.Min(decode)/each, slices.Min(whole)/each
	row.inTurn, row.byFilter = measureAlone(t, night, filters, decoded[:size.alone], set.Fields, size.rounds)
	return row
}

// judgeTimes is how often a round judges the alerts together.
const judgeTimes = 30

// mostAlone is how many filters are measured one by one; what more would cost
// is taken to be in proportion.
const mostAlone = 1000

// measureAlone is the time per alert of judging by each filter as a set of its
// own, decoding left out, in the two orders.
func measureAlone(
	t testing.TB, night *crowd.Night, filters []expression.Filter, alerts []filter.Alert, fields []filter.Field, rounds int,
) (inTurn, byFilter time.Duration) {
	singles := newSingles(t, night, filters[:min(len(filters), mostAlone)], fields)
	if a, b := judgeInTurn(t, singles, alerts), judgeByFilter(t, singles, alerts); a != b {
		t.Fatalf("%d passes in one order, %d in the other", a, b)
	}
	goruntime.GC()
	inTurn, byFilter = time.Hour, time.Hour
	for range rounds {
		inTurn = min(inTurn, timed(func() { judgeInTurn(t, singles, alerts) }))
		byFilter = min(byFilter, timed(func() { judgeByFilter(t, singles, alerts) }))
	}
	share := float64(len(filters)) / float64(len(singles)) / float64(len(alerts))
	return time.Duration(float64(inTurn) * share), time.Duration(float64(byFilter) * share)
}

// timed is the CPU time that the work took: other work on the machine does not
// count.
func timed(work func()) time.Duration {
	began := cpuTime()
	work()
	return cpuTime() - began
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func judgeAll(t testing.TB, evaluator filter.Evaluator, alerts []filter.Alert) (passes int) {
	for i := range alerts {
		verdicts, err := evaluator.Evaluate(&alerts[i])
		if err != nil {
			t.Fatal(err)
		}
		passes += len(verdicts)
	}
	return passes
}

// stream decodes alerts and judges them, as a worker does.
func stream(t testing.TB, alerts [][]byte, fields []filter.Field, evaluator filter.Evaluator) {
	decoder := avro.New().NewDecoder(fields)
	each := func(a *filter.Alert) error {
		if evaluator == nil {
			return nil
		}
		_, err := evaluator.Evaluate(a)
		return err
	}
	for _, alert := range alerts {
		if err := decoder.Decode(alert, each); err != nil {
			t.Fatal(err)
		}
	}
}

// decodeAll decodes alerts whole, lazy fields and all, to be kept.
func decodeAll(t testing.TB, alerts [][]byte, fields []filter.Field) []filter.Alert {
	kept := make([]filter.Alert, 0, len(alerts))
	decoder := avro.New().NewDecoder(fields)
	for _, alert := range alerts {
		err := decoder.Decode(alert, func(a *filter.Alert) error {
			if err := a.Load(); err != nil {
				return err
			}
			values := slices.Clone(a.Values)
			for i, v := range values {
				if v.Kind() == filter.List {
					values[i] = filter.ListOf(slices.Clone(v.List()))
				}
			}
			kept = append(kept, filter.Alert{Values: values})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return kept
}

// tenThousand is the time of decoding and judging ten thousand alerts.
func tenThousand(t *testing.T, night *crowd.Night, filters []expression.Filter) time.Duration {
	set := compileCrowd(t, night, filters)
	var alerts [][]byte
	for len(alerts) < 10_000 {
		alerts = append(alerts, night.Alerts[:min(len(night.Alerts), 10_000-len(alerts))]...)
	}
	return timed(func() { stream(t, alerts, set.Fields, set.NewEvaluator()) })
}

func crowdTable(rows []crowdRow, size crowdSize) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CPU time per alert, on %d simulated alerts in the size of real ones. One by one: each filter as a set of its own, on %d of the alerts, decoded\n"+
		"once for all filters and that time left out: alert by alert, as a stream brings them, and filter by filter over all alerts at once, which is kindest to\n"+
		"the processor's caches and needs a batch to wait for (of more than %d filters so many are measured).\n\n", size.night, size.alone, mostAlone)
	b.WriteString("| filters | passing an alert | together | one by one, alert by alert | times as fast | filter by filter | times as fast | decoding | decoding and judging | of that of the fewest |\n" +
		"|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %d | %.2f | %v | %v | %.1f | %v | %.1f | %v | %v | %.1f |\n", r.filters, r.passes, r.judge,
			r.inTurn, float64(r.inTurn)/float64(r.judge), r.byFilter, float64(r.byFilter)/float64(r.judge),
			r.decode, r.whole, float64(r.whole)/float64(rows[0].whole))
	}
	return b.String()
}

// compileTable is what it takes to make a set anew, from texts to index.
func compileTable(t *testing.T, night *crowd.Night, filters []expression.Filter, sizes []int) string {
	var b strings.Builder
	b.WriteString("| filters | compiled and indexed | read from YAML too |\n|---:|---:|---:|\n")
	for _, n := range sizes {
		compiled := timed(func() { compileCrowd(t, night, filters[:n]) })
		fmt.Fprintf(&b, "| %d | %v | %v |\n", n, compiled.Round(time.Millisecond), loadCrowd(t, filters[:n]).Round(time.Millisecond))
	}
	return b.String()
}

func loadCrowd(t *testing.T, filters []expression.Filter) time.Duration {
	dir := t.TempDir()
	if err := crowd.WriteYAML(dir, filters); err != nil {
		t.Fatal(err)
	}
	return timed(func() {
		if _, set, report := compile.Load(dir, nil, schemas.Load); set == nil {
			t.Fatal(report.Mistakes)
		}
	})
}

// BenchmarkManyFilters judges alerts by sets of filters, without decoding.
func BenchmarkManyFilters(b *testing.B) {
	night := newNight(b, 1000)
	filters := night.Filters(10000, 1)
	for _, n := range []int{10, 100, 1000, 10000} {
		set := compileCrowd(b, night, filters[:n])
		decoded := decodeAll(b, night.Alerts, set.Fields)
		evaluator := set.NewEvaluator()
		judgeAll(b, evaluator, decoded)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := evaluator.Evaluate(&decoded[i%len(decoded)]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

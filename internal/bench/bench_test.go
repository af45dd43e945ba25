//go:build bench

package bench

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	goruntime "runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/skysift/skysift/internal/kafkatest"
	"github.com/skysift/skysift/internal/skysifttest"
)

var write = flag.Bool("write", false, "write the results to docs/benchmarks.md")

// One in so many alerts of a topic passes.
const (
	every3   = 3
	every100 = 100
)

// size is how much is measured: with -short enough to see that all of it works.
type size struct {
	alerts, python, rounds int
	live                   time.Duration
}

func sizeOf() size {
	if testing.Short() {
		return size{alerts: 1600, python: 320, rounds: 1, live: 5 * time.Second}
	}
	return size{alerts: 20_000, python: 4800, rounds: 5, live: 30 * time.Second}
}

// warmUps is how many rounds are not measured, first.
func (s size) warmUps() int { return min(s.rounds, 3) }

// results are all that was measured, in rounds.
type results struct {
	size      size
	stock     stock
	version   string // of Kafka
	bare      []measure
	third     []measure
	percent   []measure
	python    []measure
	projected []measure
	latency   latencies
}

func TestBenchmark(t *testing.T) {
	size := sizeOf()
	binary := skysifttest.Build(t)
	cluster := kafkatest.Start(t, kafkatest.Options{Brokers: 1})
	r := results{size: size, stock: newStock(t, binary), version: cluster.Version()}
	for range size.warmUps() {
		r.latency = measureLatency(t, cluster, binary, r.stock, size.live) // the last one counts
	}
	debug.FreeOSMemory() // a child's peak counts from what its parent had
	third, thirdPassing := load(t, cluster, r.stock, size.alerts, every3)
	percent, percentPassing := load(t, cluster, r.stock, size.alerts, every100)
	outputs := createOutputs(t, cluster, nil)
	for range size.warmUps() { // so that the broker has compiled what all of them use
		measureBare(t, cluster, percent)
		measureSkysift(t, cluster, binary, percent, outputs, percentPassing)
		measureSkysift(t, cluster, binary, third, outputs, thirdPassing)
	}
	for range size.rounds {
		r.bare = append(r.bare, measureBare(t, cluster, third))
		r.third = append(r.third, measureSkysift(t, cluster, binary, third, outputs, thirdPassing))
		r.bare = append(r.bare, measureBare(t, cluster, percent))
		r.percent = append(r.percent, measureSkysift(t, cluster, binary, percent, outputs, percentPassing))
		r.python = append(r.python, measurePython(t, cluster, third, outputs, size.python, "full"))
		r.projected = append(r.projected, measurePython(t, cluster, third, outputs, size.python, "projected"))
	}
	r.checkSane(t)
	table := r.table()
	fmt.Println(table)
	if *write {
		file := filepath.Join(skysifttest.Root(), "docs", "benchmarks.md")
		if err := os.WriteFile(file, []byte(table), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// checkSane checks that what was measured is what was meant. How fast it was is
// in the table, not asserted: that depends on the machine and its load.
func (r *results) checkSane(t *testing.T) {
	for name, runs := range map[string][]measure{"bare": r.bare, "third": r.third, "percent": r.percent} {
		for _, m := range runs {
			if m.alerts != r.size.alerts || m.rate <= 0 || m.cpu <= 0 || m.rss <= 0 {
				t.Errorf("%s: %+v of %d alerts", name, m, r.size.alerts)
			}
		}
	}
	if want := passingAmong(int(r.size.live.Seconds()*liveRate), every3); len(r.latency) < want {
		t.Errorf("%d of %d passing alerts have a latency", len(r.latency), want)
	}
}

// table is the results as a page.
func (r *results) table() string {
	var b strings.Builder
	bare, third, python := median(r.bare), median(r.third), median(r.python)
	fmt.Fprintf(&b, "# Benchmarks\n\nWritten by `make bench` on %s, %d CPUs (%s), %s.\n\n",
		cpuModel(), goruntime.NumCPU(), goruntime.GOARCH, goruntime.Version())
	fmt.Fprintf(&b, "One Apache Kafka %s broker on the same machine; %d alerts on %d partitions, on average %.0f kB where a third passes\n"+
		"and %.0f kB where 1 %% does, %s; ten filters\n(`internal/bench/testdata/filters.yaml`), acks=all. Medians of interleaved runs, lowest and highest in brackets.\n\n",
		r.version, r.size.alerts, partitions, r.stock.meanSize(1.0/every3)/1e3, r.stock.meanSize(1.0/every100)/1e3, r.origin())
	b.WriteString("| | alerts/s | of bare | CPU per alert | peak memory |\n|---|---:|---:|---:|---:|\n")
	row := func(name string, runs []measure) {
		m := median(runs)
		low, high := spread(runs)
		fmt.Fprintf(&b, "| %s | %.0f (%.0f–%.0f) | %.2f | %.0f µs | %.0f MB |\n", name, m.rate, low, high, m.rate/bare.rate, m.cpu*1e6, float64(m.rss)/1e6)
	}
	row("bare consumption, kafka-go `Client.Fetch`", r.bare)
	row("`skysift run`, 1 % pass", r.percent)
	row("`skysift run`, a third passes", r.third)
	row(fmt.Sprintf("Python worker, a third passes (%d alerts)", r.size.python), r.python)
	row("the same, decoding only what the filters need", r.projected)
	fmt.Fprintf(&b, "\nWhere a third passes, skysift is %.1f times as fast as the Python worker on 1/%.0f of its CPU per alert.\n",
		third.rate/python.rate, python.cpu/third.cpu)
	fmt.Fprintf(&b, "\nLatency from the append of an alert to the append of its output, by the broker's clock, at %d alerts/s for %v, a third passing\n"+
		"(%d outputs): p50 %v, p99 %v, highest %v.\n\n", liveRate, r.size.live, len(r.latency),
		r.latency.percentile(50), r.latency.percentile(99), r.latency.percentile(100))
	if !testing.Short() { // so few alerts tell little
		b.WriteString(r.aims())
	}
	return b.String()
}

// aims is what was hoped for, beside what was measured.
func (r *results) aims() string {
	bare, third, percent, python := median(r.bare), median(r.third), median(r.percent), median(r.python)
	return aimTable([]aim{
		{"≥ 0.85 of bare consumption where 1 % pass", fmt.Sprintf("%.2f", percent.rate/bare.rate), percent.rate >= 0.85*bare.rate},
		{"≥ 0.6 of it where a third passes", fmt.Sprintf("%.2f", third.rate/bare.rate), third.rate >= 0.6*bare.rate},
		{"≥ 10 times the Python worker's rate", fmt.Sprintf("%.1f", third.rate/python.rate), third.rate >= 10*python.rate},
		{"≤ 1/8 of its CPU per alert", fmt.Sprintf("1/%.1f", python.cpu/third.cpu), python.cpu >= 8*third.cpu},
		{"≤ 400 MB", fmt.Sprintf("%.0f MB", float64(max(third.rss, percent.rss))/1e6), max(third.rss, percent.rss) <= 400e6},
		{"p99 ≤ 50 ms", r.latency.percentile(99).String(), r.latency.percentile(99) <= 50*time.Millisecond},
	})
}

// aim is what was hoped for, and what was measured.
type aim struct {
	name, measured string
	met            bool
}

func aimTable(aims []aim) string {
	var b strings.Builder
	b.WriteString("| aim | measured | |\n|---|---:|---|\n")
	for _, aim := range aims {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", aim.name, aim.measured, map[bool]string{true: "met", false: "**missed**"}[aim.met])
	}
	return b.String()
}

func (r *results) origin() string {
	if r.stock.real {
		return fmt.Sprintf("repeated from %d real ZTF alerts", len(r.stock.passing)+len(r.stock.others))
	}
	return fmt.Sprintf("repeated from %d simulated alerts", len(r.stock.passing)+len(r.stock.others))
}

func cpuModel() string {
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "an unknown CPU"
}

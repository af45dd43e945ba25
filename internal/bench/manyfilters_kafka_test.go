//go:build bench

package bench

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skysift/skysift/internal/bench/crowd"
	"github.com/skysift/skysift/internal/kafkatest"
	"github.com/skysift/skysift/internal/skysifttest"
)

// never is a clause that no alert meets and that is judged last: it reads the
// history. With it filters cost what they cost, and nothing is passed on.
const never = "count(prv_candidates, .jd < 0) > candidate.jd"

// TestManyFiltersThroughKafka measures whole runs by ten, a hundred and a
// thousand filters on one topic, in turns: as they are, when nearly every alert passes one
// of a thousand, and so that nothing passes and only judging differs.
func TestManyFiltersThroughKafka(t *testing.T) {
	size := sizeOf()
	size.alerts *= 3 // so many that what it takes to compile a thousand filters, some tenths of a second, is little of a run
	size.rounds = min(size.rounds, 3)
	binary := skysifttest.Build(t)
	cluster := kafkatest.Start(t, kafkatest.Options{Brokers: 1})
	night := newNight(t, crowdSizeOf().night)
	topic, _ := load(t, cluster, stock{passing: night.Alerts, others: night.Alerts}, size.alerts, 2)
	var sets []*crowdRuns
	for _, passing := range []bool{false, true} {
		for _, n := range []int{10, 100, 1000} {
			sets = append(sets, newCrowdRuns(t, night, n, passing))
		}
	}
	measureCrowdRun(t, cluster, binary, topic, sets[0].dir) // a first time, so that all are warm
	for range size.rounds {
		for _, s := range sets {
			s.runs = append(s.runs, measureCrowdRun(t, cluster, binary, topic, s.dir))
		}
	}
	var b strings.Builder
	b.WriteString("| filters | | alerts/s | of ten filters' | CPU per alert | peak memory |\n|---:|---|---:|---:|---:|---:|\n")
	for i, s := range sets {
		m, ten := median(s.runs), median(sets[i/3*3].runs)
		low, high := spread(s.runs)
		fmt.Fprintf(&b, "| %d | %s | %.0f (%.0f–%.0f) | %.2f | %.0f µs | %.0f MB |\n", s.filters,
			map[bool]string{true: "passing alerts on", false: "judging only"}[s.passing], m.rate, low, high, m.rate/ten.rate, m.cpu*1e6, float64(m.rss)/1e6)
		if m.alerts != size.alerts {
			t.Errorf("%d filters judged %d alerts of %d", s.filters, m.alerts, size.alerts)
		}
	}
	fmt.Println(b.String())
}

// crowdRuns are the runs by one set of filters.
type crowdRuns struct {
	filters int
	passing bool
	dir     string
	runs    []measure
}

func newCrowdRuns(t *testing.T, night *crowd.Night, n int, passing bool) *crowdRuns {
	filters := night.Filters(n, 1)
	if !passing {
		for i := range filters {
			filters[i].Where = append(filters[i].Where, never)
		}
	}
	s := &crowdRuns{filters: n, passing: passing, dir: t.TempDir()}
	if err := crowd.WriteYAML(s.dir, filters); err != nil {
		t.Fatal(err)
	}
	return s
}

func measureCrowdRun(t *testing.T, cluster *kafkatest.Cluster, binary skysifttest.Binary, topic, filters string) measure {
	name := kafkatest.UniqueName(t)
	p := binary.Run(t, enough, "run", "--filters", filepath.Clean(filters), "--brokers", cluster.Bootstrap(), "--topics", topic,
		"--group", name, "--start", "earliest", "--until-end", "--listen", "off",
		"--output-topic", name+".{class}", "--output", "json", "--log-level", "warn")
	s := p.Summary(t)
	deleteTopics(t, cluster, name)
	usage := p.Usage()
	return measure{
		alerts: int(s.Consumed), rate: float64(s.Consumed) / s.Seconds,
		cpu: usage.CPU.Seconds() / float64(s.Consumed), rss: usage.PeakRSS,
	}
}

//go:build bench

package bench

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/skysift/skysift/internal/kafkatest"
	"github.com/skysift/skysift/internal/skysifttest"
)

// asked are files of filters: the ten, and one whose plug-in, in Go, is asked
// about a tenth of all alerts. It passes none, so that what is produced is the
// same with it and without.
type asked struct {
	share   float64 // of the alerts that it is asked about
	serving string
	broken  string // its process ends when it is asked, and soon after it is up
	flaps   string // its process answers, and ends soon after it is up
}

// pluginResults are runs by the ten filters alone, and beside a plug-in.
type pluginResults struct {
	share                    float64
	alerts                   int
	without, serving         []measure
	steady, down             []measure     // from a quarter of the topic on
	steadyWhole, downFromNil []measure     // from the first alert on
	flapping                 []measure     // likewise
	start                    time.Duration // CPU time that one start of the plug-in takes
}

// TestPluginFilters measures what a plug-in costs the filters beside it: one that
// serves, one that is down, and one that comes up and fails again and again.
func TestPluginFilters(t *testing.T) {
	size := sizeOf()
	size.alerts *= 3 // so many that one start more or less is little of a run
	binary := skysifttest.Build(t)
	cluster := kafkatest.Start(t, kafkatest.Options{Brokers: 1})
	s := newStock(t, binary)
	topic, passing := load(t, cluster, s, size.alerts, every100)
	outputs := createOutputs(t, cluster, nil)
	with := newAsked(t, binary)
	for range size.warmUps() {
		measureFilters(t, cluster, binary, with.serving, topic, outputs, passing)
	}
	r := pluginResults{share: with.share, alerts: size.alerts}
	for range size.rounds {
		r.without = append(r.without, measureSkysift(t, cluster, binary, topic, outputs, passing))
		r.measure(t, cluster, binary, with, topic, outputs, passing)
	}
	fmt.Println(r.table())
	if !testing.Short() {
		fmt.Println(r.aims())
	}
}

// rests is what the log says when a plug-in that fails again and again has
// begun to rest for longer than a run takes. Its starts are measured apart: how many fall into
// a run of a second or two is chance.
const rests = "failures=8 "

// measure adds a round to all runs but those without, which come from outside. Which
// of two that are compared goes first changes from round to round.
func (r *pluginResults) measure(t *testing.T, cluster *kafkatest.Cluster, binary skysifttest.Binary, with asked, topic, outputs string, passing int) {
	r.serving = append(r.serving, measureFilters(t, cluster, binary, with.serving, topic, outputs, passing))
	steady := func() {
		whole, steady, _ := measureJudging(t, cluster, binary, filters(), topic, outputs, "metrics and health")
		r.steadyWhole, r.steady = append(r.steadyWhole, whole), append(r.steady, steady)
	}
	down := func() {
		whole, steady, held := measureJudging(t, cluster, binary, with.broken, topic, outputs, rests)
		if got := float64(held) / float64(whole.alerts); got < with.share/2 || got > with.share*2 {
			t.Errorf("%d of %d alerts are held while the plug-in is down, not about %.2f", held, whole.alerts, with.share)
		}
		r.downFromNil, r.down = append(r.downFromNil, whole), append(r.down, steady)
	}
	if len(r.steady)%2 == 0 {
		steady()
		down()
	} else {
		down()
		steady()
	}
	whole, _, _ := measureJudging(t, cluster, binary, with.flaps, topic, outputs, "metrics and health")
	r.flapping = append(r.flapping, whole)
	if r.start == 0 {
		r.start = measureStart(t, cluster, binary, with.broken, topic, outputs)
	}
}

// measureStart is the CPU time of one start of a plug-in that fails, its keeper's and
// its digest's included, while nothing else is done.
func measureStart(t *testing.T, cluster *kafkatest.Cluster, binary skysifttest.Binary, filters, topic, outputs string) time.Duration {
	cluster.Pause(t, 0)
	defer cluster.Resume(t, 0)
	until := func(failures int) time.Duration {
		p := startRun(t, cluster, binary, filters, topic, outputs)
		p.AwaitLog(t, fmt.Sprintf("failures=%d ", failures), enough)
		p.Kill()
		return p.Usage().CPU
	}
	const few, many = 2, 7
	return (until(many) - until(few)) / (many - few)
}

func startRun(t *testing.T, cluster *kafkatest.Cluster, binary skysifttest.Binary, filters, topic, outputs string) *skysifttest.Process {
	return binary.Start(t, "run", "--filters", filters, "--brokers", cluster.Bootstrap(), "--topics", topic,
		"--group", kafkatest.UniqueName(t), "--start", "earliest", "--listen", "127.0.0.1:0", "--output-topic", outputs+".{class}", "--output", "json")
}

// aims are of the throughput of the filters beside the plug-in.
func (r *pluginResults) aims() string {
	serving, down := median(r.serving).rate/median(r.without).rate, median(r.down).rate/median(r.steady).rate
	whole, flapping := median(r.downFromNil).rate/median(r.steadyWhole).rate, median(r.flapping).rate/median(r.steadyWhole).rate
	return aimTable([]aim{
		{"≥ 0.9 of the throughput with a plug-in that is asked about 10 %", fmt.Sprintf("%.2f", serving), serving >= 0.9},
		{"≥ 0.8 of it while that plug-in is down", fmt.Sprintf("%.2f", down), down >= 0.8},
		{"the same, from the first alert on", fmt.Sprintf("%.2f", whole), whole >= 0.8},
		{"≥ 0.8 beside one that answers and fails again and again", fmt.Sprintf("%.2f", flapping), flapping >= 0.8},
	})
}

func (r *pluginResults) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "One more filter, whose plug-in in Go is asked about %.0f %% of %d alerts and passes none; 1 %% pass the ten. Each pair of rows\n"+
		"compares the ten filters without it and with it. While it is down a run has no end: measured is until the ten have judged all alerts,\n"+
		"while it rests between two starts; CPU and memory are those of the starts before too. One start takes %d ms of CPU; they come a second\n"+
		"after the fifth failure, and in the end once a minute.\n\n", 100*r.share, r.alerts, r.start.Milliseconds())
	b.WriteString("| | alerts/s | of that without | CPU per alert | peak memory |\n|---|---:|---:|---:|---:|\n")
	row := func(name string, runs, without []measure) {
		m := median(runs)
		low, high := spread(runs)
		fmt.Fprintf(&b, "| %s | %.0f (%.0f–%.0f) | %.2f | %.0f µs | %.0f MB |\n", name, m.rate, low, high, m.rate/median(without).rate, m.cpu*1e6, float64(m.rss)/1e6)
	}
	row("`skysift run` by the ten filters", r.without, r.without)
	row("with the plug-in", r.serving, r.without)
	row("the ten, from a quarter of the topic on", r.steady, r.steady)
	row("with the plug-in down, `on_failure: hold`", r.down, r.steady)
	row("the ten, from the first alert on", r.steadyWhole, r.steadyWhole)
	row("with the plug-in down", r.downFromNil, r.steadyWhole)
	row("with one that answers and fails all 0.3 s", r.flapping, r.steadyWhole)
	return b.String()
}

func newAsked(t *testing.T, binary skysifttest.Binary) asked {
	dir := t.TempDir()
	program := filepath.Join(dir, "multiples")
	build := exec.Command("go", "build", "-o", program, "./internal/multiples")
	build.Dir = skysifttest.Root()
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the plug-in: %v\n%s", err, out)
	}
	file, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	ten, err := os.ReadFile(filters())
	if err != nil {
		t.Fatal(err)
	}
	where, share := tenth(t, binary)
	write := func(name, args string) string {
		text := fmt.Sprintf("%s\n  - name: asked\n    class: asked\n    where: %s\n    plugin: {path: %s, sha256: %x, args: [%s]}\n",
			ten, where, program, sha256.Sum256(file), args)
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	flaps := write("flaps.yaml", fmt.Sprintf("-of, '%d', -lives, 300ms", math.MaxInt64))
	return asked{share, write("serving.yaml", fmt.Sprintf("-of, '%d'", math.MaxInt64)), write("broken.yaml", "-broken, -lives, 300ms"), flaps}
}

// tenth finds a clause that about a tenth of the stock meets.
func tenth(t *testing.T, binary skysifttest.Binary) (clause string, share float64) {
	files, isReal := realFiles(t)
	if !isReal {
		files = simulatedFiles(t)
	}
	text := "version: 1\nstream: {survey: ztf}\nfilters:\n"
	clauses := map[string]string{}
	for divisor := 8; divisor < 13; divisor++ {
		for rest := range divisor {
			class := fmt.Sprintf("d%d-%d", divisor, rest)
			clauses[class] = fmt.Sprintf("candid %% %d == %d", divisor, rest)
			text += fmt.Sprintf("  - {name: %s, class: %s, where: %s}\n", class, class, clauses[class])
		}
	}
	digits := filepath.Join(t.TempDir(), "digits.yaml")
	if err := os.WriteFile(digits, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	meets := map[string]int{}
	lines := bufio.NewScanner(strings.NewReader(binary.Run(t, enough, append([]string{"replay", "--filters", digits, "--output", "json"}, files...)...).Stdout()))
	for lines.Scan() {
		var match struct{ Class string }
		if err := json.Unmarshal(lines.Bytes(), &match); err != nil {
			t.Fatal(err)
		}
		meets[match.Class]++
	}
	best := math.Inf(1)
	for class, each := range clauses {
		of := float64(meets[class]) / float64(len(files))
		if off := math.Abs(of - 0.1); off < best {
			best, clause, share = off, each, of
		}
	}
	return clause, share
}

// measureJudging runs skysift until all alerts of a topic are judged, which is
// not their end where a plug-in owes verdicts: from the first of them on, and
// from a quarter of them on. The broker stands still until the log says that
// all is ready: a plug-in that is down has then failed so often that it rests. held is how many owe a verdict then.
func measureJudging(t *testing.T, cluster *kafkatest.Cluster, binary skysifttest.Binary, filters, topic, outputs, ready string) (whole, steady measure, held int) {
	total := 0
	for _, span := range cluster.Spans(t, topic) {
		total += int(span.End - span.Start)
	}
	cluster.Pause(t, 0)
	p := startRun(t, cluster, binary, filters, topic, outputs)
	p.AwaitLog(t, ready, enough)
	cluster.Resume(t, 0)
	p.AwaitLog(t, "joined", enough)
	begun, quarter, quarterAt := time.Now(), 0, time.Time{}
	url := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(p.Log()) + "/metrics"
	for n := 0; n < total; time.Sleep(10 * time.Millisecond) {
		if n = metricNow(t, url, "skysift_alerts_consumed_total"); n >= total/4 && quarterAt.IsZero() {
			quarter, quarterAt = n, time.Now()
		}
		if time.Since(begun) > enough {
			t.Fatalf("%d of %d alerts are judged after %v", n, total, enough)
		}
	}
	now := time.Now()
	held = metricNow(t, url, "skysift_records_held")
	p.Kill()
	usage := p.Usage()
	whole = measure{alerts: total, rate: float64(total) / now.Sub(begun).Seconds(), cpu: usage.CPU.Seconds() / float64(total), rss: usage.PeakRSS}
	steady = whole
	steady.rate = float64(total-quarter) / now.Sub(quarterAt).Seconds()
	return whole, steady, held
}

// metricNow is the sum of a metric's values.
func metricNow(t *testing.T, url, name string) (sum int) {
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if !strings.HasPrefix(lines.Text(), name) {
			continue
		}
		value, err := strconv.ParseFloat(lines.Text()[strings.LastIndexByte(lines.Text(), ' ')+1:], 64)
		if err != nil {
			t.Fatal(err)
		}
		sum += int(value)
	}
	return sum
}

//go:build bench

package bench

import (
	"cmp"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/skysift/skysift/internal/kafkatest"
	"github.com/skysift/skysift/internal/pythontest"
	"github.com/skysift/skysift/internal/skysifttest"
)

// measure is what one run came to.
type measure struct {
	alerts int
	rate   float64 // alerts a second
	cpu    float64 // seconds of CPU per alert
	rss    int64   // peak, in bytes
}

// median returns the run in the middle by rate.
func median(runs []measure) measure {
	runs = slices.SortedFunc(slices.Values(runs), func(a, b measure) int { return cmp.Compare(a.rate, b.rate) })
	return runs[len(runs)/2]
}

// spread is the lowest and the highest rate.
func spread(runs []measure) (low, high float64) {
	low, high = runs[0].rate, runs[0].rate
	for _, r := range runs {
		low, high = min(low, r.rate), max(high, r.rate)
	}
	return low, high
}

// measureSkysift runs skysift over a topic to its end. The rate is the one it
// tells itself, from joining the group to its last commit; CPU time and memory
// are the whole process's.
func measureSkysift(t *testing.T, cluster *kafkatest.Cluster, binary skysifttest.Binary, topic, outputs string, passing int) measure {
	return measureFilters(t, cluster, binary, filters(), topic, outputs, passing)
}

// measureFilters is measureSkysift by another file of filters.
func measureFilters(t *testing.T, cluster *kafkatest.Cluster, binary skysifttest.Binary, filters, topic, outputs string, passing int) measure {
	p := binary.Run(t, enough, "run", "--filters", filters, "--brokers", cluster.Bootstrap(), "--topics", topic,
		"--group", kafkatest.UniqueName(t), "--start", "earliest", "--until-end", "--listen", "off",
		"--output-topic", outputs+".{class}", "--output", "json", "--log-level", "warn")
	s := p.Summary(t)
	if s.Delivered != int64(passing) || s.Rejected != 0 {
		t.Errorf("%d alerts should pass: %+v", passing, s)
	}
	usage := p.Usage()
	return measure{
		alerts: int(s.Consumed), rate: float64(s.Consumed) / s.Seconds,
		cpu: usage.CPU.Seconds() / float64(s.Consumed), rss: usage.PeakRSS,
	}
}

// measurePython runs worker.py over the first n alerts of a topic. Its rate and
// CPU time leave out its start.
func measurePython(t *testing.T, cluster *kafkatest.Cluster, topic, outputs string, n int, mode string) measure {
	script := filepath.Join(skysifttest.Root(), "internal", "bench", "worker.py")
	out := runChild(t, exec.Command(pythontest.Interpreter(t), script,
		cluster.Bootstrap(), topic, strconv.Itoa(partitions), strconv.Itoa(n), outputs+".", mode))
	var answer struct {
		Alerts, Passing int
		Seconds         float64
		CPUSeconds      float64 `json:"cpu_seconds"`
	}
	if err := json.Unmarshal(out.stdout, &answer); err != nil {
		t.Fatalf("worker.py says %q: %v", out.stdout, err)
	}
	if want := passingAmong(answer.Alerts, every3); answer.Passing != want {
		t.Errorf("worker.py passes %d of %d alerts, not %d: it disagrees with skysift", answer.Passing, answer.Alerts, want)
	}
	return measure{
		alerts: answer.Alerts, rate: float64(answer.Alerts) / answer.Seconds,
		cpu: answer.CPUSeconds / float64(answer.Alerts), rss: out.usage.PeakRSS,
	}
}

// classes are those of testdata/filters.yaml.
func classes() []string {
	return []string{"transient", "young", "asteroid", "variable", "field", "blue"}
}

// createOutputs creates a topic for each class and returns what their names begin
// with. All runs share them: a broker goes on with creating and deleting topics
// while the next run is measured.
func createOutputs(t *testing.T, cluster *kafkatest.Cluster, configs map[string]string) (prefix string) {
	prefix = kafkatest.UniqueName(t)
	for _, class := range classes() {
		cluster.CreateTopic(t, prefix+"."+class, partitions, 1, configs)
	}
	return prefix
}

// passingAmong counts the passing alerts among the first n of a topic.
func passingAmong(n, every int) (passing int) {
	s := stock{passing: [][]byte{nil}, others: [][]byte{nil}}
	for i := range n {
		if _, passes := s.alert(i, every); passes {
			passing++
		}
	}
	return passing
}

func deleteTopics(t *testing.T, cluster *kafkatest.Cluster, prefix string) {
	for _, topic := range cluster.TopicsWithPrefix(t, prefix) {
		cluster.DeleteTopic(t, topic)
	}
}

//go:build kafka

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/skysift/skysift/internal/chaos"
	"github.com/skysift/skysift/internal/kafkatest"
	"github.com/skysift/skysift/internal/skysifttest"
)

// enough is longer than anything here takes on a busy machine.
const enough = 2 * time.Minute

var (
	kafka   kafkatest.Shared
	skysift skysifttest.Shared
)

func TestMain(m *testing.M) { kafka.Main(m, skysift.Remove) }

// stage is one input topic, a group that reads it, and topics for its output,
// unlike those of any other test.
type stage struct {
	*testing.T
	cluster *kafkatest.Cluster
	topic   string
	group   string
	prefix  string // of the output topics
	filters string // the file
}

func newStage(t *testing.T, partitions int, filters string) *stage {
	t.Helper()
	return newStageOn(t, kafka.Cluster(t), partitions, filters)
}

func newStageOn(t *testing.T, cluster *kafkatest.Cluster, partitions int, filters string) *stage {
	t.Helper()
	s := &stage{T: t, cluster: cluster}
	s.topic = cluster.Topic(t, partitions)
	s.group, s.prefix = s.topic, s.topic+"-out."
	s.filters = filepath.Join(t.TempDir(), "filters.yaml")
	s.writeFilters(filters)
	return s
}

// writeFilters replaces the file of filters as an editor would: at one blow.
func (s *stage) writeFilters(text string) {
	s.Helper()
	next := s.filters + ".next"
	if err := os.WriteFile(next, []byte(text), 0o644); err != nil {
		s.Fatal(err)
	}
	if err := os.Rename(next, s.filters); err != nil {
		s.Fatal(err)
	}
}

func (s *stage) args(more ...string) []string {
	return append([]string{"run", "--filters", s.filters, "--brokers", s.cluster.Bootstrap(),
		"--topics", s.topic, "--group", s.group, "--start", "earliest", "--listen", "127.0.0.1:0",
		"--output-topic", s.prefix + "{class}", "--reject-topic", s.prefix + "rejected",
		"--output", "json"}, more...)
}

// run runs skysift until the end of its input.
func (s *stage) run(more ...string) skysifttest.Summary {
	s.Helper()
	return skysift.Binary(s).Run(s, enough, s.args(append(more, "--until-end")...)...).Summary(s)
}

// start starts a skysift that goes on until it is stopped.
func (s *stage) start(more ...string) *skysifttest.Process {
	s.Helper()
	return skysift.Binary(s).Start(s, s.args(more...)...)
}

// produceAlerts produces simulated alerts, the given numbers, to a partition.
func (s *stage) produceAlerts(partition, from, to int) {
	s.Helper()
	var values [][]byte
	for number := from; number < to; number++ {
		values = append(values, chaos.Value(partition, number))
	}
	s.cluster.ProduceValues(s, s.topic, partition, values...)
}

// output returns what the topic of a class holds, nothing where there is none.
func (s *stage) output(class string) []*kgo.Record {
	s.Helper()
	if !s.cluster.HasTopic(s, s.prefix+class) {
		return nil
	}
	return s.cluster.ReadAll(s, s.prefix+class)
}

// awaitOutput waits until the topic of a class holds n records.
func (s *stage) awaitOutput(class string, n int) []*kgo.Record {
	s.Helper()
	for deadline := time.Now().Add(enough); ; time.Sleep(100 * time.Millisecond) {
		records := s.output(class)
		if len(records) >= n {
			return records
		}
		if time.Now().After(deadline) {
			s.Fatalf("%s has %d records after %v, not %d", class, len(records), enough, n)
		}
	}
}

// awaitCommitted waits until the group has committed these offsets.
func (s *stage) awaitCommitted(want ...int64) {
	s.Helper()
	var got []int64
	for deadline := time.Now().Add(enough); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		got = s.cluster.Committed(s, s.group, s.topic)
		done := len(got) == len(want)
		for p := range got {
			done = done && got[p] == want[p]
		}
		if done {
			return
		}
	}
	s.Fatalf("the group has committed %v, not %v", got, want)
}

func header(r *kgo.Record, key string) string {
	for _, h := range r.Headers {
		if h.Key == key {
			return string(h.Value)
		}
	}
	return ""
}

// match is an entry of the header skysift-filters.
type match struct {
	Name, Version string
	Annotations   map[string]any
}

func matches(t testing.TB, r *kgo.Record) (all []match) {
	t.Helper()
	if err := json.Unmarshal([]byte(header(r, "skysift-filters")), &all); err != nil {
		t.Fatalf("header skysift-filters %q: %v", header(r, "skysift-filters"), err)
	}
	return all
}

// filterFile is a file of filters that all pass everything but what their
// clause says: lines "name: clause", each of a class of its own name.
func filterFile(lines ...string) string {
	text := "version: 1\nstream: {survey: ztf}\nfilters:\n"
	for _, line := range lines {
		name, clause, _ := strings.Cut(line, ": ")
		text += "  - {name: " + name + ", class: " + name + ", where: '" + clause + "'}\n"
	}
	return text
}

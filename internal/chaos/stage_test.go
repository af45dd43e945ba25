//go:build chaos

package chaos

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/skysift/skysift/internal/kafkatest"
	"github.com/skysift/skysift/internal/skysifttest"
)

var kafka = kafkatest.Shared{Options: kafkatest.Options{Brokers: 3}}

func TestMain(m *testing.M) { kafka.Main(m) }

// stage is a night on its way through the cluster.
type stage struct {
	*testing.T
	cluster *kafkatest.Cluster
	night   Night
	topic   string
	group   string
	prefix  string // of the output topics
	filters string
	sent    chan struct{} // closed when the night is produced whole
}

func newStage(t *testing.T, night Night) *stage {
	s := &stage{T: t, cluster: kafka.Cluster(t), night: night, sent: make(chan struct{})}
	s.topic = s.cluster.Topic(t, night.Partitions)
	s.group, s.prefix = s.topic, s.topic+"."
	s.filters = s.writeFilters(Filters)
	return s
}

func (s *stage) writeFilters(text string) string {
	file := filepath.Join(s.TempDir(), "filters.yaml")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		s.Fatal(err)
	}
	return file
}

// args are the arguments of a worker.
func (s *stage) args(more ...string) []string {
	return append([]string{"run", "--filters", s.filters, "--brokers", s.cluster.Bootstrap(),
		"--topics", s.topic, "--group", s.group, "--start", "earliest", "--listen", "off",
		"--output-topic", s.prefix + "{class}", "--reject-topic", s.prefix + "rejected", "--output", "json"}, more...)
}

// produce sends the night at so many alerts a second; 0: as fast as can be.
// It goes on through the brokers' outages.
func (s *stage) produce(rate int) {
	client := s.cluster.Client(s, kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.MaxBufferedRecords(s.night.Alerts()), kgo.ProducerLinger(5*time.Millisecond))
	go func() {
		defer close(s.sent)
		start := time.Now()
		for i := range s.night.Alerts() {
			if rate > 0 {
				time.Sleep(time.Until(start.Add(time.Duration(i) * time.Second / time.Duration(rate))))
			}
			client.Produce(context.Background(), s.record(i), func(_ *kgo.Record, err error) {
				if err != nil {
					s.Errorf("producing: %v", err)
				}
			})
		}
		if err := client.Flush(context.Background()); err != nil {
			s.Errorf("producing: %v", err)
		}
	}()
}

func (s *stage) record(i int) *kgo.Record {
	partition, number := i%s.night.Partitions, i/s.night.Partitions
	return &kgo.Record{Topic: s.topic, Partition: int32(partition), Key: Key(partition, number), Value: Value(partition, number)}
}

// awaitCommitted waits until the group has committed the whole night.
func (s *stage) awaitCommitted(timeout time.Duration) {
	s.Helper()
	<-s.sent
	for deadline := time.Now().Add(timeout); ; time.Sleep(200 * time.Millisecond) {
		committed := s.cluster.Committed(s, s.group, s.topic)
		if !slices.ContainsFunc(committed, func(offset int64) bool { return offset < int64(s.night.PerPartition) }) {
			return
		}
		if time.Now().After(deadline) {
			s.Fatalf("after %v the group is at %v of %d", timeout, committed, s.night.PerPartition)
		}
	}
}

// check reads the output topics and compares them with what they should hold.
func (s *stage) check() Report {
	s.Helper()
	var outputs []Output
	for _, class := range Classes() {
		for _, r := range s.cluster.ReadAll(s, s.prefix+class) {
			outputs = append(outputs, Output{
				Class: class, Partition: int(r.Partition), Offset: r.Offset,
				Key: r.Key, Value: r.Value, Headers: headers(r),
			})
		}
	}
	if s.cluster.HasTopic(s, s.prefix+"rejected") {
		if n := len(s.cluster.ReadAll(s, s.prefix+"rejected")); n > 0 {
			s.Errorf("%d alerts were rejected", n)
		}
	}
	report := Check(s.night, s.topic, outputs)
	s.Logf("%d alerts: %v", s.night.Alerts(), report)
	return report
}

// mustBeFaultless fails the test if something is lost, invented or out of order.
func (s *stage) mustBeFaultless(r Report) {
	s.Helper()
	if faults := r.Faults(); len(faults) > 0 {
		s.Errorf("%v\n%s", r, strings.Join(faults[:min(len(faults), 20)], "\n"))
	}
}

func headers(r *kgo.Record) map[string]string {
	h := map[string]string{}
	for _, header := range r.Headers {
		h[header.Key] = string(header.Value)
	}
	return h
}

// crew is the workers of a stage.
type crew struct {
	*stage
	binary  skysifttest.Binary
	workers []*skysifttest.Process
}

func (c *crew) join(n int) {
	c.Helper()
	for range n {
		c.workers = append(c.workers, c.binary.Start(c, c.args()...))
	}
}

// leave stops the worker that joined first, as an operator would.
func (c *crew) leave() {
	c.Helper()
	w := c.take()
	start := time.Now()
	if err := w.Stop(sigterm, time.Minute); err != nil {
		c.Fatal(err)
	}
	if took := time.Since(start); took > 10*time.Second {
		c.Errorf("a worker took %v to leave", took)
	}
	if code := w.State().ExitCode(); code != 0 {
		c.Errorf("a worker left with exit code %d:\n%s", code, w.Log())
		return
	}
	w.Summary(c)
}

func (c *crew) leaveAll() {
	c.Helper()
	for len(c.workers) > 0 {
		c.leave()
	}
}

// kill ends the worker that joined first without a word.
func (c *crew) kill() { c.take().Kill() }

// freeze stops the worker that joined first in its tracks, for as long, and
// puts it last.
func (c *crew) freeze(d time.Duration) {
	c.Helper()
	w := c.take()
	if err := w.Signal(sigstop); err != nil {
		c.Fatal(err)
	}
	time.Sleep(d)
	if err := w.Signal(sigcont); err != nil {
		c.Fatal(err)
	}
	c.workers = append(c.workers, w)
}

func (c *crew) take() *skysifttest.Process {
	w := c.workers[0]
	c.workers = c.workers[1:]
	return w
}

package kafka

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestRetryable(t *testing.T) {
	for _, c := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{context.Canceled, false},
		{context.DeadlineExceeded, true},
		{io.ErrUnexpectedEOF, true},
		{fmt.Errorf("fetch: %w", io.EOF), true},
		{&net.OpError{Op: "dial", Err: errors.New("no route")}, true},
		{fmt.Errorf("in a group: %w", kafkago.NotLeaderForPartition), true},
		{kafkago.NotEnoughReplicas, true},
		{kafkago.NotCoordinatorForGroup, true},
		{kafkago.TopicAuthorizationFailed, true},
		{kafkago.FencedLeaderEpoch, true},
		{kafkago.MessageSizeTooLarge, false},
		{kafkago.IllegalGeneration, false},
		{kafkago.UnknownMemberId, false},
		{kafkago.UnsupportedVersion, false},
		{errChecksum, false},
	} {
		if got := Retryable(c.err); got != c.want {
			t.Errorf("Retryable(%v) is %v", c.err, got)
		}
	}
}

func TestStartsAreParsed(t *testing.T) {
	for text, want := range map[string]int64{
		"": timeEarliest, "earliest": timeEarliest, "latest": timeLatest,
		"2026-03-01T00:00:00Z": 1772323200000, "2026-03-01": 1772323200000, "2026-03-01T01:00:00+01:00": 1772323200000,
	} {
		if s, err := ParseStart(text); err != nil || s.timestamp() != want {
			t.Errorf("%q is %d (%v), want %d", text, s.timestamp(), err, want)
		}
	}
	if _, err := ParseStart("yesterday"); err == nil || !strings.Contains(err.Error(), "earliest") {
		t.Errorf("error %v does not say what to write", err)
	}
}

func TestConfigurationsAreChecked(t *testing.T) {
	good := SourceConfig{Cluster: Cluster{Brokers: []string{"b:1"}}, Group: "g", Topics: []string{"t"}}
	for name, c := range map[string]struct {
		change func(*SourceConfig)
		want   string
	}{
		"no brokers":       {func(c *SourceConfig) { c.Cluster.Brokers = nil }, "brokers"},
		"no port":          {func(c *SourceConfig) { c.Cluster.Brokers = []string{"host"} }, "host:9092"},
		"no group":         {func(c *SourceConfig) { c.Group = "" }, "group"},
		"no topics":        {func(c *SourceConfig) { c.Topics = nil }, "topics"},
		"a broken pattern": {func(c *SourceConfig) { c.Topics = []string{"a["} }, "pattern"},
		"a small budget":   {func(c *SourceConfig) { c.Budget = 10 }, "budget"},
		"a negative time":  {func(c *SourceConfig) { c.CommitInterval = -1 }, "commit interval"},
		"a wrong policy":   {func(c *SourceConfig) { c.OutOfRange = "guess" }, "fail, earliest"},
	} {
		config := good
		c.change(&config)
		if _, err := NewSource(config); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
	if _, err := NewSource(good); err != nil {
		t.Error(err)
	}
	for _, topic := range []string{"a/b", strings.Repeat("x", 250), "{klass}"} {
		if _, err := NewSink(SinkConfig{Cluster: good.Cluster, Topic: topic}); err == nil {
			t.Errorf("topic %q was taken", topic)
		}
	}
}

func TestPatternsMatchTopics(t *testing.T) {
	p := patterns{"ztf_*_programid1", "lsst"}
	for topic, want := range map[string]bool{"ztf_20260301_programid1": true, "ztf_20260301_programid2": false, "lsst": true, "lsst2": false} {
		if p.match(topic) != want {
			t.Errorf("%s matches: %v", topic, !want)
		}
	}
}

func TestPartitionsAreSpreadEvenlyOverAllTopics(t *testing.T) {
	counts := map[string]int{}
	var topics []string
	for i := range 8 { // eight nights of one partition each
		name := fmt.Sprintf("night%d", i)
		counts[name] = 1
		topics = append(topics, name)
	}
	b := &balancer{log: quiet(), count: func([]string) (map[string]int, error) { return counts, nil }}
	assigned := b.AssignGroups([]kafkago.GroupMember{{ID: "b", Topics: topics}, {ID: "a", Topics: topics}, {ID: "c", Topics: topics[:1]}}, nil)
	given := map[string]int{}
	for id, m := range assigned {
		for topic, partitions := range m {
			given[id] += len(partitions)
			if id == "c" && topic != "night0" {
				t.Errorf("c got %s, which it does not subscribe to", topic)
			}
		}
	}
	if given["a"]+given["b"]+given["c"] != 8 || given["a"] < 3 || given["b"] < 3 {
		t.Errorf("given out: %v", given)
	}
	if led := b.takeCounts(); len(led) != 8 || b.takeCounts() != nil {
		t.Errorf("the leader remembers %v", led)
	}
}

func TestBalancerFallsBackToWhatIsKnown(t *testing.T) {
	b := &balancer{log: quiet(), count: func([]string) (map[string]int, error) { return nil, io.EOF }}
	assigned := b.AssignGroups([]kafkago.GroupMember{{ID: "a", Topics: []string{"t"}}}, []kafkago.Partition{{Topic: "t", ID: 1}, {Topic: "t", ID: 0}})
	if !slices.Equal(assigned["a"]["t"], []int{0, 1}) {
		t.Errorf("assigned %v", assigned)
	}
}

func TestWhatAppearsWhileRunningStartsAtItsEarliest(t *testing.T) {
	o := origin{
		start: Latest, patterns: patterns{"named", "glob_*"},
		there: map[string]int{"named": 2, "glob_1": 2, "begun": 2}, begunFor: map[string]bool{"begun": true},
	}
	for _, c := range []struct {
		at    place
		fresh bool
		want  Start
	}{
		{place{"named", 1}, false, Latest},
		{place{"named", 2}, true, Earliest},   // a partition was added
		{place{"glob_1", 0}, true, Latest},    // a new group
		{place{"glob_1", 0}, false, Earliest}, // a night that others of the group have not seen yet
		{place{"glob_2", 0}, true, Earliest},  // a topic was added
		{place{"begun", 0}, true, Earliest},   // in doubt
	} {
		o.fresh = c.fresh
		if got := o.startOf(c.at); got != c.want {
			t.Errorf("%v (fresh %v) starts %v, want %v", c.at, c.fresh, got, c.want)
		}
	}
}

func TestFetchSizesShareTheBudget(t *testing.T) {
	for partitions, want := range map[int]int{0: maxFetch, 1: maxFetch, 12: maxFetch, 16: 4 << 20, 100: 512 << 10, 10_000: minFetch} {
		if got := fetchSize(defaultBudget, partitions); got != want {
			t.Errorf("%d partitions fetch %d bytes each, want %d", partitions, got, want)
		}
	}
}

func testCommitter(send func(map[place]int64) (map[place]error, error)) *committer {
	c := newCommitter()
	c.interval, c.silence, c.alarms = time.Hour, time.Hour, newAlarms(quiet())
	c.send = func(_ context.Context, offsets map[place]int64) (map[place]error, error) { return send(offsets) }
	return c
}

func TestCommitterSendsTheNewestAndTriesAgain(t *testing.T) {
	var sent []string
	tries := 0
	c := testCommitter(func(offsets map[place]int64) (map[place]error, error) {
		if tries++; tries == 1 {
			return nil, kafkago.NotCoordinatorForGroup
		}
		sent = append(sent, fmt.Sprint(offsets))
		if tries == 2 {
			return map[place]error{{"t", 1}: kafkago.UnknownTopicOrPartition}, nil
		}
		return nil, nil
	})
	for next := range int64(5) {
		_ = c.set(place{"t", 0}, next)
	}
	_ = c.set(place{"t", 1}, 7)
	if err := c.commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(sent, " "); got != "map[t/0:4 t/1:7] map[t/1:7]" {
		t.Errorf("sent %s", got)
	}
}

func TestFlushWaitsUntilTheOffsetIsDurable(t *testing.T) {
	durable := false
	c := testCommitter(func(map[place]int64) (map[place]error, error) { durable = true; return nil, nil })
	go func() { _ = c.run(t.Context()) }()
	_ = c.set(place{"t", 0}, 3)
	if err := c.flush(t.Context(), place{"t", 0}); err != nil || !durable {
		t.Errorf("flush returned %v, durable %v", err, durable)
	}
}

func TestAFencedMemberCommitsNoMore(t *testing.T) {
	c := testCommitter(func(map[place]int64) (map[place]error, error) {
		return map[place]error{{"t", 0}: fmt.Errorf("%w: %w", errFenced, kafkago.IllegalGeneration)}, nil
	})
	_ = c.set(place{"t", 0}, 3)
	if err := c.commit(t.Context()); !errors.Is(err, errFenced) {
		t.Fatalf("commit returned %v", err)
	}
	c.end(errFenced)
	if err := c.set(place{"t", 0}, 4); !errors.Is(err, errFenced) {
		t.Errorf("set returned %v", err)
	}
	if err := c.flush(t.Context(), place{"t", 0}); !errors.Is(err, errFenced) {
		t.Errorf("flush returned %v", err)
	}
}

func TestOnlySettledRecordsAreCommitted(t *testing.T) {
	c := testCommitter(nil)
	at := place{"t", 0}
	g := newProgress(at, c, 0, noEnd)
	committed := func() int64 { offset, _ := c.settled(at); return offset }
	g.step(2) // markers at the start
	g.hand(10)
	g.hand(20)
	if committed() != 2 {
		t.Errorf("%d is committed, but nothing was settled", committed())
	}
	_ = g.settle(10)
	g.step(25)
	if committed() != 10 {
		t.Errorf("%d is committed, but only 10 is settled", committed())
	}
	_ = g.settle(20)
	if committed() != 25 {
		t.Errorf("%d is committed: all is settled up to the markers before 25", committed())
	}
}

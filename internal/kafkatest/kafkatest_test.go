//go:build kafka

package kafkatest

import (
	"fmt"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

func TestClustersOfEveryVersionAndSize(t *testing.T) {
	for _, version := range []string{Version3, Version4} {
		for _, brokers := range []int{1, 3} {
			t.Run(fmt.Sprintf("%s with %d", version, brokers), func(t *testing.T) {
				c := Start(t, Options{Version: version, Brokers: brokers})
				topic := c.Topic(t, 3)
				c.Produce(t, topic, 2, &kgo.Record{Key: []byte("k"), Value: []byte("v"),
					Headers: []kgo.RecordHeader{{Key: "h", Value: []byte("x")}}})
				c.ProduceValues(t, topic, 0, []byte("a"), []byte("b"))
				records := c.ReadAll(t, topic)
				if got := values(records); !slices.Equal(got, []string{"a", "b", "v"}) {
					t.Fatalf("read %q", got)
				}
				if h := records[2].Headers; len(h) != 1 || h[0].Key != "h" || string(h[0].Value) != "x" {
					t.Errorf("headers %v", h)
				}
			})
		}
	}
}

func TestDataOutlivesAKilledBroker(t *testing.T) {
	c := Start(t, Options{Brokers: 1})
	topic := c.Topic(t, 1)
	c.ProduceValues(t, topic, 0, []byte("before"))
	c.StopBroker(t, 0)
	if conn, err := net.Dial("tcp", c.Bootstrap()); err == nil {
		conn.Close()
		t.Error("a killed broker still accepts connections")
	}
	c.StartBroker(t, 0)
	c.ProduceValues(t, topic, 0, []byte("after"))
	if got := values(c.ReadAll(t, topic)); !slices.Equal(got, []string{"before", "after"}) {
		t.Fatalf("read %q", got)
	}
}

func TestLeadersMoveBetweenThreeBrokers(t *testing.T) {
	c := Start(t, Options{Brokers: 3})
	topic := c.Topic(t, 1)
	first := c.Leader(t, topic, 0)
	next := (first + 1) % 3
	c.MoveLeader(t, topic, 0, next)
	if got := c.Leader(t, topic, 0); got != next {
		t.Fatalf("leader is %d, want %d", got, next)
	}
	c.StopBrokerCleanly(t, next)
	c.ProduceValues(t, topic, 0, []byte("on two brokers"))
	c.StartBroker(t, next)
	if got := values(c.ReadAll(t, topic)); len(got) != 1 {
		t.Fatalf("read %q", got)
	}
	c.StopBroker(t, 0, 1, 2)
	c.StartBroker(t, 0, 1, 2)
	if got := values(c.ReadAll(t, topic)); len(got) != 1 {
		t.Fatalf("read %q after an outage of all brokers", got)
	}
}

func TestPausedBrokerAnswersAfterResume(t *testing.T) {
	c := Start(t, Options{Brokers: 1})
	topic := c.Topic(t, 1)
	c.Pause(t, 0)
	go func() {
		time.Sleep(time.Second)
		c.Resume(t, 0)
	}()
	start := time.Now()
	c.ProduceValues(t, topic, 0, []byte("v"))
	if time.Since(start) < 900*time.Millisecond {
		t.Error("a paused broker took a record")
	}
}

func TestCommittedAbortedAndControlRecords(t *testing.T) {
	c := Start(t, Options{Brokers: 1})
	topic := c.Topic(t, 1)
	client := c.Client(t, kgo.TransactionalID("tx"), kgo.DefaultProduceTopic(topic))
	for _, how := range []kgo.TransactionEndTry{kgo.TryCommit, kgo.TryAbort} {
		if err := client.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		value := map[kgo.TransactionEndTry]string{kgo.TryCommit: "committed", kgo.TryAbort: "aborted"}[how]
		if err := client.ProduceSync(t.Context(), kgo.StringRecord(value)).FirstErr(); err != nil {
			t.Fatal(err)
		}
		if err := client.EndTransaction(t.Context(), how); err != nil {
			t.Fatal(err)
		}
	}
	if got := values(c.ReadAll(t, topic)); !slices.Equal(got, []string{"committed", "aborted"}) {
		t.Errorf("ReadAll: %q", got)
	}
	if got := values(c.ReadCommitted(t, topic)); !slices.Equal(got, []string{"committed"}) {
		t.Errorf("ReadCommitted: %q", got)
	}
	if got := c.Spans(t, topic); got[0] != (Span{0, 4}) {
		t.Errorf("spans %v: two records and two markers are expected", got)
	}
}

func TestOffsetsAndTopicsChange(t *testing.T) {
	c := Start(t, Options{Brokers: 1, Listeners: map[string]string{"EXTRA": "PLAINTEXT"}})
	topic := c.Topic(t, 2)
	c.ProduceValues(t, topic, 1, []byte("a"), []byte("b"), []byte("c"))
	c.DeleteRecords(t, topic, 1, 2)
	c.AddPartitions(t, topic, 3)
	if got := c.Spans(t, topic); !slices.Equal(got, []Span{{0, 0}, {2, 3}, {0, 0}}) {
		t.Errorf("spans %v", got)
	}
	c.SetTopicConfig(t, topic, "max.message.bytes", "1000")

	client := c.Client(t, kgo.SeedBrokers(c.Listener("EXTRA")...), kgo.ConsumerGroup("g"), kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if got := client.PollFetches(t.Context()).NumRecords(); got != 1 {
		t.Errorf("read %d records through the extra listener", got)
	}
	if err := client.CommitUncommittedOffsets(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := c.Committed(t, "g", topic); !slices.Equal(got, []int64{-1, 3, -1}) {
		t.Errorf("committed %v", got)
	}
	c.DeleteTopic(t, topic)
}

func values(records []*kgo.Record) (values []string) {
	for _, r := range records {
		values = append(values, string(r.Value))
	}
	return values
}

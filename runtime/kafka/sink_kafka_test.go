//go:build kafka

package kafka_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/kafkatest"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/kafka"
	"github.com/skysift/skysift/runtime/runtimetest"
)

func sinkConfig(t testing.TB, c *kafkatest.Cluster, partitions int) kafka.SinkConfig {
	name := kafkatest.UniqueName(t)
	return kafka.SinkConfig{
		Cluster: kafka.Cluster{Brokers: c.Brokers()}, Partitions: partitions,
		Topic: name + ".{class}", RejectTopic: name + ".rejected",
	}
}

func TestSinkKeepsTheContract(t *testing.T) {
	c := shared.Cluster(t)
	config := sinkConfig(t, c, 3)
	runtimetest.TestSink(t, runtimetest.SinkCase{
		Sink: newSink(t, config),
		Read: func(t *testing.T) []runtimetest.Written {
			var written []runtimetest.Written
			for topic, class := range map[string]filter.Class{
				strings.ReplaceAll(config.Topic, "{class}", "first"):  "first",
				strings.ReplaceAll(config.Topic, "{class}", "second"): "second",
				config.RejectTopic: "",
			} {
				for _, r := range c.ReadAll(t, topic) {
					w := runtimetest.Written{Class: class, Value: string(r.Value)}
					for _, h := range r.Headers {
						if h.Key == runtime.HeaderSource {
							w.Origin = string(h.Value)
						}
					}
					written = append(written, w)
				}
			}
			return written
		},
	})
}

func output(class filter.Class, partition int, value []byte) runtime.Output {
	return runtime.Output{
		Class: class, Origin: fmt.Sprintf("in/%d/0", partition), Topic: "in", Partition: partition,
		Key: []byte("k"), Value: value, Time: time.UnixMilli(1_700_000_000_123),
	}
}

func TestOutputsKeepKeyTimeValueAndInputHeaders(t *testing.T) {
	c := shared.Cluster(t)
	config := sinkConfig(t, c, 2)
	large := bytes.Repeat([]byte("x\x00\xff"), 30_000)
	o := output("c", 3, large)
	o.Headers = []runtime.Header{{Key: "trace", Value: []byte("t")}, {Key: "null"}}
	bare := runtime.Output{Class: "c", Partition: 1, Origin: "bare"} // a tombstone without key and time
	empty := runtime.Output{Class: "c", Partition: 1, Origin: "empty", Key: []byte{}, Value: []byte{}}
	if err := newSink(t, config).Write(context.Background(), []runtime.Output{o, bare, empty}); err != nil {
		t.Fatal(err)
	}
	records := c.ReadAll(t, strings.ReplaceAll(config.Topic, "{class}", "c"))
	if len(records) != 3 {
		t.Fatalf("%d records, want 3", len(records))
	}
	r := records[0]
	if r.Partition != 1 || string(r.Key) != "k" || !bytes.Equal(r.Value, large) || r.Timestamp.UnixMilli() != 1_700_000_000_123 {
		t.Errorf("partition %d, key %q, %d bytes, %v", r.Partition, r.Key, len(r.Value), r.Timestamp)
	}
	if len(r.Headers) != 5 || r.Headers[0].Key != "trace" || r.Headers[1].Value != nil {
		t.Errorf("headers %v", r.Headers)
	}
	if r := records[1]; r.Key != nil || r.Value != nil {
		t.Errorf("a tombstone became key %q, value %q", r.Key, r.Value)
	}
	if r := records[2]; r.Key == nil || r.Value == nil {
		t.Error("what is empty became null")
	}
}

func TestOnlyTheOutputThatIsTooLargeFails(t *testing.T) {
	c := shared.Cluster(t)
	config := sinkConfig(t, c, 1)
	outputs := []runtime.Output{
		output("c", 0, make([]byte, 500_000)), output("c", 0, make([]byte, 1_200_000)),
		output("c", 0, make([]byte, 600_000)), output("c", 0, make([]byte, 10)),
	}
	err := newSink(t, config).Write(context.Background(), outputs)
	var failed *runtime.OutputError
	if !errors.As(err, &failed) || len(failed.Failed) != 1 || failed.Failed[1] == nil {
		t.Fatalf("Write returned %v", err)
	}
	if text := failed.Failed[1].Error(); !strings.Contains(text, "max.message.bytes") {
		t.Errorf("the error does not say what to do: %s", text)
	}
	if n := len(c.ReadAll(t, strings.ReplaceAll(config.Topic, "{class}", "c"))); n != 3 {
		t.Errorf("%d outputs are durable, want 3", n)
	}
}

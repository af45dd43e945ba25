//go:build kafka

package kafka_test

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/skysift/skysift/internal/kafkatest"
	"github.com/skysift/skysift/runtime/kafka"
)

func TestOneRecordIsReadFromARealBroker(t *testing.T) {
	c := shared.Cluster(t)
	topic := c.Topic(t, 3)
	from := kafka.Cluster{Brokers: c.Brokers()}
	c.Produce(t, topic, 2, &kgo.Record{Key: []byte("k"), Value: []byte("a"), Headers: []kgo.RecordHeader{{Key: "h", Value: []byte("v")}}})
	c.ProduceValues(t, topic, 2, numbered("v", 0, 40)...)
	for offset, want := range map[int64]string{0: "a", 1: "v0", 20: "v19", 40: "v39"} {
		got, err := kafka.ReadRecord(t.Context(), from, topic, 2, offset)
		if err != nil || string(got.Value) != want {
			t.Errorf("offset %d: got %q, %v; want %q", offset, got.Value, err, want)
		}
	}
	for want, at := range map[string]struct {
		topic     string
		partition int
		offset    int64
	}{
		"partition 2 has no offset 41: there are 0 to 40":    {topic, 2, 41},
		"partition 0 is empty: its next offset is 0":         {topic, 0, 0},
		"there is no partition 3: its partitions are 0 to 2": {topic, 3, 0},
		"there is no topic": {kafkatest.UniqueName(t), 0, 0},
	} {
		if _, err := kafka.ReadRecord(t.Context(), from, at.topic, at.partition, at.offset); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

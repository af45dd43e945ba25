package kafka_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/skysift/skysift/runtime/kafka"
)

func TestOneRecordIsReadWithItsKeyAndHeaders(t *testing.T) {
	f := newFake(t, kgo.ProducerBatchCompression(kgo.ZstdCompression()))
	large := strings.Repeat("large ", 1<<17)
	var records []*kgo.Record
	for _, value := range []string{"a", "b", large, "c"} {
		records = append(records, &kgo.Record{Topic: "in", Key: []byte("k" + value[:1]), Value: []byte(value), Headers: []kgo.RecordHeader{{Key: "h", Value: []byte(value[:1])}}})
	}
	if err := f.client.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
	for i, want := range records {
		got, err := kafka.ReadRecord(t.Context(), kafka.Cluster{Brokers: f.ListenAddrs()}, "in", 0, int64(i))
		if err != nil {
			t.Fatal(err)
		}
		if string(got.Value) != string(want.Value) || string(got.Key) != string(want.Key) || len(got.Headers) != 1 || string(got.Headers[0].Value) != string(want.Headers[0].Value) {
			t.Errorf("offset %d: got %.20q with the key %q and the headers %v", i, got.Value, got.Key, got.Headers)
		}
		if got.Source(0, false) != "in/0/"+string(rune('0'+i)) {
			t.Errorf("its source is %s", got.Source(0, false))
		}
	}
}

func TestWhyARecordCannotBeReadIsSaid(t *testing.T) {
	f := newFake(t)
	f.produce(t, []byte("a"), []byte("b"), []byte("c"))
	request := kmsg.NewPtrDeleteRecordsRequest()
	part := kmsg.NewDeleteRecordsRequestTopicPartition()
	part.Offset = 1
	topic := kmsg.NewDeleteRecordsRequestTopic()
	topic.Topic, topic.Partitions = "in", append(topic.Partitions, part)
	request.Topics = append(request.Topics, topic)
	if _, err := request.RequestWith(t.Context(), f.client); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		topic     string
		partition int
		offset    int64
		want      string
	}{
		"no such topic":     {"out", 0, 0, "there is no topic out on this cluster"},
		"no such partition": {"in", 1, 0, "topic in: there is no partition 1: its partitions are 0 to 0"},
		"deleted":           {"in", 0, 0, "topic in: offset 0 of partition 0 is deleted: there are 1 to 2"},
		"not there yet":     {"in", 0, 3, "topic in: partition 0 has no offset 3: there are 1 to 2"},
		"far off":           {"in", 0, 1 << 40, "topic in: partition 0 has no offset 1099511627776: there are 1 to 2"},
		"empty":             {"out.d", 0, 0, "topic out.d: partition 0 is empty: its next offset is 0"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := kafka.ReadRecord(t.Context(), kafka.Cluster{Brokers: f.ListenAddrs()}, test.topic, test.partition, test.offset)
			if err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestOneRecordIsAskedForAgainWhereThatMayHelp(t *testing.T) {
	f := newFake(t)
	f.produce(t, []byte("a"))
	asked := f.sometimes(kmsg.Fetch, 2, fetched(kerr.NotLeaderForPartition.Code, nil))
	got, err := kafka.ReadRecord(t.Context(), kafka.Cluster{Brokers: f.ListenAddrs()}, "in", 0, 0)
	if err != nil || string(got.Value) != "a" || asked.Load() != 3 {
		t.Errorf("got %q after %d requests: %v", got.Value, asked.Load(), err)
	}
}

func TestBrokersThatDoNotAnswerEndAReadInTime(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = nobody.Close()
	for _, address := range []string{silent.Addr().String(), nobody.Addr().String()} {
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		_, err := kafka.ReadRecord(ctx, kafka.Cluster{Brokers: []string{address}}, "in", 0, 0)
		cancel()
		if err == nil || !strings.HasPrefix(err.Error(), "in cannot be read from "+address+": ") {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := kafka.ReadRecord(t.Context(), kafka.Cluster{}, "in", 0, 0); err == nil {
		t.Error("without brokers there is no error")
	}
}

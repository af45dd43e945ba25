package kafka_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// fake is an in-process broker that can be made to misbehave.
type fake struct {
	*kfake.Cluster
	client *kgo.Client
}

func newFake(t testing.TB, options ...kgo.Opt) *fake {
	t.Helper()
	c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "in"), kfake.SeedTopics(2, "out.c"), kfake.SeedTopics(1, "out.d", "out.rejected"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	options = append(options, kgo.SeedBrokers(c.ListenAddrs()...), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	client, err := kgo.NewClient(options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return &fake{Cluster: c, client: client}
}

// produce writes values to partition 0 of "in", a batch each.
func (f *fake) produce(t testing.TB, values ...[]byte) {
	t.Helper()
	for _, v := range values {
		if err := f.client.ProduceSync(context.Background(), &kgo.Record{Topic: "in", Value: v}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
}

// read reads n records of a topic, and more where there are more.
func (f *fake) read(t testing.TB, topic string, n int) []*kgo.Record {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(f.ListenAddrs()...), kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	var records []*kgo.Record
	wait := 20 * time.Second
	for {
		ctx, cancel := context.WithTimeout(context.Background(), wait)
		records = append(records, client.PollFetches(ctx).Records()...)
		done := ctx.Err() != nil
		cancel()
		if done {
			return records
		}
		if len(records) >= n {
			wait = 300 * time.Millisecond // long enough for one too many
		}
	}
}

// sometimes answers the first n requests of a kind by what answer makes of them.
func (f *fake) sometimes(key kmsg.Key, n int, answer func(kmsg.Request) (kmsg.Response, error)) *atomic.Int32 {
	var count atomic.Int32
	f.ControlKey(key.Int16(), func(request kmsg.Request) (kmsg.Response, error, bool) {
		f.KeepControl()
		if int(count.Add(1)) > n {
			return nil, nil, false
		}
		response, err := answer(request)
		return response, err, true
	})
	return &count
}

// fetched answers a fetch with an error or with record batches.
func fetched(code int16, batches []byte) func(kmsg.Request) (kmsg.Response, error) {
	return func(r kmsg.Request) (kmsg.Response, error) {
		request := r.(*kmsg.FetchRequest)
		response := request.ResponseKind().(*kmsg.FetchResponse)
		for _, t := range request.Topics {
			topic := kmsg.NewFetchResponseTopic()
			topic.Topic, topic.TopicID = t.Topic, t.TopicID
			for _, p := range t.Partitions {
				partition := kmsg.NewFetchResponseTopicPartition()
				partition.Partition, partition.ErrorCode, partition.RecordBatches = p.Partition, code, batches
				partition.HighWatermark = 10
				topic.Partitions = append(topic.Partitions, partition)
			}
			response.Topics = append(response.Topics, topic)
		}
		return response, nil
	}
}

// produced answers a produce request with an error.
func produced(code int16) func(kmsg.Request) (kmsg.Response, error) {
	return func(r kmsg.Request) (kmsg.Response, error) {
		request := r.(*kmsg.ProduceRequest)
		response := request.ResponseKind().(*kmsg.ProduceResponse)
		for _, t := range request.Topics {
			topic := kmsg.NewProduceResponseTopic()
			topic.Topic = t.Topic
			for _, p := range t.Partitions {
				partition := kmsg.NewProduceResponseTopicPartition()
				partition.Partition, partition.ErrorCode = p.Partition, code
				topic.Partitions = append(topic.Partitions, partition)
			}
			response.Topics = append(response.Topics, topic)
		}
		return response, nil
	}
}

//go:build kafka

package kafka_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/skysift/skysift/internal/kafkatest"
	"github.com/skysift/skysift/runtime"
)

const (
	benchPartitions = 16
	benchRecords    = 10_000
	benchSize       = 70_000
)

var benchTopic sync.Map

// loaded returns a topic of random records, made once.
func loaded(b *testing.B, c *kafkatest.Cluster) string {
	if name, ok := benchTopic.Load("topic"); ok {
		return name.(string)
	}
	topic := c.Topic(b, benchPartitions)
	value := make([]byte, benchSize)
	random := rand.NewChaCha8([32]byte{1})
	_, _ = random.Read(value)
	for p := range benchPartitions {
		records := make([]*kgo.Record, benchRecords/benchPartitions)
		for i := range records {
			records[i] = &kgo.Record{Value: value}
		}
		c.Produce(b, topic, p, records...)
	}
	benchTopic.Store("topic", topic)
	return topic
}

func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func report(b *testing.B, began time.Time, before time.Duration, n int64) {
	b.ReportMetric(float64(n)/time.Since(began).Seconds(), "records/s")
	b.ReportMetric(float64((cpu()-before).Microseconds())/float64(n), "cpu-µs/record")
}

func BenchmarkSource(b *testing.B) {
	c := shared.Cluster(b)
	topic := loaded(b, c)
	began, before, n := time.Now(), cpu(), int64(0)
	for b.Loop() {
		config := onCluster(b, c, kafkatest.UniqueName(b), topic)
		config.UntilEnd = true
		var seen atomic.Int64
		err := newSource(b, config).Run(context.Background(), func(ctx context.Context, p runtime.Partition) error {
			for {
				batch, err := p.Fetch(ctx)
				if errors.Is(err, io.EOF) {
					return nil
				}
				if err != nil {
					return err
				}
				seen.Add(int64(len(batch.Records)))
				batch.Release()
				if err := p.Commit(batch.Next); err != nil {
					return err
				}
			}
		})
		if err != nil {
			b.Fatal(err)
		}
		n += seen.Load()
	}
	report(b, began, before, n)
}

func BenchmarkClientFetch(b *testing.B) {
	c := shared.Cluster(b)
	topic := loaded(b, c)
	began, before, n := time.Now(), cpu(), int64(0)
	for b.Loop() {
		client := &kafkago.Client{Addr: kafkago.TCP(c.Brokers()...), Transport: &kafkago.Transport{}}
		var group sync.WaitGroup
		var seen atomic.Int64
		for p := range benchPartitions {
			group.Go(func() { seen.Add(readWithClient(b, client, topic, p)) })
		}
		group.Wait()
		n += seen.Load()
	}
	report(b, began, before, n)
}

func readWithClient(b *testing.B, client *kafkago.Client, topic string, partition int) (n int64) {
	scratch := make([]byte, benchSize)
	for offset := int64(0); offset < benchRecords/benchPartitions; {
		response, err := client.Fetch(context.Background(), &kafkago.FetchRequest{
			Topic: topic, Partition: partition, Offset: offset, MinBytes: 1, MaxBytes: 4 << 20, MaxWait: time.Second,
		})
		if err != nil || response.Error != nil {
			b.Error(err, response)
			return n
		}
		for {
			record, err := response.Records.ReadRecord()
			if err != nil {
				break
			}
			size, _ := io.ReadFull(record.Value, scratch[:record.Value.Len()])
			if record.Offset < offset || size == 0 {
				continue
			}
			offset = record.Offset + 1
			n++
		}
	}
	return n
}

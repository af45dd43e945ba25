package kafkatest

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// readTimeout bounds how long a read waits for the next record.
const readTimeout = time.Minute

// Produce appends records to one partition, acknowledged by all in-sync
// replicas, and fills in their offsets.
func (c *Cluster) Produce(t testing.TB, topic string, partition int, records ...*kgo.Record) {
	t.Helper()
	for _, r := range records {
		r.Topic, r.Partition = topic, int32(partition)
	}
	c.ProduceRecords(t, records)
}

// ProduceValues appends records that have nothing but a value.
func (c *Cluster) ProduceValues(t testing.TB, topic string, partition int, values ...[]byte) {
	t.Helper()
	records := make([]*kgo.Record, len(values))
	for i, value := range values {
		records[i] = &kgo.Record{Value: value}
	}
	c.Produce(t, topic, partition, records...)
}

// ProduceRecords appends records to the topics and partitions they name, and
// fills in their offsets.
func (c *Cluster) ProduceRecords(t testing.TB, records []*kgo.Record) {
	t.Helper()
	client, err := c.client(
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerBatchCompression(kgo.NoCompression()),
	)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.ProduceSync(context.Background(), records...).FirstErr(); err != nil {
		t.Fatalf("producing: %v", err)
	}
}

// ReadAll returns every record that a topic holds now, by partition and
// offset: also those of aborted transactions, but no control records.
func (c *Cluster) ReadAll(t testing.TB, topic string) []*kgo.Record {
	t.Helper()
	return c.read(t, topic, false, whole)
}

// ReadHeads is ReadAll without keys and values, for topics larger than memory.
func (c *Cluster) ReadHeads(t testing.TB, topic string) []*kgo.Record {
	t.Helper()
	return c.read(t, topic, false, headOf)
}

// ReadCommitted is ReadAll without the records of transactions that were
// aborted or are still open.
func (c *Cluster) ReadCommitted(t testing.TB, topic string) []*kgo.Record {
	t.Helper()
	return c.read(t, topic, true, whole)
}

func (c *Cluster) read(t testing.TB, topic string, committed bool, kept func(*kgo.Record) *kgo.Record) []*kgo.Record {
	t.Helper()
	isolation := kgo.ReadUncommitted()
	if committed {
		isolation = kgo.ReadCommitted()
	}
	client, err := c.client(
		kgo.FetchIsolationLevel(isolation),
		kgo.KeepControlRecords(), // a partition may end with one
		kgo.FetchMaxPartitionBytes(8<<20),
	)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	span := c.span(t, topic, committed)
	records, err := readSpan(client, topic, span, kept)
	if err != nil {
		t.Fatalf("reading %s: %v", topic, err)
	}
	slices.SortFunc(records, func(a, b *kgo.Record) int {
		return cmp.Or(cmp.Compare(a.Partition, b.Partition), cmp.Compare(a.Offset, b.Offset))
	})
	return records
}

func whole(r *kgo.Record) *kgo.Record { return r }

// headOf keeps nothing of the buffer that the record came in.
func headOf(r *kgo.Record) *kgo.Record {
	head := &kgo.Record{Topic: r.Topic, Partition: r.Partition, Offset: r.Offset, Timestamp: r.Timestamp}
	for _, h := range r.Headers {
		head.Headers = append(head.Headers, kgo.RecordHeader{Key: h.Key, Value: bytes.Clone(h.Value)})
	}
	return head
}

// readSpan reads each partition from its span's start until its end.
func readSpan(client *kgo.Client, topic string, spans []Span, kept func(*kgo.Record) *kgo.Record) ([]*kgo.Record, error) {
	starts := map[int32]kgo.Offset{}
	for p, span := range spans {
		if span.Start < span.End {
			starts[int32(p)] = kgo.NewOffset().At(span.Start)
		}
	}
	client.AddConsumePartitions(map[string]map[int32]kgo.Offset{topic: starts})
	var records []*kgo.Record
	for left := len(starts); left > 0; {
		ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
		fetches := client.PollFetches(ctx)
		cancel()
		if err := fetches.Err(); err != nil {
			return nil, fmt.Errorf("after %d records, %d partitions not at their end: %w", len(records), left, err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			end := spans[r.Partition].End
			if r.Offset < end && !r.Attrs.IsControl() {
				records = append(records, kept(r))
			}
			if r.Offset == end-1 {
				left--
			}
		})
	}
	return records, nil
}

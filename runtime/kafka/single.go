package kafka

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/skysift/skysift/runtime"
)

// unknownFor is how long brokers may not know a topic, as just after it was
// made, before a reader of one record takes it for missing.
const unknownFor = time.Second

// ReadRecord reads the one record at an offset, outside of any group. What may
// pass by itself is tried again until ctx ends; its error then says what was in
// the way. The record's bytes are the caller's.
func ReadRecord(ctx context.Context, from Cluster, topic string, partition int, offset int64) (runtime.Record, error) {
	if err := from.check(); err != nil {
		return runtime.Record{}, err
	}
	cluster, err := newCluster(from)
	if err != nil {
		return runtime.Record{}, err
	}
	s := &single{cluster: cluster, pool: newPool(defaultBudget), place: place{topic, partition}, offset: offset}
	defer s.cluster.close()
	began := time.Now()
	var pause backoff
	for {
		record, err := s.read(ctx)
		unknown := errors.Is(err, kafkago.UnknownTopicOrPartition)
		switch {
		case err == nil:
			return record, nil
		case unknown && time.Since(began) > unknownFor:
			return record, fmt.Errorf("there is no topic %s on this cluster", topic)
		case ctx.Err() != nil:
			return record, fmt.Errorf("%s cannot be read from %s: %w", topic, strings.Join(from.Brokers, ", "), s.inTheWay(err))
		case !Retryable(err) || denied(err):
			return record, explainTopic(topic, err)
		}
		s.last = err
		s.cluster.forget(topic)
		_ = pause.pause(ctx) // its end is seen above
	}
}

// single reads one record.
type single struct {
	cluster *cluster
	pool    *pool
	place   place
	offset  int64
	last    error // why it was tried again
}

// inTheWay is what kept the record from being read: not that time is over.
func (s *single) inTheWay(err error) error {
	if s.last != nil && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)) {
		return s.last
	}
	return err
}

func (s *single) read(ctx context.Context) (runtime.Record, error) {
	count, err := s.cluster.partitions(ctx, s.place.topic)
	if err != nil {
		return runtime.Record{}, err
	}
	if s.place.partition >= count {
		return runtime.Record{}, fmt.Errorf("there is no partition %d: its partitions are 0 to %d", s.place.partition, count-1)
	}
	size := minFetch
	for {
		record, err := s.fetch(ctx, size)
		var partial errPartial
		if !errors.As(err, &partial) {
			return record, err
		}
		if int64(partial.need) > s.pool.limit {
			return record, err
		}
		size = partial.need
	}
}

func (s *single) fetch(ctx context.Context, size int) (runtime.Record, error) {
	f := &fetcher{cluster: s.cluster, pool: s.pool, topic: s.place.topic, partition: s.place.partition, maxWait: defaultMaxWait}
	a, err := f.fetch(ctx, s.offset, size)
	if err != nil {
		return runtime.Record{}, err
	}
	defer a.buffer.release()
	if errors.Is(a.err, kafkago.OffsetOutOfRange) || a.err == nil && s.offset >= a.highWatermark {
		return runtime.Record{}, s.outOfLog(ctx)
	}
	if a.err != nil {
		return runtime.Record{}, a.err
	}
	return s.among(a)
}

// among finds the record in an answer.
func (s *single) among(a *answer) (runtime.Record, error) {
	parcel := (&parcels{}).get()
	defer parcel.free()
	found := batches{
		topic: s.place.topic, partition: s.place.partition, next: s.offset, end: s.offset + 1, rest: a.records,
		inflater: &inflater{pool: s.pool}, names: &names{},
	}
	for found.more() && len(parcel.records) == 0 {
		if err := found.read(parcel); err != nil {
			return runtime.Record{}, err
		}
	}
	if len(parcel.records) == 0 {
		return runtime.Record{}, fmt.Errorf("offset %d of partition %d has no record: it was compacted away, or is the mark of a transaction", s.offset, s.place.partition)
	}
	record := parcel.records[0]
	record.Key, record.Value = bytes.Clone(record.Key), bytes.Clone(record.Value)
	record.Headers = slices.Clone(record.Headers)
	for i := range record.Headers {
		record.Headers[i].Value = bytes.Clone(record.Headers[i].Value)
	}
	return record, nil
}

// outOfLog says which offsets there are.
func (s *single) outOfLog(ctx context.Context) error {
	start, err := s.cluster.offsetAt(ctx, s.place, timeEarliest, false)
	if err != nil {
		return err
	}
	end, err := s.cluster.offsetAt(ctx, s.place, timeLatest, false)
	switch {
	case err != nil:
		return err
	case start == end:
		return fmt.Errorf("partition %d is empty: its next offset is %d", s.place.partition, end)
	case s.offset < start:
		return fmt.Errorf("offset %d of partition %d is deleted: there are %d to %d", s.offset, s.place.partition, start, end-1)
	}
	return fmt.Errorf("partition %d has no offset %d: there are %d to %d", s.place.partition, s.offset, start, end-1)
}

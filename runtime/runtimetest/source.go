package runtimetest

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/skysift/skysift/runtime"
)

// Source is a stream in memory. Its commits outlive a Run, as a cluster's do.
type Source struct {
	// Topic and Values are the stream: Values[p][o] is the value of partition
	// p at offset o; nil is a tombstone.
	Topic  string
	Values [][][]byte
	// BatchSize is the most records that one Fetch returns; 1 where 0.
	BatchSize int
	// Follow makes Fetch wait at the end of a partition instead of ending it.
	Follow bool

	mu        sync.Mutex
	committed map[int]int64
	history   []Commit
}

// Commit is one call of Partition.Commit.
type Commit struct {
	Partition int
	Next      int64
}

// Run gives out all partitions at once. A partition whose work failed is
// given out again from its last commit.
func (s *Source) Run(ctx context.Context, work func(context.Context, runtime.Partition) error) error {
	var group sync.WaitGroup
	for number := range s.Values {
		group.Go(func() {
			for ctx.Err() == nil {
				p := &partition{source: s, number: number, next: s.Committed(number)}
				if work(ctx, p) == nil {
					return
				}
				time.Sleep(time.Millisecond)
			}
		})
	}
	group.Wait()
	return nil
}

// Committed is the partition's committed offset; 0 where there is none.
func (s *Source) Committed(number int) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.committed[number]
}

// Commits returns every commit so far, in order.
func (s *Source) Commits() []Commit {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Commit(nil), s.history...)
}

func (s *Source) commit(number int, next int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.committed == nil {
		s.committed = map[int]int64{}
	}
	s.committed[number] = next
	s.history = append(s.history, Commit{Partition: number, Next: next})
}

type partition struct {
	source *Source
	number int
	next   int64
}

func (p *partition) Topic() string { return p.source.Topic }

func (p *partition) Number() int { return p.number }

func (p *partition) Fetch(ctx context.Context) (runtime.Batch, error) {
	values := p.source.Values[p.number]
	if int(p.next) >= len(values) {
		if !p.source.Follow {
			return runtime.Batch{}, io.EOF
		}
		<-ctx.Done()
		return runtime.Batch{}, ctx.Err()
	}
	var batch runtime.Batch
	for int(p.next) < len(values) && len(batch.Records) < max(p.source.BatchSize, 1) {
		batch.Records = append(batch.Records, runtime.Record{
			Topic: p.source.Topic, Partition: p.number, Offset: p.next, Value: values[p.next],
			Time: time.UnixMilli(1_700_000_000_000 + p.next),
		})
		p.next++
	}
	batch.Next = p.next
	return batch, nil
}

func (p *partition) Commit(next int64) error {
	p.source.commit(p.number, next)
	return nil
}

func (p *partition) Flush(context.Context) error { return nil }

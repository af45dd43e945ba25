package runtimetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/skysift/skysift/runtime"
)

// SourceCase is one source to hold against the contract of runtime.Source.
type SourceCase struct {
	// Open returns the source over the same stream each time: one that ends
	// (Run returns by itself) and, where Durable, goes on after its commits.
	Open func(t *testing.T) runtime.Source
	// Want are the values of each partition in order, named by
	// "topic/partition"; archives have one partition, named by itself.
	Want map[string][]string
	// Durable says that commits outlive a Run.
	Durable bool
}

// TestSource runs the conformance suite of sources.
func TestSource(t *testing.T, c SourceCase) {
	t.Run("gives every record once and in order, then ends", func(t *testing.T) {
		if c.Durable {
			t.Skip("covered by the durable cases, which leave commits behind")
		}
		expectValues(t, c.Want, readAll(t, c.Open(t), nil))
	})
	t.Run("returns when its context ends", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		err := c.Open(t).Run(ctx, func(ctx context.Context, _ runtime.Partition) error {
			cancel()
			<-ctx.Done()
			return ctx.Err()
		})
		if err != nil {
			t.Errorf("Run returned %v, want nil", err)
		}
	})
	t.Run("lets several records be in hand and stay unchanged until their batch is released", func(t *testing.T) {
		if c.Durable {
			t.Skip("covered by the durable cases, which leave commits behind")
		}
		testHeldBatches(t, c)
	})
	if c.Durable {
		t.Run("goes on after what was committed", func(t *testing.T) { testDurable(t, c) })
	}
}

// readAll runs the source to its end and returns each partition's values.
// fail, where given, may make the work of a partition fail after a batch.
func readAll(t *testing.T, source runtime.Source, fail func(runtime.Batch) error) map[string][]string {
	t.Helper()
	var mu sync.Mutex
	got := map[string][]string{}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	err := source.Run(ctx, func(ctx context.Context, p runtime.Partition) error {
		settled := context.WithoutCancel(ctx)
		for {
			batch, err := p.Fetch(ctx)
			if err != nil {
				return errors.Join(p.Flush(settled), ignoreEnd(err))
			}
			if fail != nil {
				if err := fail(batch); err != nil {
					batch.Release()
					return err
				}
			}
			mu.Lock()
			key := fmt.Sprintf("%s/%d", p.Topic(), p.Number())
			for _, record := range batch.Records {
				got[key] = append(got[key], string(record.Value))
			}
			mu.Unlock()
			batch.Release()
			if err := p.Commit(batch.Next); err != nil {
				return err
			}
		}
	})
	if err != nil {
		t.Fatalf("Run: %v", err)
	}
	return got
}

func expectValues(t *testing.T, want, got map[string][]string) {
	t.Helper()
	for key, values := range want {
		if !slices.Equal(values, got[key]) {
			t.Errorf("partition %s gave %d records, want %d, or not the same ones in the same order", key, len(got[key]), len(values))
		}
	}
	for key := range got {
		if _, ok := want[key]; !ok {
			t.Errorf("partition %s is not part of the stream", key)
		}
	}
}

func testHeldBatches(t *testing.T, c SourceCase) {
	err := c.Open(t).Run(context.Background(), func(ctx context.Context, p runtime.Partition) error {
		first, err := p.Fetch(ctx)
		if err != nil {
			return ignoreEnd(err)
		}
		before := copyValues(first)
		second, err := p.Fetch(ctx)
		if err == nil {
			defer second.Release()
		}
		if !slices.Equal(before, copyValues(first)) {
			t.Error("a batch changed while it was held")
		}
		first.Release()
		return drain(ctx, p)
	})
	if err != nil {
		t.Error(err)
	}
}

func testDurable(t *testing.T, c SourceCase) {
	var mu sync.Mutex
	fetched := 0
	stop := errors.New("this worker fails once")
	got := readAll(t, c.Open(t), func(runtime.Batch) error {
		mu.Lock()
		defer mu.Unlock()
		fetched++
		if fetched == 2 {
			return stop // this batch was not committed: it must come again
		}
		return nil
	})
	expectValues(t, c.Want, got)
	if again := readAll(t, c.Open(t), nil); len(again) != 0 {
		t.Errorf("a second run gave records of %d partitions again, all of which were committed", len(again))
	}
}

func drain(ctx context.Context, p runtime.Partition) error {
	for {
		batch, err := p.Fetch(ctx)
		if err != nil {
			return ignoreEnd(err)
		}
		batch.Release()
	}
}

func copyValues(b runtime.Batch) []string {
	values := make([]string, len(b.Records))
	for i, record := range b.Records {
		values[i] = string(record.Value)
	}
	return values
}

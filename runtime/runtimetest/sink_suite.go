package runtimetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime"
)

// Written is one output as a reader of the sink finds it.
type Written struct {
	Class  filter.Class // "" for a reject
	Origin string
	Value  string
}

// SinkCase is one sink to hold against the contract of runtime.Sink.
type SinkCase struct {
	Sink runtime.Sink
	// Read returns everything written so far; outputs that meet in one output
	// partition are in their order.
	Read func(t *testing.T) []Written
}

// TestSink runs the conformance suite of sinks.
func TestSink(t *testing.T, c SinkCase) {
	t.Run("takes nothing", func(t *testing.T) {
		if err := c.Sink.Write(context.Background(), nil); err != nil {
			t.Error(err)
		}
	})
	t.Run("keeps values byte for byte when Write has returned, from many workers, each one's order kept", func(t *testing.T) {
		testSinkWrites(t, c)
	})
	t.Run("does not say durable when its context has ended", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := c.Sink.Write(ctx, []runtime.Output{sample("late", 0, 0)}); err == nil {
			t.Error("Write returned nil after its context had ended")
		}
	})
}

func testSinkWrites(t *testing.T, c SinkCase) {
	const workers, batches, perBatch = 4, 5, 6
	var group sync.WaitGroup
	for worker := range workers {
		group.Go(func() {
			for batch := range batches {
				outputs := make([]runtime.Output, perBatch)
				for i := range outputs {
					outputs[i] = sample("first", worker, batch*perBatch+i)
					if i%3 == 1 {
						outputs[i].Class = "second"
					}
				}
				outputs[perBatch-1] = reject(outputs[perBatch-1])
				if err := c.Sink.Write(context.Background(), outputs); err != nil {
					t.Error(err)
				}
				for i := range outputs {
					clear(outputs[i].Value) // the bytes were the caller's until now
				}
			}
		})
	}
	group.Wait()
	checkWritten(t, c.Read(t), workers, batches*perBatch)
}

func checkWritten(t *testing.T, written []Written, workers, perWorker int) {
	t.Helper()
	if len(written) != workers*perWorker {
		t.Errorf("%d outputs can be read, %d were written", len(written), workers*perWorker)
	}
	last := map[string]int{}
	for _, w := range written {
		var partition, number int
		if _, err := fmt.Sscanf(w.Origin, "night/%d/%d", &partition, &number); err != nil {
			t.Errorf("origin %q: %v", w.Origin, err)
		}
		if w.Value != string(sampleValue(partition, number)) {
			t.Errorf("the value of %s changed on its way", w.Origin)
		}
		key := fmt.Sprint(w.Class, partition)
		if before, ok := last[key]; ok && before >= number {
			t.Errorf("%s of class %q came after number %d", w.Origin, w.Class, before)
		}
		last[key] = number
	}
}

func sample(class filter.Class, partition, number int) runtime.Output {
	origin := fmt.Sprintf("night/%d/%d", partition, number)
	return runtime.Output{
		Class: class, Matches: []runtime.Match{{Filter: "f", Version: "v"}}, Origin: origin, ID: fmt.Sprint(1000*partition + number),
		Topic: "night", Partition: partition, Key: []byte(origin), Value: sampleValue(partition, number),
		Time: time.UnixMilli(1_700_000_000_000),
	}
}

func reject(o runtime.Output) runtime.Output {
	o.Class, o.Matches = "", nil
	o.Rejection = &runtime.RecordError{Origin: o.Origin, Topic: o.Topic, Partition: o.Partition, Stage: runtime.StageDecode, Err: errors.New("cut short")}
	return o
}

func sampleValue(partition, number int) []byte {
	return fmt.Appendf(nil, "value %d of partition %d \x00\xff", number, partition)
}

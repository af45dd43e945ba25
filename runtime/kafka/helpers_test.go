package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/kafka"
)

// testLog writes the log of the code under test to the test's.
func testLog(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(&testWriter{t: t}, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

type testWriter struct {
	t  testing.TB
	mu sync.Mutex
}

func (w *testWriter) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.t.Context().Err() == nil {
		w.t.Log(strings.TrimSpace(string(b)))
	}
	return len(b), nil
}

// sourceConfig has short intervals, so that tests need not wait.
func sourceConfig(t testing.TB, brokers []string, group string, topics ...string) kafka.SourceConfig {
	return kafka.SourceConfig{
		Cluster: kafka.Cluster{Brokers: brokers}, Group: group, Topics: topics,
		SessionTimeout: 6 * time.Second, CommitInterval: 200 * time.Millisecond, MetadataInterval: 500 * time.Millisecond,
		Log: testLog(t),
	}
}

func newSource(t testing.TB, config kafka.SourceConfig) *kafka.Source {
	t.Helper()
	s, err := kafka.NewSource(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func newSink(t testing.TB, config kafka.SinkConfig) *kafka.Sink {
	t.Helper()
	if config.Log == nil {
		config.Log = testLog(t)
	}
	s, err := kafka.NewSink(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// reader is work that notes what it read, and commits it.
type reader struct {
	mu     sync.Mutex
	seen   []string            // "topic/partition/offset=value" in order of arrival
	places map[string][]string // values by "topic/partition"
}

func (r *reader) work(ctx context.Context, p runtime.Partition) error {
	for {
		batch, err := p.Fetch(ctx)
		if err != nil {
			return ignoreEnd(err)
		}
		r.note(batch)
		batch.Release()
		if err := p.Commit(batch.Next); err != nil {
			return err
		}
	}
}

func ignoreEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func (r *reader) note(batch runtime.Batch) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.places == nil {
		r.places = map[string][]string{}
	}
	for _, record := range batch.Records {
		r.seen = append(r.seen, fmt.Sprintf("%s=%s", record.Source(0, false), record.Value))
		at := fmt.Sprintf("%s/%d", record.Topic, record.Partition)
		r.places[at] = append(r.places[at], string(record.Value))
	}
}

func (r *reader) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.seen)
}

func (r *reader) sorted() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	seen := slices.Clone(r.seen)
	slices.Sort(seen)
	return seen
}

// numbered are n values that tell their place.
func numbered(prefix string, from, to int) [][]byte {
	var values [][]byte
	for i := from; i < to; i++ {
		values = append(values, []byte(prefix+strconv.Itoa(i)))
	}
	return values
}

func await(t testing.TB, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if done() {
			return
		}
	}
	t.Fatalf("waited in vain until %s", what)
}

// start runs a source in the background; stop ends it and expects no error.
func start(t testing.TB, s *kafka.Source, work func(context.Context, runtime.Partition) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, work) }()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(30 * time.Second):
			t.Error("Run did not return")
		}
	})
	t.Cleanup(stop)
	return stop
}

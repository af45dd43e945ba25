package runtime

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Standstill is a partition of which nothing more is read: what waits for some
// filter's verdict fills the room that there is (Config.Backlog).
type Standstill struct {
	Topic  string
	Number int
	// Filters are those that owe a verdict, and Records how many wait.
	Filters []string
	Records int
	Since   time.Time
	limit   int64
}

// About is the partition, as other alarms call it.
func (s Standstill) About() string { return fmt.Sprintf("%s/%d", s.Topic, s.Number) }

// Reason says why it stands still, and what to do.
func (s Standstill) Reason() string {
	return fmt.Sprintf("stands still: %d records (%d MiB, the most that may wait) wait for the verdict of %s, whose plug-in does not keep up: "+
		"mend it, or write on_failure: skip or reject there, which goes on without it; nothing is lost meanwhile", s.Records, s.limit>>20, strings.Join(s.Filters, ", "))
}

// standstillAfter is how long a partition must stand until it is told: one that waits
// for a plug-in which is merely slow stands for a moment again and again.
const standstillAfter = 3 * time.Second

// standstills are the partitions that stand still. Each is logged once when it has
// done so for a while, and once when it goes on.
type standstills struct {
	mu  sync.Mutex
	log *slog.Logger
	all map[*worker]*Standstill
}

func newStandstills(log *slog.Logger) *standstills {
	return &standstills{log: log, all: map[*worker]*Standstill{}}
}

// begin notes that a worker waits for room, and returns what ends that.
func (s *standstills) begin(w *worker) (end func()) {
	still := &Standstill{Topic: w.partition.Topic(), Number: w.partition.Number(), Since: time.Now(), limit: w.backlog.limit}
	still.Filters, still.Records = w.backlog.owing()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all[w] = still
	told := false
	timer := time.AfterFunc(standstillAfter, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if told = s.all[w] == still; told {
			s.log.Error("in trouble", "about", still.About(), "reason", still.Reason())
		}
	})
	return func() {
		timer.Stop()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.all, w)
		if told {
			s.log.Info("goes on again", "about", still.About(), "after", time.Since(still.Since).Round(time.Millisecond))
		}
	}
}

// list returns those that have stood for a while, in order.
func (s *standstills) list() []Standstill {
	s.mu.Lock()
	defer s.mu.Unlock()
	var long []Standstill
	for _, still := range s.all {
		if time.Since(still.Since) >= standstillAfter {
			long = append(long, *still)
		}
	}
	slices.SortFunc(long, func(a, b Standstill) int { return cmp.Compare(a.About(), b.About()) })
	return long
}

// Standstills returns the partitions that have stood still for a while.
func (p *Pipeline) Standstills() []Standstill { return p.stills.list() }

// room waits until something more may be read.
func (w *worker) room(ctx context.Context) error {
	if w.backlog.hasRoom() {
		return nil
	}
	defer w.pipeline.stills.begin(w)()
	return w.backlog.room(ctx, w.pipeline.config.Patience)
}

func (l *backlog) hasRoom() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bytes < l.limit
}

// owing returns the filters that owe a verdict, and how many records wait.
func (l *backlog) owing() (filters []string, records int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Sorted(maps.Keys(l.owed)), len(l.records)
}

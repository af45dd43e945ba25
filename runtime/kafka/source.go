package kafka

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/skysift/skysift/runtime"
)

// Source is a member of a consumer group that reads the partitions assigned to
// it. Its methods are safe for concurrent use; Run is called once.
type Source struct {
	config   SourceConfig
	log      *slog.Logger
	cluster  *cluster
	group    *group
	origin   *origin
	pool     *pool
	parcels  parcels
	alarms   *alarms
	counters counters

	mu      sync.Mutex
	current *generation
	busy    map[place]chan struct{} // closed when a partition's work has returned
	// finished are the partitions whose work has returned without an error.
	finished map[place]bool
}

var _ runtime.Source = (*Source)(nil)

// NewSource checks the configuration and returns a source that has not
// connected yet.
func NewSource(config SourceConfig) (*Source, error) {
	config = config.withDefaults()
	if err := config.check(); err != nil {
		return nil, err
	}
	policy, err := ParsePolicy(string(config.OutOfRange))
	if err != nil {
		return nil, err
	}
	config.OutOfRange = policy
	c, err := newCluster(config.Cluster)
	if err != nil {
		return nil, err
	}
	return &Source{
		config: config, log: config.Log, cluster: c,
		group: newGroup(c, config.Group),
		origin: &origin{
			cluster: c, start: config.Start, committed: config.ReadCommitted,
			patterns: config.Topics, log: config.Log,
		},
		pool:   newPool(config.Budget),
		alarms: newAlarms(config.Log),
		busy:   make(map[place]chan struct{}), finished: make(map[place]bool),
	}, nil
}

// Close closes the connections; Run must have returned.
func (s *Source) Close() error {
	s.cluster.close()
	return nil
}

// Run takes part in the group until ctx ends, or with UntilEnd until all is
// read. See runtime.Source.
func (s *Source) Run(ctx context.Context, work func(context.Context, runtime.Partition) error) error {
	topics, err := s.firstTopics(ctx)
	if err != nil {
		return endOf(ctx, err)
	}
	if err := s.origin.survey(ctx, s.group, topics); err != nil {
		return endOf(ctx, explainGroup(s.config.Group, err))
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	var ends map[place]int64
	if s.config.UntilEnd {
		if ends, err = s.findEnds(ctx, topics); err != nil {
			return endOf(ctx, err)
		}
		go s.watchEnds(running, ends, stop)
	}
	err = s.takePart(running, topics, ends, work)
	s.waitIdle()
	if running.Err() != nil {
		return nil
	}
	return err
}

// endOf is what Run returns for an error that may only say that ctx has ended.
func endOf(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// firstTopics looks the topics up; it waits for brokers that are down, but not
// for a cluster that refuses us.
func (s *Source) firstTopics(ctx context.Context) (map[string]topicState, error) {
	var pause backoff
	for {
		topics, err := patterns(s.config.Topics).find(ctx, s.cluster)
		switch {
		case err == nil && len(topics) == 0 && s.config.UntilEnd:
			return nil, fmt.Errorf("no topic matches %q: nothing to read until its end", s.config.Topics)
		case err == nil:
			s.alarms.clear(groupAlarm)
			return topics, nil
		case denied(err) || !Retryable(err):
			return nil, err
		}
		s.alarms.after(groupAlarm, troubleAfter, fmt.Errorf("no broker answers: %w", err))
		if err := pause.pause(ctx); err != nil {
			return nil, err
		}
	}
}

// takePart joins the group for the topics there are, and anew when they change.
func (s *Source) takePart(ctx context.Context, topics map[string]topicState, ends map[place]int64, work func(context.Context, runtime.Partition) error) error {
	for ctx.Err() == nil {
		if len(topics) == 0 {
			s.log.Warn("no topic matches yet", "topics", s.config.Topics)
			topics = s.nextTopics(ctx, topics, nil)
			continue
		}
		m := &member{source: s, topics: topics, ends: ends, work: work}
		changed, err := m.run(ctx)
		if err != nil {
			return err
		}
		topics = changed
	}
	return nil
}

// nextTopics polls until the set of topics has changed, and returns it. grown
// is called when only their partitions have.
func (s *Source) nextTopics(ctx context.Context, topics map[string]topicState, grown func(map[string]topicState)) map[string]topicState {
	for {
		if s.pauseFor(ctx, s.config.MetadataInterval) != nil {
			return topics
		}
		found, err := patterns(s.config.Topics).find(ctx, s.cluster)
		if err == nil && s.lacks(found, topics) {
			// Brokers that have just started may not know all topics yet.
			if s.pauseFor(ctx, time.Second) != nil {
				return topics
			}
			found, err = patterns(s.config.Topics).find(ctx, s.cluster)
		}
		switch {
		case err != nil:
		case !sameNames(found, topics):
			s.log.Info("topics have changed: joining anew", "topics", slices.Sorted(keys(found)))
			return found
		case grown != nil:
			grown(found)
		}
	}
}

func (s *Source) lacks(found, topics map[string]topicState) bool {
	for name := range topics {
		if _, ok := found[name]; !ok {
			return true
		}
	}
	return false
}

func (s *Source) pauseFor(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
	return ctx.Err()
}

// claim waits until no earlier work on the partition runs in this process.
func (s *Source) claim(ctx context.Context, at place) (release func(), err error) {
	for {
		s.mu.Lock()
		before := s.busy[at]
		if before == nil {
			mine := make(chan struct{})
			s.busy[at] = mine
			s.mu.Unlock()
			return func() { s.release(at, mine) }, nil
		}
		s.mu.Unlock()
		select {
		case <-before:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (s *Source) release(at place, mine chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.busy, at)
	close(mine)
}

// waitIdle waits until every call of work has returned.
func (s *Source) waitIdle() {
	for {
		s.mu.Lock()
		var one chan struct{}
		for _, busy := range s.busy {
			one = busy
			break
		}
		s.mu.Unlock()
		if one == nil {
			return
		}
		<-one
	}
}

func (s *Source) stopped(at place, err error) {
	s.counters.stops.Add(1)
	s.alarms.raise(at.String(), fmt.Errorf("stopped, and tried again after a pause: %w", err))
}

// finish notes that work has come to the partition's end and is content, be it
// that it commits nothing.
func (s *Source) finish(at place) {
	s.log.Debug("read to its end", "partition", at.String())
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finished[at] = true
}

func (s *Source) isFinished(at place) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.finished[at]
}

// Lag returns how far behind each partition assigned to this member is.
func (s *Source) Lag() []PartitionLag {
	s.mu.Lock()
	current := s.current
	s.mu.Unlock()
	if current == nil {
		return nil
	}
	lags := current.lags()
	slices.SortFunc(lags, func(a, b PartitionLag) int {
		return comparePlaces(place{a.Topic, a.Partition}, place{b.Topic, b.Partition})
	})
	return lags
}

// Alarms returns what does not go on, and why.
func (s *Source) Alarms() []Alarm { return s.alarms.list() }

// Counters returns what was counted so far.
func (s *Source) Counters() Counters { return s.counters.snapshot() }

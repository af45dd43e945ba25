package kafka

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/skysift/skysift/runtime"
)

// member is a membership in the group for one set of topics.
type member struct {
	source *Source
	topics map[string]topicState
	ends   map[place]int64
	work   func(context.Context, runtime.Partition) error

	balancer *balancer
	id       string // in the last generation
}

// joinPause is how long a member waits after it could not join.
const joinPause = 500 * time.Millisecond

// run takes part until ctx ends or the topics change, which it returns.
func (m *member) run(ctx context.Context) (map[string]topicState, error) {
	s := m.source
	m.balancer = &balancer{count: m.countPartitions, log: s.log}
	joined, err := kafkago.NewConsumerGroup(m.config())
	if err != nil {
		return nil, fmt.Errorf("group %s: %w", s.config.Group, err)
	}
	inside, leave := context.WithCancel(ctx)
	defer leave()
	changed := make(chan map[string]topicState, 1)
	grown := make(chan map[string]topicState, 1)
	go func() {
		defer leave()
		changed <- s.nextTopics(inside, m.topics, func(found map[string]topicState) {
			select {
			case grown <- found:
			default:
			}
		})
	}()
	err = m.generations(inside, joined, grown)
	leave()
	// Closing ends the generation, which drains and commits, and leaves.
	_ = joined.Close()
	m.leave()
	s.setCurrent(nil)
	return <-changed, err
}

func (m *member) config() kafkago.ConsumerGroupConfig {
	c := m.source.config
	return kafkago.ConsumerGroupConfig{
		ID:                c.Group,
		Brokers:           c.Cluster.Brokers,
		Dialer:            m.source.cluster.dialer,
		Topics:            slices.Sorted(keys(m.topics)),
		GroupBalancers:    []kafkago.GroupBalancer{m.balancer},
		HeartbeatInterval: c.heartbeatInterval(),
		SessionTimeout:    c.SessionTimeout,
		// Who drains as long as allowed still joins in time.
		RebalanceTimeout: c.SessionTimeout,
		JoinGroupBackoff: joinPause,
		// Watching for partitions is ours: kafka-go's loops on missing topics.
		WatchPartitionChanges: false,
	}
}

// generations runs one generation after the other.
func (m *member) generations(ctx context.Context, joined *kafkago.ConsumerGroup, grown <-chan map[string]topicState) error {
	s := m.source
	for {
		next, err := joined.Next(ctx)
		switch {
		case ctx.Err() != nil || errors.Is(err, kafkago.ErrGroupClosed):
			return nil
		case err != nil:
			if m.hopeless(err) {
				return fmt.Errorf("group %s cannot be joined: %w", s.config.Group, explainJoin(s.config.Group, err))
			}
			s.alarms.after(groupAlarm, patience(err), fmt.Errorf("the group cannot be joined: %w", explainJoin(s.config.Group, err)))
			continue
		}
		s.alarms.clear(groupAlarm)
		m.begin(ctx, next, grown)
	}
}

// hopeless says that joining fails for a reason that waiting does not change.
// Permissions that go missing after a first generation may come back.
func (m *member) hopeless(err error) bool {
	switch {
	case errors.Is(err, kafkago.InconsistentGroupProtocol), errors.Is(err, kafkago.InvalidSessionTimeout), errors.Is(err, kafkago.InvalidGroupId):
		return true
	}
	return denied(err) && m.source.counters.generations.Load() == 0
}

func explainJoin(group string, err error) error {
	switch {
	case errors.Is(err, kafkago.InconsistentGroupProtocol):
		return fmt.Errorf("%w: its members are another kind of program; choose another group name", err)
	case errors.Is(err, kafkago.InvalidSessionTimeout):
		return fmt.Errorf("%w: the brokers allow from group.min.session.timeout.ms (6s unless changed) up", err)
	case forbidden(err):
		return explainGroup(group, err)
	}
	return err
}

// begin starts work on a generation in the background. kafka-go gives out the
// next one only after it has ended.
func (m *member) begin(alive context.Context, next *kafkago.Generation, grown <-chan map[string]topicState) {
	s := m.source
	s.counters.generations.Add(1)
	m.id = next.MemberID
	var assigned []place
	for topic, partitions := range next.Assignments {
		for _, p := range partitions {
			assigned = append(assigned, place{topic, p.ID})
		}
	}
	slices.SortFunc(assigned, comparePlaces)
	s.log.Info("joined", "group", s.config.Group, "generation", next.ID, "partitions", len(assigned))
	if len(assigned) == 0 {
		s.log.Warn("no partition is assigned to this member: it waits for others to leave, or for more partitions")
	}
	g := &generation{
		source: s, work: m.work, committer: m.committer(next), assigned: assigned,
		alive: alive, ends: m.ends, open: make(map[place]*progress),
	}
	s.setCurrent(g)
	led := m.balancer.takeCounts()
	next.Start(func(ended context.Context) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		defer context.AfterFunc(ended, cancel)()
		if led != nil {
			go watchGrowth(ctx, led, grown, cancel)
		}
		g.run(ctx, cancel)
	})
}

// watchGrowth ends the leader's generation when partitions were added: that
// alone makes the group share them out.
func watchGrowth(ctx context.Context, led map[string]int, grown <-chan map[string]topicState, cancel context.CancelFunc) {
	for {
		select {
		case <-ctx.Done():
			return
		case found := <-grown:
			for name, s := range found {
				if n, ok := led[name]; ok && n != len(s.leaders) {
					cancel()
					return
				}
			}
		}
	}
}

// leave leaves the group once more: closed in the midst of joining, kafka-go
// does not, and the others would wait for this member's session to time out.
func (m *member) leave() {
	if m.id == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), joinPause)
	defer cancel()
	m.source.group.leave(ctx, m.id)
}

func (m *member) committer(next *kafkago.Generation) *committer {
	s := m.source
	c := newCommitter()
	c.interval, c.silence = s.config.CommitInterval, s.config.SessionTimeout
	c.log, c.alarms = s.log, s.alarms
	c.send = func(ctx context.Context, offsets map[place]int64) (map[place]error, error) {
		return s.group.commit(ctx, next.ID, next.MemberID, offsets)
	}
	return c
}

// countPartitions asks for the partitions of topics, for the balancer.
func (m *member) countPartitions(topics []string) (map[string]int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), m.source.config.SessionTimeout/2)
	defer cancel()
	states, err := m.source.cluster.describe(ctx, topics...)
	if err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for _, s := range states {
		counts[s.name] = len(s.leaders)
	}
	return counts, nil
}

func (s *Source) setCurrent(g *generation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = g
}

func keys[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }

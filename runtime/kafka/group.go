package kafka

import (
	"context"
	"errors"
	"fmt"
	"sync"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/findcoordinator"
	"github.com/segmentio/kafka-go/protocol/leavegroup"
	"github.com/segmentio/kafka-go/protocol/offsetcommit"
	"github.com/segmentio/kafka-go/protocol/offsetfetch"
)

// place is one partition of a topic.
type place struct {
	topic     string
	partition int
}

func (p place) String() string { return fmt.Sprintf("%s/%d", p.topic, p.partition) }

// group reads and commits a consumer group's offsets at its coordinator.
type group struct {
	cluster *cluster
	name    string

	mu          sync.Mutex
	coordinator int32 // anyBroker until it is known
}

func newGroup(c *cluster, name string) *group {
	return &group{cluster: c, name: name, coordinator: anyBroker}
}

// errFenced ends a generation: the group goes on without this member.
var errFenced = errors.New("the group has gone on without this member")

// commit commits offsets as a member of a generation. Those it returns errors
// for are not committed; err is about all of them.
func (g *group) commit(ctx context.Context, generation int32, member string, offsets map[place]int64) (map[place]error, error) {
	topics := map[string][]offsetcommit.RequestPartition{}
	for at, offset := range offsets {
		topics[at.topic] = append(topics[at.topic], offsetcommit.RequestPartition{
			PartitionIndex: int32(at.partition), CommittedOffset: offset, CommittedLeaderEpoch: -1,
		})
	}
	request := &offsetcommit.Request{GroupID: g.name, GenerationID: generation, MemberID: member, RetentionTimeMs: -1}
	for topic, partitions := range topics {
		request.Topics = append(request.Topics, offsetcommit.RequestTopic{Name: topic, Partitions: partitions})
	}
	response, err := askCoordinator[*offsetcommit.Response](ctx, g, request)
	if err != nil {
		return nil, err
	}
	failed := map[place]error{}
	for _, t := range response.Topics {
		for _, p := range t.Partitions {
			if err := kafkaError(p.ErrorCode); err != nil {
				failed[place{t.Name, int(p.PartitionIndex)}] = g.judge(err)
			}
		}
	}
	return failed, nil
}

// judge looks at an error that the coordinator answered.
func (g *group) judge(err error) error {
	switch {
	case errors.Is(err, kafkago.IllegalGeneration), errors.Is(err, kafkago.UnknownMemberId), errors.Is(err, kafkago.FencedInstanceID):
		return fmt.Errorf("%w: %w", errFenced, err)
	case errors.Is(err, kafkago.NotCoordinatorForGroup), errors.Is(err, kafkago.GroupCoordinatorNotAvailable):
		g.forget()
	}
	return err
}

// committed returns what the group has committed; partitions without a
// committed offset are left out.
func (g *group) committed(ctx context.Context, places []place) (map[place]int64, error) {
	topics := map[string][]int32{}
	for _, at := range places {
		topics[at.topic] = append(topics[at.topic], int32(at.partition))
	}
	request := &offsetfetch.Request{GroupID: g.name, Topics: []offsetfetch.RequestTopic{}}
	for topic, partitions := range topics {
		request.Topics = append(request.Topics, offsetfetch.RequestTopic{Name: topic, PartitionIndexes: partitions})
	}
	response, err := askCoordinator[*offsetfetch.Response](ctx, g, request)
	if err != nil {
		return nil, err
	}
	if err := kafkaError(response.ErrorCode); errors.Is(err, kafkago.GroupIdNotFound) {
		return map[place]int64{}, nil
	} else if err != nil {
		return nil, g.judge(err)
	}
	offsets := map[place]int64{}
	for _, t := range response.Topics {
		for _, p := range t.Partitions {
			err := kafkaError(p.ErrorCode)
			if err != nil && !errors.Is(err, kafkago.UnknownTopicOrPartition) {
				return nil, g.judge(err)
			}
			if err == nil && p.CommittedOffset >= 0 {
				offsets[place{t.Name, int(p.PartitionIndex)}] = p.CommittedOffset
			}
		}
	}
	return offsets, nil
}

// committedRetrying is committed, tried again until ctx ends or only a person
// can help.
func (g *group) committedRetrying(ctx context.Context, places []place) (map[place]int64, error) {
	var pause backoff
	for {
		offsets, err := g.committed(ctx, places)
		if err == nil || denied(err) || !Retryable(err) || pause.pause(ctx) != nil {
			return offsets, err
		}
	}
}

// leave takes a member out of the group; one that has left already stays out.
func (g *group) leave(ctx context.Context, member string) {
	// Nobody waits for the outcome: the session times out in the end.
	_, _ = askCoordinator[*leavegroup.Response](ctx, g, &leavegroup.Request{
		GroupID: g.name, MemberID: member, Members: []leavegroup.RequestMember{{MemberID: member}},
	})
}

func askCoordinator[Response protocol.Message](ctx context.Context, g *group, request protocol.Message) (Response, error) {
	var none Response
	broker, err := g.find(ctx)
	if err != nil {
		return none, err
	}
	response, err := ask[Response](ctx, g.cluster, broker, request)
	if err != nil {
		g.forget()
		return none, fmt.Errorf("asking the coordinator of group %s: %w", g.name, err)
	}
	return response, nil
}

func (g *group) find(ctx context.Context) (int32, error) {
	g.mu.Lock()
	known := g.coordinator
	g.mu.Unlock()
	if known != anyBroker {
		return known, nil
	}
	response, err := ask[*findcoordinator.Response](ctx, g.cluster, anyBroker, &findcoordinator.Request{Key: g.name})
	if err == nil {
		err = kafkaError(response.ErrorCode)
	}
	if err != nil {
		return anyBroker, fmt.Errorf("looking for the coordinator of group %s: %w", g.name, err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.coordinator = response.NodeID
	return response.NodeID, nil
}

func (g *group) forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.coordinator = anyBroker
}

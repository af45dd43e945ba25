package kafka

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol/createtopics"
	"github.com/segmentio/kafka-go/protocol/metadata"
)

const (
	// defaultLimit is assumed where max.message.bytes cannot be asked for.
	defaultLimit = 1_000_000
	// headerRoom is what a created topic takes beyond its input's batches, for
	// the headers of outputs.
	headerRoom = 64 << 10
)

// outTopic is an output topic, made if it is missing and described once.
type outTopic struct {
	sink  *Sink
	name  string
	limit atomic.Int64 // bytes of a record batch

	// turn is held while lanes are made.
	turn  chan struct{}
	lanes []*lane
}

func newOutTopic(s *Sink, name string) *outTopic {
	return &outTopic{sink: s, name: name, turn: make(chan struct{}, 1)}
}

// lane returns the lane for an input partition.
func (t *outTopic) lane(ctx context.Context, input int) (*lane, error) {
	select {
	case t.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-t.turn }()
	if t.lanes == nil {
		if err := t.open(ctx); err != nil {
			return nil, err
		}
	}
	return t.lanes[input%len(t.lanes)], nil
}

// open waits until the topic is there. It is called by who has the turn.
func (t *outTopic) open(ctx context.Context) error {
	var pause backoff
	for {
		n, err := t.sink.cluster.partitions(ctx, t.name)
		if errors.Is(err, kafkago.UnknownTopicOrPartition) {
			err = t.ensure(ctx)
		}
		if err == nil && n > 0 {
			t.limit.Store(defaultLimit)
			t.learnLimit(ctx)
			for i := range n {
				t.lanes = append(t.lanes, newLane(t, i))
			}
			t.sink.alarms.clear(t.name)
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			if !Retryable(err) {
				return err
			}
			t.sink.cluster.forget(t.name)
			t.sink.trouble(t.name, err)
			pause.slow = denied(err)
		}
		if err := pause.pause(ctx); err != nil {
			return err
		}
	}
}

// ensure creates the topic unless it is there or others create it.
func (t *outTopic) ensure(ctx context.Context) error {
	if t.sink.config.NoCreate {
		return fmt.Errorf("output topic %s is missing and creating topics is switched off: create it: %w", t.name, kafkago.UnknownTopicOrPartition)
	}
	var like Layout
	if t.sink.config.Like != nil {
		l, err := t.sink.config.Like(ctx)
		if err != nil {
			return fmt.Errorf("looking at the input topics for a new topic's layout: %w", err)
		}
		like = l
	}
	if n := t.sink.config.Partitions; n > 0 {
		like.Partitions = n
	}
	return t.sink.cluster.createTopic(ctx, t.name, like)
}

// createTopic creates a topic; one that is there already is as good. A broker
// without defaults for counts (before Kafka 2.4) gets ones.
func (c *cluster) createTopic(ctx context.Context, name string, like Layout) error {
	brokers, err := ask[*metadata.Response](ctx, c, anyBroker, &metadata.Request{TopicNames: []string{}})
	if err != nil {
		return err
	}
	topic := createtopics.RequestTopic{Name: name, NumPartitions: -1, ReplicationFactor: -1}
	if like.Partitions > 0 {
		topic.NumPartitions = int32(like.Partitions)
	}
	if like.Replication > 0 {
		// A second cluster may have fewer brokers than the input's.
		topic.ReplicationFactor = int16(min(like.Replication, len(brokers.Brokers)))
	}
	if like.MaxMessageBytes > 0 {
		topic.Configs = []createtopics.RequestConfig{{Name: maxMessageBytes, Value: strconv.Itoa(like.MaxMessageBytes + headerRoom)}}
	}
	response, err := ask[*createtopics.Response](ctx, c, brokers.ControllerID, &createtopics.Request{
		Topics: []createtopics.RequestTopic{topic}, TimeoutMs: int32(requestTimeout.Milliseconds() / 2),
	})
	if err != nil {
		return err
	}
	for _, t := range response.Topics {
		err := kafkaError(t.ErrorCode)
		if err != nil && !errors.Is(err, kafkago.TopicAlreadyExists) {
			return fmt.Errorf("creating topic %s: %w: %s", name, err, t.ErrorMessage)
		}
	}
	c.forget(name)
	return nil
}

// learnLimit asks for the topic's bound on batches; the one known stays where
// it cannot be asked for.
func (t *outTopic) learnLimit(ctx context.Context) {
	if n, err := t.sink.cluster.maxMessageBytes(ctx, t.name); err == nil && n > 0 {
		t.limit.Store(int64(n))
	}
}

// patience is how long an error may last before it is told.
func patience(err error) time.Duration {
	if denied(err) {
		return 0
	}
	return troubleAfter
}

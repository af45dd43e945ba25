package kafka

import (
	"context"
	"fmt"

	"github.com/segmentio/kafka-go/protocol/listoffsets"
)

// offsetAt asks the partition's leader for the offset at a timestamp
// (timeEarliest and timeLatest among them); -1 where no record is that late.
func (c *cluster) offsetAt(ctx context.Context, at place, timestamp int64, committed bool) (int64, error) {
	broker, err := c.leader(ctx, at.topic, at.partition)
	if err != nil {
		return 0, err
	}
	request := &listoffsets.Request{ReplicaID: -1, Topics: []listoffsets.RequestTopic{{
		Topic: at.topic,
		Partitions: []listoffsets.RequestPartition{{
			Partition: int32(at.partition), CurrentLeaderEpoch: -1, Timestamp: timestamp,
		}},
	}}}
	if committed {
		request.IsolationLevel = 1
	}
	response, err := ask[*listoffsets.Response](ctx, c, broker, request)
	if err != nil {
		c.forget(at.topic)
		return 0, err
	}
	if len(response.Topics) != 1 || len(response.Topics[0].Partitions) != 1 {
		return 0, errShort
	}
	p := response.Topics[0].Partitions[0]
	if err := kafkaError(p.ErrorCode); err != nil {
		c.forget(at.topic)
		return 0, err
	}
	return p.Offset, nil
}

// offsetAtRetrying is offsetAt, tried again until ctx ends or only a person can
// help.
func (c *cluster) offsetAtRetrying(ctx context.Context, at place, timestamp int64, committed bool) (int64, error) {
	var pause backoff
	for {
		offset, err := c.offsetAt(ctx, at, timestamp, committed)
		if err == nil || ctx.Err() != nil {
			return offset, err
		}
		if denied(err) || !Retryable(err) {
			return 0, fmt.Errorf("looking for an offset of %v: %w", at, explainTopic(at.topic, err))
		}
		if err := pause.pause(ctx); err != nil {
			return 0, err
		}
	}
}

package kafkatest

import (
	"context"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Span is the part of a partition's log that can be read: from the offset
// Start up to, not including, End.
type Span struct{ Start, End int64 }

// Spans returns the span of each partition of the topic.
func (c *Cluster) Spans(t testing.TB, topic string) []Span {
	t.Helper()
	return c.span(t, topic, false)
}

func (c *Cluster) span(t testing.TB, topic string, committed bool) []Span {
	t.Helper()
	starts := c.list(t, topic, -2, committed)
	ends := c.list(t, topic, -1, committed)
	spans := make([]Span, len(starts))
	for i := range spans {
		spans[i] = Span{starts[i], ends[i]}
	}
	return spans
}

// list asks for an offset of each partition: of the first record at or after a
// time, with the times -2 and -1 standing for the log's start and end.
func (c *Cluster) list(t testing.TB, topic string, time int64, committed bool) (offsets []int64) {
	t.Helper()
	c.admin(t, "listing offsets of "+topic, func(ctx context.Context, client *kgo.Client) error {
		partitions, err := partitionCount(ctx, client, topic)
		if err != nil {
			return err
		}
		asked := kmsg.NewListOffsetsRequestTopic()
		asked.Topic = topic
		for i := range partitions {
			p := kmsg.NewListOffsetsRequestTopicPartition()
			p.Partition, p.Timestamp = int32(i), time
			asked.Partitions = append(asked.Partitions, p)
		}
		request := kmsg.NewPtrListOffsetsRequest()
		request.ReplicaID = -1
		request.Topics = append(request.Topics, asked)
		if committed {
			request.IsolationLevel = 1
		}
		response, err := request.RequestWith(ctx, client)
		if err != nil {
			return err
		}
		offsets = make([]int64, partitions)
		for _, answered := range response.Topics {
			for _, p := range answered.Partitions {
				if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
					return err
				}
				offsets[p.Partition] = p.Offset
			}
		}
		return nil
	})
	return offsets
}

func partitionCount(ctx context.Context, client *kgo.Client, topic string) (int, error) {
	asked := kmsg.NewMetadataRequestTopic()
	asked.Topic = &topic
	request := kmsg.NewPtrMetadataRequest()
	request.Topics = append(request.Topics, asked)
	response, err := request.RequestWith(ctx, client)
	if err != nil {
		return 0, err
	}
	return len(response.Topics[0].Partitions), kerr.ErrorForCode(response.Topics[0].ErrorCode)
}

// Committed returns what a group has committed for each partition of the
// topic: the offset it reads next, or -1.
func (c *Cluster) Committed(t testing.TB, group, topic string) (offsets []int64) {
	t.Helper()
	c.admin(t, "reading the offsets of group "+group, func(ctx context.Context, client *kgo.Client) error {
		partitions, err := partitionCount(ctx, client, topic)
		if err != nil {
			return err
		}
		asked := kmsg.NewOffsetFetchRequestTopic()
		asked.Topic = topic
		for i := range partitions {
			asked.Partitions = append(asked.Partitions, int32(i))
		}
		request := kmsg.NewPtrOffsetFetchRequest()
		request.Group, request.Topics = group, append(request.Topics, asked)
		response, err := request.RequestWith(ctx, client)
		if err != nil {
			return err
		}
		if err := kerr.ErrorForCode(response.ErrorCode); err != nil {
			return err
		}
		offsets = make([]int64, partitions)
		for _, answered := range response.Topics {
			for _, p := range answered.Partitions {
				if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
					return err
				}
				offsets[p.Partition] = p.Offset
			}
		}
		return nil
	})
	return offsets
}

// Commit sets what a group without members has committed for one partition.
func (c *Cluster) Commit(t testing.TB, group, topic string, partition int, offset int64) {
	t.Helper()
	p := kmsg.NewOffsetCommitRequestTopicPartition()
	p.Partition, p.Offset = int32(partition), offset
	asked := kmsg.NewOffsetCommitRequestTopic()
	asked.Topic, asked.Partitions = topic, append(asked.Partitions, p)
	request := kmsg.NewPtrOffsetCommitRequest()
	request.Group, request.Topics = group, append(request.Topics, asked)
	c.admin(t, "committing for group "+group, func(ctx context.Context, client *kgo.Client) error {
		response, err := request.RequestWith(ctx, client)
		if err != nil {
			return err
		}
		return kerr.ErrorForCode(response.Topics[0].Partitions[0].ErrorCode)
	})
}

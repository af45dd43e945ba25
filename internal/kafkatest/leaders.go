package kafkatest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// AwaitPartitions waits until every running broker knows all partitions of the
// topic and their leaders.
func (c *Cluster) AwaitPartitions(t testing.TB, topic string, partitions int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), adminTimeout)
	defer cancel()
	for i, b := range c.brokers {
		for b.running() {
			leaders, err := c.leaders(ctx, i, topic)
			if err == nil && len(leaders) == partitions && !slices.Contains(leaders, -1) {
				break
			}
			if ctx.Err() != nil {
				t.Fatalf("broker %d sees leaders %v of %s, and not %d of them: %v", i, leaders, topic, partitions, err)
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
}

// Leader returns the broker that leads a partition; -1: none does.
func (c *Cluster) Leader(t testing.TB, topic string, partition int) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), adminTimeout)
	defer cancel()
	for i, b := range c.brokers {
		if !b.running() {
			continue
		}
		leaders, err := c.leaders(ctx, i, topic)
		if err != nil {
			t.Fatal(err)
		}
		return leaders[partition]
	}
	return -1
}

// leaders asks broker i for the leader of each partition of the topic.
func (c *Cluster) leaders(ctx context.Context, i int, topic string) ([]int, error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(c.Brokers()[i]))
	if err != nil {
		return nil, err
	}
	defer client.Close()
	asked := kmsg.NewMetadataRequestTopic()
	asked.Topic = &topic
	request := kmsg.NewPtrMetadataRequest()
	request.Topics = append(request.Topics, asked)
	response, err := request.RequestWith(ctx, client.SeedBrokers()[0])
	if err != nil {
		return nil, err
	}
	if err := kerr.ErrorForCode(response.Topics[0].ErrorCode); err != nil {
		return nil, err
	}
	leaders := make([]int, len(response.Topics[0].Partitions))
	for _, p := range response.Topics[0].Partitions {
		leaders[p.Partition] = int(p.Leader)
	}
	return leaders, nil
}

// MoveLeader makes broker to the leader of a partition, of which it must hold
// a replica, while clients read and write on.
func (c *Cluster) MoveLeader(t testing.TB, topic string, partition, to int) {
	t.Helper()
	replicas := []int32{int32(to)}
	for i := range c.brokers {
		if i != to {
			replicas = append(replicas, int32(i))
		}
	}
	c.reassign(t, topic, partition, replicas)
	c.admin(t, fmt.Sprintf("electing broker %d for %s/%d", to, topic, partition), func(ctx context.Context, client *kgo.Client) error {
		asked := kmsg.NewElectLeadersRequestTopic()
		asked.Topic, asked.Partitions = topic, []int32{int32(partition)}
		request := kmsg.NewPtrElectLeadersRequest()
		request.Topics = append(request.Topics, asked)
		if _, err := request.RequestWith(ctx, client); err != nil {
			return err
		}
		if c.Leader(t, topic, partition) != to {
			return kerr.PreferredLeaderNotAvailable
		}
		return nil
	})
}

// reassign sets the order of a partition's replicas; the first is preferred as leader.
func (c *Cluster) reassign(t testing.TB, topic string, partition int, replicas []int32) {
	t.Helper()
	p := kmsg.NewAlterPartitionAssignmentsRequestTopicPartition()
	p.Partition, p.Replicas = int32(partition), replicas
	asked := kmsg.NewAlterPartitionAssignmentsRequestTopic()
	asked.Topic, asked.Partitions = topic, append(asked.Partitions, p)
	request := kmsg.NewPtrAlterPartitionAssignmentsRequest()
	request.Topics = append(request.Topics, asked)
	c.admin(t, "reassigning "+topic, func(ctx context.Context, client *kgo.Client) error {
		response, err := request.RequestWith(ctx, client)
		if err != nil {
			return err
		}
		return kerr.ErrorForCode(response.Topics[0].Partitions[0].ErrorCode)
	})
}

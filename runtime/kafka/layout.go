package kafka

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/segmentio/kafka-go/protocol/describeconfigs"
)

// Layout returns what output topics take after: of the input topics there are,
// the most partitions, the most replicas, and the largest bound on a message.
func (s *Source) Layout(ctx context.Context) (Layout, error) {
	topics, err := patterns(s.config.Topics).find(ctx, s.cluster)
	if err != nil {
		return Layout{}, err
	}
	var l Layout
	for name, t := range topics {
		l.Partitions = max(l.Partitions, len(t.leaders))
		l.Replication = max(l.Replication, t.replication)
		largest, err := s.cluster.maxMessageBytes(ctx, name)
		if err != nil && !denied(err) {
			return Layout{}, err
		}
		l.MaxMessageBytes = max(l.MaxMessageBytes, largest)
	}
	return l, nil
}

const (
	resourceTopic   = 2
	maxMessageBytes = "max.message.bytes"
)

// maxMessageBytes returns the bound on a topic's record batches.
func (c *cluster) maxMessageBytes(ctx context.Context, topic string) (int, error) {
	response, err := ask[*describeconfigs.Response](ctx, c, anyBroker, &describeconfigs.Request{
		Resources: []describeconfigs.RequestResource{{
			ResourceType: resourceTopic, ResourceName: topic, ConfigNames: []string{maxMessageBytes},
		}},
	})
	if err != nil {
		return 0, err
	}
	for _, resource := range response.Resources {
		if err := kafkaError(resource.ErrorCode); err != nil {
			return 0, fmt.Errorf("asking for the configuration of topic %s: %w", topic, err)
		}
		for _, entry := range resource.ConfigEntries {
			if entry.ConfigName == maxMessageBytes {
				return strconv.Atoi(entry.ConfigValue)
			}
		}
	}
	return 0, errors.New("the broker tells no " + maxMessageBytes)
}

package kafkatest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// adminTimeout bounds one administrative call, retries among them.
const adminTimeout = time.Minute

// Topic creates a topic named after the test, unlike any other, with all the
// replicas that the cluster can hold up to three.
func (c *Cluster) Topic(t testing.TB, partitions int) string {
	t.Helper()
	name := UniqueName(t)
	c.CreateTopic(t, name, partitions, min(len(c.brokers), 3), nil)
	return name
}

// UniqueName returns a legal name for a topic or group, made from the test's.
func UniqueName(t testing.TB) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-':
			return r
		}
		return '-'
	}, t.Name())
	return fmt.Sprintf("%.150s-%06x", name, rand.IntN(1<<24))
}

// CreateTopic creates a topic and waits until every partition has a leader
// that all brokers know.
func (c *Cluster) CreateTopic(t testing.TB, name string, partitions, replication int, configs map[string]string) {
	t.Helper()
	topic := kmsg.NewCreateTopicsRequestTopic()
	topic.Topic = name
	topic.NumPartitions = int32(partitions)
	topic.ReplicationFactor = int16(replication)
	for key, value := range configs {
		config := kmsg.NewCreateTopicsRequestTopicConfig()
		config.Name, config.Value = key, &value
		topic.Configs = append(topic.Configs, config)
	}
	request := kmsg.NewPtrCreateTopicsRequest()
	request.Topics = append(request.Topics, topic)
	tries := 0
	c.admin(t, "creating topic "+name, func(ctx context.Context, client *kgo.Client) error {
		tries++
		response, err := request.RequestWith(ctx, client)
		if err != nil {
			return err
		}
		err = kerr.ErrorForCode(response.Topics[0].ErrorCode)
		if tries > 1 && errors.Is(err, kerr.TopicAlreadyExists) {
			return nil // an earlier try was slower than its answer
		}
		return err
	})
	c.AwaitPartitions(t, name, partitions)
}

// AddPartitions grows a topic to the given number of partitions.
func (c *Cluster) AddPartitions(t testing.TB, name string, partitions int) {
	t.Helper()
	topic := kmsg.NewCreatePartitionsRequestTopic()
	topic.Topic, topic.Count = name, int32(partitions)
	request := kmsg.NewPtrCreatePartitionsRequest()
	request.Topics = append(request.Topics, topic)
	c.admin(t, "adding partitions to "+name, func(ctx context.Context, client *kgo.Client) error {
		response, err := request.RequestWith(ctx, client)
		if err != nil {
			return err
		}
		return kerr.ErrorForCode(response.Topics[0].ErrorCode)
	})
	c.AwaitPartitions(t, name, partitions)
}

// DeleteTopic deletes a topic.
func (c *Cluster) DeleteTopic(t testing.TB, name string) {
	t.Helper()
	request := kmsg.NewPtrDeleteTopicsRequest()
	request.TopicNames = []string{name}
	topic := kmsg.NewDeleteTopicsRequestTopic()
	topic.Topic = &name
	request.Topics = append(request.Topics, topic)
	c.admin(t, "deleting topic "+name, func(ctx context.Context, client *kgo.Client) error {
		response, err := request.RequestWith(ctx, client)
		if err != nil {
			return err
		}
		return kerr.ErrorForCode(response.Topics[0].ErrorCode)
	})
}

// SetTopicConfig changes one setting of a topic.
func (c *Cluster) SetTopicConfig(t testing.TB, name, key, value string) {
	t.Helper()
	config := kmsg.NewIncrementalAlterConfigsRequestResourceConfig()
	config.Name, config.Value = key, &value
	resource := kmsg.NewIncrementalAlterConfigsRequestResource()
	resource.ResourceType, resource.ResourceName = kmsg.ConfigResourceTypeTopic, name
	resource.Configs = append(resource.Configs, config)
	request := kmsg.NewPtrIncrementalAlterConfigsRequest()
	request.Resources = append(request.Resources, resource)
	c.admin(t, "configuring topic "+name, func(ctx context.Context, client *kgo.Client) error {
		response, err := request.RequestWith(ctx, client)
		if err != nil {
			return err
		}
		return kerr.ErrorForCode(response.Resources[0].ErrorCode)
	})
}

// DeleteRecords moves the start of a partition's log up to offset.
func (c *Cluster) DeleteRecords(t testing.TB, topic string, partition int, offset int64) {
	t.Helper()
	p := kmsg.NewDeleteRecordsRequestTopicPartition()
	p.Partition, p.Offset = int32(partition), offset
	asked := kmsg.NewDeleteRecordsRequestTopic()
	asked.Topic, asked.Partitions = topic, append(asked.Partitions, p)
	request := kmsg.NewPtrDeleteRecordsRequest()
	request.Topics = append(request.Topics, asked)
	c.admin(t, "deleting records of "+topic, func(ctx context.Context, client *kgo.Client) error {
		response, err := request.RequestWith(ctx, client)
		if err != nil {
			return err
		}
		return kerr.ErrorForCode(response.Topics[0].Partitions[0].ErrorCode)
	})
}

// DenyWrite forbids everyone to write to a topic. The brokers need an
// authorizer for it: see Authorizing.
func (c *Cluster) DenyWrite(t testing.TB, topic string) {
	t.Helper()
	rule := kmsg.NewCreateACLsRequestCreation()
	rule.ResourceType, rule.ResourceName = kmsg.ACLResourceTypeTopic, topic
	rule.ResourcePatternType = kmsg.ACLResourcePatternTypeLiteral
	rule.Principal, rule.Host = "User:ANONYMOUS", "*"
	rule.Operation, rule.PermissionType = kmsg.ACLOperationWrite, kmsg.ACLPermissionTypeDeny
	request := kmsg.NewPtrCreateACLsRequest()
	request.Creations = append(request.Creations, rule)
	c.admin(t, "forbidding to write "+topic, func(ctx context.Context, client *kgo.Client) error {
		response, err := request.RequestWith(ctx, client)
		if err != nil {
			return err
		}
		return kerr.ErrorForCode(response.Results[0].ErrorCode)
	})
}

// Authorizing is the Config of brokers that allow all that no rule forbids.
func Authorizing() map[string]string {
	return map[string]string{
		"authorizer.class.name":          "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
		"allow.everyone.if.no.acl.found": "true",
		"super.users":                    "User:admin",
	}
}

// Client returns a franz-go client of the cluster, closed when the test ends.
func (c *Cluster) Client(t testing.TB, options ...kgo.Opt) *kgo.Client {
	t.Helper()
	client, err := c.client(options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

func (c *Cluster) client(options ...kgo.Opt) (*kgo.Client, error) {
	return kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(c.Brokers()...), kgo.MetadataMinAge(100 * time.Millisecond)}, options...)...)
}

// admin calls do, again after errors that pass, until it succeeds.
func (c *Cluster) admin(t testing.TB, what string, do func(context.Context, *kgo.Client) error) {
	t.Helper()
	client, err := c.client()
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), adminTimeout)
	defer cancel()
	for {
		err := do(ctx, client)
		if err == nil {
			return
		}
		// Of a broker that is fenced for a moment, as on a busy machine, the
		// controller says that there are too few.
		busy := kerr.IsRetriable(err) || errors.Is(err, kerr.InvalidReplicationFactor)
		if !busy || ctx.Err() != nil {
			t.Fatalf("%s: %v", what, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// HasTopic says whether there is a topic of that name.
func (c *Cluster) HasTopic(t testing.TB, name string) bool {
	t.Helper()
	return slices.Contains(c.TopicsWithPrefix(t, name), name)
}

// TopicsWithPrefix returns the names of the topics that begin so, sorted.
func (c *Cluster) TopicsWithPrefix(t testing.TB, prefix string) (names []string) {
	t.Helper()
	request := kmsg.NewPtrMetadataRequest() // without topics: all of them
	c.admin(t, "listing topics", func(ctx context.Context, client *kgo.Client) error {
		response, err := request.RequestWith(ctx, client)
		if err != nil {
			return err
		}
		names = nil
		for _, topic := range response.Topics {
			if topic.Topic != nil && strings.HasPrefix(*topic.Topic, prefix) {
				names = append(names, *topic.Topic)
			}
		}
		return nil
	})
	slices.Sort(names)
	return names
}

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/skysift/skysift/internal/simulate"
)

const (
	// topicBatch is how many alerts are produced at a time.
	topicBatch = 128
	// createTime is how long a new topic may take to be there.
	createTime = 15 * time.Second
)

// topic produces alerts to Kafka, to its partitions in turn.
type topic struct {
	writer *kafkago.Writer
	held   []kafkago.Message
}

func openTopic(ctx context.Context, f *simulateFlags) (destination, error) {
	addresses := kafkago.TCP(f.brokers...)
	transport := &kafkago.Transport{ClientID: "skysift-simulate", DialTimeout: 5 * time.Second}
	client := &kafkago.Client{Addr: addresses, Transport: transport, Timeout: createTime}
	if err := createTopic(ctx, client, f.topic, f.partitions); err != nil {
		return nil, fmt.Errorf("topic %s at %v: %w", f.topic, f.brokers, err)
	}
	return &topic{writer: &kafkago.Writer{
		Addr: addresses, Topic: f.topic, Transport: transport, Balancer: &kafkago.RoundRobin{},
		RequiredAcks: kafkago.RequireAll, BatchTimeout: longEnough, BatchSize: topicBatch,
	}}, nil
}

// createTopic creates the topic unless it is there, and returns when all its
// partitions have leaders.
func createTopic(ctx context.Context, client *kafkago.Client, name string, partitions int) error {
	ctx, cancel := context.WithTimeout(ctx, createTime)
	defer cancel()
	created, err := client.CreateTopics(ctx, &kafkago.CreateTopicsRequest{
		Topics: []kafkago.TopicConfig{{Topic: name, NumPartitions: partitions, ReplicationFactor: -1}},
	})
	if err == nil {
		err = created.Errors[name]
	}
	if err != nil && !errors.Is(err, kafkago.TopicAlreadyExists) {
		return err
	}
	for {
		if err := ready(ctx, client, name); err == nil || ctx.Err() != nil {
			return err
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

// ready returns nil when each partition of the topic has a leader.
func ready(ctx context.Context, client *kafkago.Client, name string) error {
	found, err := client.Metadata(ctx, &kafkago.MetadataRequest{Topics: []string{name}})
	if err != nil {
		return err
	}
	for _, t := range found.Topics {
		if t.Error != nil {
			return t.Error
		}
		for _, p := range t.Partitions {
			if p.Error != nil {
				return p.Error
			}
		}
		if t.Name == name && len(t.Partitions) > 0 {
			return nil
		}
	}
	return kafkago.UnknownTopicOrPartition
}

func (t *topic) write(ctx context.Context, alert simulate.Alert) error {
	t.held = append(t.held, kafkago.Message{Value: alert.Value})
	if len(t.held) < topicBatch {
		return nil
	}
	return t.flush(ctx)
}

func (t *topic) flush(ctx context.Context) error {
	if len(t.held) == 0 {
		return nil
	}
	err := t.writer.WriteMessages(ctx, t.held...)
	t.held = t.held[:0]
	var each kafkago.WriteErrors
	if errors.As(err, &each) {
		for _, err = range each {
			if err != nil {
				return fmt.Errorf("topic %s: %d of %d alerts were not acknowledged: %w", t.writer.Topic, each.Count(), len(each), err)
			}
		}
	}
	return err
}

func (t *topic) close() error { return t.writer.Close() }

package kafka

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	kafkago "github.com/segmentio/kafka-go"
)

// explainTopic says what to do about an input topic that we may not read.
func explainTopic(topic string, err error) error {
	if errors.Is(err, kafkago.TopicAuthorizationFailed) {
		return fmt.Errorf("no permission to read topic %s: grant this user Read and Describe on it: %w", topic, err)
	}
	return fmt.Errorf("topic %s: %w", topic, err)
}

// explainGroup says what to do about a group that we may not be a member of.
func explainGroup(group string, err error) error {
	if errors.Is(err, kafkago.GroupAuthorizationFailed) {
		return fmt.Errorf("no permission to use group %s: grant this user Read on the group, or choose one that it may use: %w", group, err)
	}
	return fmt.Errorf("group %s: %w", group, err)
}

// trouble tells that a topic cannot be written to. A broker that does not answer
// is one trouble, however many topics wait for it.
func (s *Sink) trouble(topic string, err error) {
	if !unanswered(err) {
		s.alarms.after(topic, patience(err), s.advise(topic, err))
		return
	}
	cluster := s.config.Cluster
	name := cmp.Or(cluster.Name, "brokers")
	s.alarms.of(name, topic, troubleAfter, fmt.Errorf("a broker of those that outputs go to (%s) does not answer, and is asked again; nothing is lost: %w",
		strings.Join(cluster.Brokers, ","), err))
}

// advise says what to do about an output that waits.
func (s *Sink) advise(name string, err error) error {
	topic := name
	if cluster := s.config.Cluster; cluster.Name != "" {
		topic = fmt.Sprintf("%s of the %s (%s)", name, cluster.Name, strings.Join(cluster.Brokers, ","))
	}
	return advise(topic, err)
}

func advise(topic string, err error) error {
	switch {
	case refused(err):
		return fmt.Errorf("topic %s cannot be written to; it is tried again until somebody helps: %w", topic, err)
	case errors.Is(err, kafkago.TopicAuthorizationFailed):
		return fmt.Errorf("no permission to write to topic %s: grant this user Write and Describe on it (Create too if it is missing); it is tried again until then: %w", topic, err)
	case denied(err):
		return fmt.Errorf("topic %s cannot be written to: check this user's password and permissions; it is tried again until then: %w", topic, err)
	case errors.Is(err, kafkago.NotEnoughReplicas), errors.Is(err, kafkago.NotEnoughReplicasAfterAppend):
		return fmt.Errorf("topic %s has fewer replicas in sync than min.insync.replicas: waiting for its brokers: %w", topic, err)
	}
	return fmt.Errorf("topic %s cannot be written to, and is tried again: %w", topic, err)
}

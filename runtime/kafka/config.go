package kafka

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime/kafka/secure"
)

// Cluster says how to reach a Kafka cluster.
type Cluster struct {
	// Brokers are addresses "host:port" to begin with; the others are found.
	Brokers []string
	// ClientID names this program in the brokers' logs; "" is "skysift".
	ClientID string
	// Name is what alarms call the cluster, where there are two; "" otherwise.
	Name string
	// TLS and SASL are nil for a cluster without them.
	TLS  *secure.TLS
	SASL *secure.SASL
}

func (c Cluster) check() error {
	if len(c.Brokers) == 0 {
		return errors.New("no brokers: name at least one, such as localhost:9092")
	}
	for _, broker := range c.Brokers {
		if !strings.Contains(broker, ":") {
			return fmt.Errorf("broker %q has no port: write %s:9092", broker, broker)
		}
	}
	return nil
}

// SourceConfig says what a Source reads, and as which group. Zero values stand
// for the defaults named.
type SourceConfig struct {
	Cluster Cluster
	// Group is the consumer group's name.
	Group string
	// Topics are names, or patterns as of path.Match ("ztf_*_programid1").
	// Topics that come to match while the source runs are read too.
	Topics []string
	// Start is where partitions begin for which the group has committed
	// nothing; the zero value is the earliest record. What appears while the
	// source runs begins at its earliest record always.
	Start Start
	// OutOfRange says what to do where the committed offset is no longer (or
	// not yet) in the log; the default stops the partition.
	OutOfRange Policy
	// UntilEnd ends Run once the whole group has committed every partition up
	// to the end it had when Run began.
	UntilEnd bool
	// ReadCommitted leaves out the records of aborted and open transactions.
	ReadCommitted bool

	// SessionTimeout is after how long a silent member's partitions go to the
	// others; 10 s. A drain may take half of it.
	SessionTimeout time.Duration
	// CommitInterval is how often offsets are committed; 250 ms.
	CommitInterval time.Duration
	// MetadataInterval is how often topics and partitions are looked for; 30 s.
	MetadataInterval time.Duration
	// MaxWait is how long a fetch waits at the broker for a first record;
	// 500 ms, which also bounds how long leaving takes.
	MaxWait time.Duration
	// Budget bounds the bytes of fetched records in memory; 192 MiB.
	Budget int64
	// Log is slog.Default() when nil.
	Log *slog.Logger
}

const (
	defaultClientID         = "skysift"
	defaultSessionTimeout   = 10 * time.Second
	defaultCommitInterval   = 250 * time.Millisecond
	defaultMetadataInterval = 30 * time.Second
	defaultMaxWait          = 500 * time.Millisecond
	defaultBudget           = 192 << 20
)

func (c SourceConfig) withDefaults() SourceConfig {
	c.SessionTimeout = orElse(c.SessionTimeout, defaultSessionTimeout)
	c.CommitInterval = orElse(c.CommitInterval, defaultCommitInterval)
	c.MetadataInterval = orElse(c.MetadataInterval, defaultMetadataInterval)
	c.MaxWait = orElse(c.MaxWait, defaultMaxWait)
	c.Budget = orElse(c.Budget, defaultBudget)
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c
}

func orElse[T int | int64 | time.Duration](v, otherwise T) T {
	if v == 0 {
		return otherwise
	}
	return v
}

func (c SourceConfig) check() error {
	if err := c.Cluster.check(); err != nil {
		return err
	}
	if c.Group == "" {
		return errors.New("no consumer group: give it a name, such as the filters' purpose")
	}
	if len(c.Topics) == 0 {
		return errors.New("no topics: name at least one, or a pattern such as ztf_*_programid1")
	}
	for _, topic := range c.Topics {
		if _, err := path.Match(topic, ""); err != nil || topic == "" {
			return fmt.Errorf("topic pattern %q cannot be read: * stands for any characters, ? for one, [ab] for a or b", topic)
		}
	}
	return c.checkTimes()
}

func (c SourceConfig) checkTimes() error {
	for name, d := range map[string]time.Duration{
		"session timeout": c.SessionTimeout, "commit interval": c.CommitInterval,
		"metadata interval": c.MetadataInterval, "max wait": c.MaxWait,
	} {
		if d < time.Millisecond {
			return fmt.Errorf("%s is %v: at least 1ms is needed", name, d)
		}
	}
	if c.Budget < minFetch {
		return fmt.Errorf("a budget of %d bytes is too small: at least %d are needed", c.Budget, minFetch)
	}
	return nil
}

// drainTime is how long workers have to settle what they hold. Heartbeats have
// stopped by then, so it stays well under the session timeout.
func (c SourceConfig) drainTime() time.Duration { return c.SessionTimeout / 2 }

// heartbeatInterval is short, since a rebalance is noticed at a heartbeat.
func (c SourceConfig) heartbeatInterval() time.Duration {
	return min(c.SessionTimeout/5, time.Second)
}

// SinkConfig says where outputs go. Zero values stand for the defaults named.
type SinkConfig struct {
	Cluster Cluster
	// Topic is the topic of a class, "{class}" standing for it; "skysift.{class}".
	Topic string
	// Topics are the topics of classes that have one of their own.
	Topics map[filter.Class]string
	// RejectTopic takes the rejected records; "skysift.rejected".
	RejectTopic string
	// NoCreate leaves the creation of missing topics to others.
	NoCreate bool
	// Partitions of a topic that is created; 0: as many as Like says.
	Partitions int
	// Like returns the layout that created topics take after, usually
	// Source.Layout; nil: the broker's defaults.
	Like func(context.Context) (Layout, error)
	// Log is slog.Default() when nil.
	Log *slog.Logger
}

// classPlace stands for the class in SinkConfig.Topic.
const classPlace = "{class}"

func (c SinkConfig) withDefaults() SinkConfig {
	if c.Topic == "" {
		c.Topic = "skysift." + classPlace
	}
	if c.RejectTopic == "" {
		c.RejectTopic = "skysift.rejected"
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c
}

func (c SinkConfig) check() error {
	if c.Partitions < 0 {
		return fmt.Errorf("%d partitions: give a positive number, or 0 for as many as the input has", c.Partitions)
	}
	for _, topic := range append(slices.Collect(maps.Values(c.Topics)), c.Topic, c.RejectTopic) {
		if !legalTopic(strings.ReplaceAll(topic, classPlace, "class")) {
			return fmt.Errorf("output topic %q is no legal name: up to 249 letters, digits, '.', '_' and '-', and {class} for the class", topic)
		}
	}
	return c.Cluster.check()
}

func legalTopic(name string) bool {
	if name == "" || name == "." || name == ".." || len(name) > 249 {
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '.' && r != '_' && r != '-'
	})
}

// Layout is what an output topic takes after: the largest of the input topics.
// A zero field leaves it to the broker.
type Layout struct {
	Partitions  int
	Replication int
	// MaxMessageBytes bounds a record batch as the topic stores it.
	MaxMessageBytes int
}

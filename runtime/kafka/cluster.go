package kafka

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/metadata"

	"github.com/skysift/skysift/runtime/kafka/secure"
)

const (
	// requestTimeout bounds a request that the broker answers without waiting.
	requestTimeout = 15 * time.Second
	// connectTimeout bounds the way to a broker and the login there.
	connectTimeout = 15 * time.Second
	// metadataAge is how fresh the leaders must be for a refresh to be spared:
	// partitions that lose their leader together ask together.
	metadataAge = 100 * time.Millisecond
)

// cluster sends requests to the brokers of one cluster and knows where the
// leaders of the partitions in use are. It is safe for concurrent use.
type cluster struct {
	brokers   []string
	address   net.Addr
	connect   *secure.Dialer
	dialer    *kafkago.Dialer
	transport *kafkago.Transport
	answered  atomic.Bool // some broker has, so that it speaks as we do

	mu     sync.Mutex
	topics map[string]*topicLeaders
}

// topicLeaders is what is known of one topic; its lock is held while it is
// looked up, so that those who wait share one lookup.
type topicLeaders struct {
	mu      sync.Mutex
	asked   time.Time
	leaders []int32 // by partition; -1: none
}

func newCluster(config Cluster) (*cluster, error) {
	connect, dialer, transport, err := config.connectors()
	if err != nil {
		return nil, err
	}
	return &cluster{
		brokers:   config.Brokers,
		address:   kafkago.TCP(config.Brokers...),
		connect:   connect,
		dialer:    dialer,
		transport: transport,
		topics:    make(map[string]*topicLeaders),
	}, nil
}

func (c *cluster) close() { c.transport.CloseIdleConnections() }

// send runs an exchange with a broker.
func (c *cluster) send(ctx context.Context, x *exchange, timeout time.Duration) error {
	err := send(ctx, c.transport, c.address, x, timeout)
	if err == nil {
		if !c.answered.Load() {
			c.answered.Store(true)
		}
		return nil
	}
	if !c.answered.Load() && closed(err) {
		if found := c.diagnose(ctx); found != nil {
			return found
		}
	}
	return err
}

// diagnose finds out why brokers that never answered close our connections.
func (c *cluster) diagnose(ctx context.Context) error {
	for _, broker := range c.brokers {
		if err := c.connect.Diagnose(ctx, broker); err != nil {
			return err
		}
	}
	return nil
}

// ask sends a request that kafka-go can encode to a broker.
func ask[Response protocol.Message](ctx context.Context, c *cluster, broker int32, request protocol.Message) (Response, error) {
	var response Response
	x := &exchange{key: request.ApiKey(), broker: broker}
	x.do = func(rw io.ReadWriter, version int16) error {
		answer, err := protocol.RoundTrip(rw, version, 1, c.dialer.ClientID, request)
		if err != nil {
			return err
		}
		typed, ok := answer.(Response)
		if !ok {
			return fmt.Errorf("%T instead of %T in answer to %v", answer, response, request.ApiKey())
		}
		response = typed
		return nil
	}
	err := c.send(ctx, x, requestTimeout)
	return response, err
}

// leader returns the broker that leads a partition.
func (c *cluster) leader(ctx context.Context, topic string, partition int) (int32, error) {
	t := c.topic(topic)
	t.mu.Lock()
	defer t.mu.Unlock()
	if partition >= len(t.leaders) || t.leaders[partition] < 0 {
		if err := c.refresh(ctx, topic, t); err != nil {
			return 0, err
		}
	}
	if partition >= len(t.leaders) {
		return 0, kafkago.UnknownTopicOrPartition
	}
	if t.leaders[partition] < 0 {
		return 0, kafkago.LeaderNotAvailable
	}
	return t.leaders[partition], nil
}

// partitions returns how many partitions a topic has.
func (c *cluster) partitions(ctx context.Context, topic string) (int, error) {
	t := c.topic(topic)
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.leaders) == 0 {
		if err := c.refresh(ctx, topic, t); err != nil {
			return 0, err
		}
	}
	return len(t.leaders), nil
}

// forget makes the next caller look the topic's leaders up again.
func (c *cluster) forget(topic string) {
	t := c.topic(topic)
	t.mu.Lock()
	defer t.mu.Unlock()
	if time.Since(t.asked) > metadataAge {
		t.leaders = nil
	}
}

func (c *cluster) topic(name string) *topicLeaders {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.topics[name]
	if t == nil {
		t = &topicLeaders{}
		c.topics[name] = t
	}
	return t
}

func (c *cluster) refresh(ctx context.Context, name string, t *topicLeaders) error {
	found, err := c.describe(ctx, name)
	if err != nil {
		return err
	}
	t.asked = time.Now()
	t.leaders = nil
	if len(found) != 1 {
		return kafkago.UnknownTopicOrPartition
	}
	if found[0].err != nil {
		return found[0].err
	}
	t.leaders = found[0].leaders
	return nil
}

// topicState is a topic as a broker describes it.
type topicState struct {
	name        string
	internal    bool
	leaders     []int32
	replication int
	err         error
}

// describe asks any broker for the named topics, or for all when none is named.
func (c *cluster) describe(ctx context.Context, names ...string) ([]topicState, error) {
	response, err := ask[*metadata.Response](ctx, c, anyBroker, &metadata.Request{TopicNames: names})
	if err != nil {
		return nil, fmt.Errorf("asking for topics: %w", err)
	}
	states := make([]topicState, len(response.Topics))
	for i := range response.Topics {
		states[i] = stateOf(&response.Topics[i])
	}
	return states, nil
}

func stateOf(t *metadata.ResponseTopic) topicState {
	s := topicState{name: t.Name, internal: t.IsInternal, err: kafkaError(t.ErrorCode)}
	s.leaders = make([]int32, len(t.Partitions))
	for i := range s.leaders {
		s.leaders[i] = -1
	}
	for _, p := range t.Partitions {
		if int(p.PartitionIndex) < len(s.leaders) {
			s.leaders[p.PartitionIndex] = p.LeaderID
		}
		s.replication = len(p.ReplicaNodes)
	}
	return s
}

// kafkaError is the error of a code in an answer; nil for 0.
func kafkaError(code int16) error {
	if code == 0 {
		return nil
	}
	return kafkago.Error(code)
}

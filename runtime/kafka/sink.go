package kafka

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime"
)

// Sink writes outputs to a topic per class and rejects to a topic of their
// own, each acknowledged by all in-sync replicas. Input partition n goes to
// output partition n modulo their number. Its methods are safe for concurrent
// use.
type Sink struct {
	config  SinkConfig
	log     *slog.Logger
	cluster *cluster
	alarms  *alarms
	// identities counts producers that brokers did not know any more.
	identities atomic.Int64

	mu     sync.Mutex
	topics map[string]*outTopic
	names  map[filter.Class]string

	plain sync.Once // told that the cluster gives no identities

	first     chan struct{} // held by who asks for the common identity
	common    producer      // what all lanes begin with
	hasCommon bool
}

var _ runtime.Sink = (*Sink)(nil)

// NewSink checks the configuration and returns a sink that has not connected yet.
func NewSink(config SinkConfig) (*Sink, error) {
	config = config.withDefaults()
	if err := config.check(); err != nil {
		return nil, err
	}
	c, err := newCluster(config.Cluster)
	if err != nil {
		return nil, err
	}
	return &Sink{
		config: config, log: config.Log, cluster: c,
		alarms: newAlarms(config.Log),
		topics: make(map[string]*outTopic), names: make(map[filter.Class]string),
		first: make(chan struct{}, 1),
	}, nil
}

// Close closes the connections; no Write may be running.
func (s *Sink) Close() error {
	s.cluster.close()
	return nil
}

// Alarms returns which topics cannot be written to, and why.
func (s *Sink) Alarms() []Alarm { return s.alarms.list() }

// Check asks the cluster something, and returns why it lets nobody in who comes
// as we do: a wrong password, a certificate. What may pass by itself is no
// error: Write waits for it.
func (s *Sink) Check(ctx context.Context) error {
	_, err := s.cluster.describe(ctx, s.config.RejectTopic)
	if err == nil || !refused(err) {
		return ctx.Err()
	}
	if name := s.config.Cluster.Name; name != "" {
		return fmt.Errorf("%s: %w", name, err)
	}
	return err
}

// Prepare makes sure that the topics of classes and of rejects are there, so
// that the first output of each need not wait for it. It tries until ctx ends.
func (s *Sink) Prepare(ctx context.Context, classes []filter.Class) error {
	var group sync.WaitGroup
	errs := make([]error, len(classes)+1)
	for i, class := range append([]filter.Class{""}, classes...) {
		group.Go(func() { _, errs[i] = s.topic(class).lane(ctx, 0) })
	}
	group.Wait()
	return errors.Join(errs...)
}

// shipment is what one Write has for one lane.
type shipment struct {
	lane      *lane
	positions []int
	failed    map[int]error
	err       error
}

// Write writes outputs; see runtime.Sink.
func (s *Sink) Write(ctx context.Context, outputs []runtime.Output) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	shipments, err := s.sort(ctx, outputs)
	if err != nil {
		return err
	}
	var group sync.WaitGroup
	for i := 1; i < len(shipments); i++ {
		ship := &shipments[i]
		group.Go(func() { ship.failed, ship.err = ship.lane.write(ctx, outputs, ship.positions) })
	}
	if len(shipments) > 0 {
		first := &shipments[0]
		first.failed, first.err = first.lane.write(ctx, outputs, first.positions)
	}
	group.Wait()
	return merge(shipments)
}

// sort finds each output's lane.
func (s *Sink) sort(ctx context.Context, outputs []runtime.Output) ([]shipment, error) {
	var shipments []shipment
	for i := range outputs {
		o := &outputs[i]
		lane, err := s.topic(o.Class).lane(ctx, o.Partition)
		if err != nil {
			return nil, err
		}
		at := -1
		for k := range shipments {
			if shipments[k].lane == lane {
				at = k
				break
			}
		}
		if at < 0 {
			at = len(shipments)
			shipments = append(shipments, shipment{lane: lane})
		}
		shipments[at].positions = append(shipments[at].positions, i)
	}
	return shipments, nil
}

func merge(shipments []shipment) error {
	failed := make(map[int]error)
	for _, ship := range shipments {
		if ship.err != nil {
			return ship.err
		}
		for i, err := range ship.failed {
			failed[i] = err
		}
	}
	if len(failed) > 0 {
		return &runtime.OutputError{Failed: failed}
	}
	return nil
}

// topic returns the topic of a class; of rejects for "".
func (s *Sink) topic(class filter.Class) *outTopic {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, ok := s.names[class]
	if !ok {
		name = s.config.RejectTopic
		if class != "" {
			name = cmp.Or(s.config.Topics[class], strings.ReplaceAll(s.config.Topic, classPlace, string(class)))
		}
		s.names[class] = name
	}
	t := s.topics[name]
	if t == nil {
		t = newOutTopic(s, name)
		s.topics[name] = t
	}
	return t
}

// identity returns the producer identity that all lanes begin with.
func (s *Sink) identity(ctx context.Context) (producer, error) {
	select {
	case s.first <- struct{}{}:
	case <-ctx.Done():
		return noProducer, ctx.Err()
	}
	defer func() { <-s.first }()
	if s.hasCommon {
		return s.common, nil
	}
	p, err := s.identify(ctx)
	if err == nil {
		s.common, s.hasCommon = p, true
	}
	return p, err
}

// identify returns a new producer identity; none where the cluster refuses,
// as clusters before Kafka 2.8 do without a permission of their own.
func (s *Sink) identify(ctx context.Context) (producer, error) {
	p, err := s.cluster.newProducer(ctx)
	if err != nil && !refused(err) && (forbidden(err) || !Retryable(err)) && ctx.Err() == nil {
		s.plain.Do(func() {
			s.log.Warn("the cluster gives no producer id: an output whose acknowledgement is lost may be written twice", "reason", err)
		})
		return noProducer, nil
	}
	return p, err
}

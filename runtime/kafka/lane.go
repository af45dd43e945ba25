package kafka

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/skysift/skysift/runtime"
)

// lane is one partition of an output topic.
//
// Invariants: one batch is in flight at a time, and it is sent with the same
// bytes until its fate is known, so outputs keep their order. A producer
// identity is not used further once the fate of one of its batches is unknown:
// the broker could take another batch for a repetition of that one.
type lane struct {
	topic *outTopic
	place place
	// turn is held by who writes; those who wait get it in order.
	turn chan struct{}

	producer producer
	known    bool // producer can be used
	parted   bool // from the identity that all lanes begin with
	sequence int32
	batch    recordBatch
}

func newLane(t *outTopic, partition int) *lane {
	return &lane{topic: t, place: place{t.name, partition}, turn: make(chan struct{}, 1)}
}

// write writes the outputs at the given positions, in order. failed are those
// that can never be written; with any other error nothing is certain.
func (l *lane) write(ctx context.Context, outputs []runtime.Output, positions []int) (failed map[int]error, err error) {
	select {
	case l.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-l.turn }()
	for len(positions) > 0 {
		n := l.pack(outputs, positions)
		refused, err := l.settle(ctx, outputs, positions[:n])
		if err != nil {
			return nil, err
		}
		if failed == nil {
			failed = refused
		} else {
			maps.Copy(failed, refused)
		}
		positions = positions[n:]
	}
	return failed, nil
}

// pack fills the batch with as many outputs as the topic takes at once.
func (l *lane) pack(outputs []runtime.Output, positions []int) int {
	limit := int(l.topic.limit.Load())
	l.batch.reset()
	for n, i := range positions {
		if !l.batch.add(&outputs[i], limit) {
			return n
		}
	}
	return len(positions)
}

// settle sends the batch until it is written. The outputs of a batch that the
// broker refuses are sent one by one, so that only those at fault fail.
func (l *lane) settle(ctx context.Context, outputs []runtime.Output, positions []int) (map[int]error, error) {
	err := l.checkSize(ctx, len(positions))
	if err == nil {
		err = l.send(ctx)
	}
	var refused *refusal
	if !errors.As(err, &refused) {
		return nil, err
	}
	if len(positions) == 1 {
		return map[int]error{positions[0]: l.explain(refused, &outputs[positions[0]])}, nil
	}
	failed := make(map[int]error)
	for k := range positions {
		l.pack(outputs, positions[k:k+1])
		one, err := l.settle(ctx, outputs, positions[k:k+1])
		if err != nil {
			return nil, err
		}
		maps.Copy(failed, one)
	}
	return failed, nil
}

// checkSize refuses a single output that is too large before it is sent:
// brokers close the connection on a request beyond their bound.
func (l *lane) checkSize(ctx context.Context, count int) error {
	if count > 1 || l.batch.size <= int(l.topic.limit.Load()) {
		return nil
	}
	l.topic.learnLimit(ctx)
	if l.batch.size <= int(l.topic.limit.Load()) {
		return nil
	}
	return &refusal{err: kafkago.MessageSizeTooLarge}
}

func (l *lane) explain(r *refusal, o *runtime.Output) error {
	if r.err == kafkago.MessageSizeTooLarge || r.err == kafkago.RecordListTooLarge {
		return fmt.Errorf("%s takes no record batch above %d bytes and this one has %d: raise the topic's max.message.bytes: %w",
			l.place.topic, l.topic.limit.Load(), l.batch.size, r)
	}
	return fmt.Errorf("%v refuses the output of %s: %w", l.place, o.Origin, r)
}

// send sends the batch until it is written or refused.
func (l *lane) send(ctx context.Context) (err error) {
	defer func() {
		if !errors.As(err, new(*refusal)) && err != nil {
			// It may be written or not, and nobody sends these bytes again.
			l.part()
		}
	}()
	alarms := l.topic.sink.alarms
	var pause backoff
	for {
		err := l.try(ctx)
		var refused *refusal
		switch {
		case err == nil:
			alarms.clear(l.place.topic)
			return nil
		case errors.As(err, &refused):
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case !Retryable(err):
			return fmt.Errorf("writing to %v: %w", l.place, err)
		}
		l.repair(ctx, err)
		pause.slow = denied(err)
		l.topic.sink.trouble(l.place.topic, err)
		if err := pause.pause(ctx); err != nil {
			return err
		}
	}
}

// try sends the batch once.
func (l *lane) try(ctx context.Context) error {
	if err := l.identify(ctx); err != nil {
		return err
	}
	sequence := l.sequence
	if l.producer == noProducer {
		sequence = -1
	}
	l.batch.seal(l.producer, sequence)
	err := l.topic.sink.cluster.produce(ctx, l.place, &l.batch)
	var refused *refusal
	switch {
	case err == nil:
		l.sequence = (l.sequence + int32(l.batch.count)) & math.MaxInt32
	case errors.As(err, &refused):
		// Refused as a whole: the sequence is free still.
	case lostIdentity(err):
		l.part()
		l.topic.sink.identities.Add(1)
		return kafkago.NetworkException // tried again, as another producer
	}
	return err
}

// identify gives the lane a producer identity where it has none: the one that
// all lanes begin with, since sequences count per partition, or a new one
// after that was parted from.
func (l *lane) identify(ctx context.Context) error {
	if l.known {
		return nil
	}
	identify := l.topic.sink.identity
	if l.parted {
		identify = l.topic.sink.identify
	}
	p, err := identify(ctx)
	if err != nil {
		return err
	}
	l.producer, l.sequence, l.known = p, 0, true
	return nil
}

// part gives up the lane's identity.
func (l *lane) part() { l.known, l.parted = false, true }

// lostIdentity says that the broker does not know what this producer wrote
// before, or knows better.
func lostIdentity(err error) bool {
	for _, code := range []kafkago.Error{
		kafkago.OutOfOrderSequenceNumber, kafkago.UnknownProducerId, kafkago.InvalidProducerEpoch,
		kafkago.InvalidProducerIDMapping, kafkago.ProducerFenced,
	} {
		if errors.Is(err, code) {
			return true
		}
	}
	return false
}

// repair makes the next try find its leader, and the topic again if it is gone.
func (l *lane) repair(ctx context.Context, err error) {
	l.topic.sink.cluster.forget(l.place.topic)
	if errors.Is(err, kafkago.UnknownTopicOrPartition) {
		// What fails here fails the next try too, which says so.
		_ = l.topic.ensure(ctx)
	}
}

package kafka

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/skysift/skysift/runtime"
)

const (
	// minFetch and maxFetch bound what one fetch asks for.
	minFetch = 256 << 10
	maxFetch = 8 << 20
	// answerHead is left for the rest of an answer, so that a full one fits a
	// buffer whose size is a power of two.
	answerHead = 1 << 10
	// goneAfter is how long brokers must not know a topic for it to be gone.
	goneAfter = 5 * time.Second
	// damageTries is how often damaged batches are fetched anew, since bytes
	// are also damaged on their way.
	damageTries = 3
)

// partition is one partition in one generation. Fetch serves one goroutine;
// the other methods are safe for concurrent use.
type partition struct {
	place
	fetcher
	name string // "topic/partition"
	// life bounds fetches ahead; leave ends it.
	life     context.Context
	leave    context.CancelFunc
	progress *progress
	policy   Policy
	alarms   *alarms
	counters *counters
	// size is what one fetch asks for; it grows for a batch that is larger.
	size int

	parcels *parcels
	batches batches
	raw     *buffer // what batches reads
	ahead   chan fetched
	pause   backoff
	unknown time.Time // since when brokers do not know the topic
	damaged int
	inLog   bool // an offset above the end was found to be in the log
}

// fetched is the outcome of a fetch ahead.
type fetched struct {
	answer *answer
	err    error
}

// errGoneTopic is why a partition of a deleted topic stops.
var errGoneTopic = errors.New("the topic was deleted")

// Topic and Number say which partition it is.
func (p *partition) Topic() string { return p.place.topic }

// Number is the partition's number in its topic.
func (p *partition) Number() int { return p.place.partition }

// Commit notes that everything before next is settled.
func (p *partition) Commit(next int64) error { return p.progress.settle(next) }

// Flush waits until the last Commit is durable.
func (p *partition) Flush(ctx context.Context) error { return p.progress.flush(ctx) }

// Fetch returns the next records.
func (p *partition) Fetch(ctx context.Context) (runtime.Batch, error) {
	for {
		if err := ctx.Err(); err != nil {
			return runtime.Batch{}, err
		}
		if p.batches.more() {
			batch, err := p.parse()
			if err == nil && len(batch.Records) > 0 {
				return batch, nil
			}
			if err == nil {
				continue
			}
			if err := p.recover(ctx, err); err != nil {
				return runtime.Batch{}, err
			}
			continue
		}
		if p.batches.next > p.batches.end && !p.inLog {
			if err := p.checkInLog(ctx); err != nil {
				return runtime.Batch{}, err
			}
			continue
		}
		p.progress.step(p.batches.next)
		if p.batches.next >= p.batches.end {
			return runtime.Batch{}, io.EOF
		}
		if err := p.advance(ctx); err != nil {
			return runtime.Batch{}, err
		}
	}
}

// parse takes as many records from the answer as a fetch brings without
// compression.
func (p *partition) parse() (runtime.Batch, error) {
	parcel := p.parcels.get()
	p.raw.retain()
	parcel.hold(p.raw)
	held := parcel.size()
	for p.batches.more() && parcel.size()-held < p.size {
		whole := len(parcel.records)
		err := p.batches.read(parcel)
		if err == nil {
			continue
		}
		if whole == 0 {
			parcel.free()
			return runtime.Batch{}, err
		}
		// What came before the damage is handed out; the rest is asked for anew.
		parcel.records = parcel.records[:whole]
		p.batches.rest = nil
		p.discardAhead()
	}
	if len(parcel.records) == 0 {
		parcel.free()
		return runtime.Batch{}, nil
	}
	p.damaged = 0
	p.progress.hand(p.batches.next)
	return runtime.Batch{Records: parcel.records, Next: p.batches.next, Free: parcel.free}, nil
}

// recover deals with an answer that cannot be read: by asking for it again, or
// not at all.
func (p *partition) recover(ctx context.Context, err error) error {
	p.drop()
	p.discardAhead()
	// What the answer held before the damage is asked for again too, unless it
	// was handed out.
	p.batches.next = p.progress.position()
	var partial errPartial
	if errors.As(err, &partial) {
		if int64(partial.need) > p.pool.limit {
			return fmt.Errorf("%v: %w, nor the budget of %d bytes: raise the budget", p.place, err, p.pool.limit)
		}
		p.size = max(p.size, partial.need+answerHead)
		return nil
	}
	if p.damaged++; p.damaged < damageTries && (errors.Is(err, errChecksum) || errors.Is(err, errDamaged)) {
		return p.pause.pause(ctx)
	}
	return fmt.Errorf("%v: %w", p.place, err)
}

// advance takes the next answer, and asks for the one after it.
func (p *partition) advance(ctx context.Context) error {
	p.drop()
	if p.ahead == nil {
		p.ask(p.batches.next)
	}
	var got fetched
	select {
	case got = <-p.ahead:
		p.ahead = nil
	case <-ctx.Done():
		return ctx.Err()
	}
	if got.err == nil {
		got.err = got.answer.err
	}
	if got.err != nil {
		if got.answer != nil {
			got.answer.buffer.release()
		}
		return p.failed(ctx, got.err)
	}
	p.take(got.answer)
	return nil
}

// ask fetches in the background.
func (p *partition) ask(offset int64) {
	ahead := make(chan fetched, 1)
	p.ahead = ahead
	size := p.size - answerHead
	go func() {
		a, err := p.fetch(p.life, offset, size)
		ahead <- fetched{a, err}
	}()
}

func (p *partition) take(a *answer) {
	p.pause.reset()
	p.unknown = time.Time{}
	p.alarms.clear(p.name)
	p.progress.highWatermark.Store(a.highWatermark)
	p.raw = a.buffer
	p.batches.rest, p.batches.begun = a.records, false
	p.batches.aborted, p.batches.inside = nil, nil
	if p.committed {
		p.batches.aborted = a.aborted
	}
	if next := offsetAfter(a.records, p.batches.next); next < p.batches.end && (len(a.records) == 0 || next > p.batches.next) {
		p.ask(next)
	}
}

// failed deals with a fetch that failed: it waits where trying again may
// help, and returns an error where it does not.
func (p *partition) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, kafkago.OffsetOutOfRange) {
		return p.outOfRange(ctx)
	}
	if !Retryable(err) {
		return fmt.Errorf("%v: %w", p.place, err)
	}
	p.cluster.forget(p.Topic())
	if p.gone(err) {
		return fmt.Errorf("%v: %w", p.place, errGoneTopic)
	}
	p.alarms.after(p.name, patience(err), fmt.Errorf("cannot be fetched, and is tried again: %w", explainTopic(p.Topic(), err)))
	p.pause.slow = denied(err)
	return p.pause.pause(ctx)
}

// gone says whether the topic has been unknown for long enough to be gone.
func (p *partition) gone(err error) bool {
	if !errors.Is(err, kafkago.UnknownTopicOrPartition) {
		p.unknown = time.Time{}
		return false
	}
	if p.unknown.IsZero() {
		p.unknown = time.Now()
	}
	return time.Since(p.unknown) > goneAfter
}

// drop gives back the answer in hand.
func (p *partition) drop() {
	if p.raw != nil {
		p.raw.release()
		p.raw = nil
	}
	p.batches.rest = nil
}

func (p *partition) discardAhead() {
	if p.ahead == nil {
		return
	}
	if got := <-p.ahead; got.answer != nil {
		got.answer.buffer.release()
	}
	p.ahead = nil
}

// close gives back what is held.
func (p *partition) close() {
	p.leave()
	p.drop()
	p.discardAhead()
}

// noEnd is the end of a partition that is read for ever.
const noEnd = math.MaxInt64

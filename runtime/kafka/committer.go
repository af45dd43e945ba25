package kafka

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"time"
)

// committer commits the offsets of one generation, all partitions' newest in
// one request. It is the only place that commits.
//
// Invariants: an offset is sent only as a member of its generation, so the
// coordinator refuses it once the group has gone on; one request is under way
// at a time, so an older offset never follows a newer one.
type committer struct {
	// send commits offsets; see group.commit.
	send     func(context.Context, map[place]int64) (map[place]error, error)
	interval time.Duration
	// silence is how long this process may have stood still without having
	// lost its membership.
	silence time.Duration
	log     *slog.Logger
	alarms  *alarms

	mu      sync.Mutex
	newest  map[place]int64
	durable map[place]int64
	over    error         // the generation is over
	changed chan struct{} // closed when durable or over change
	urgent  chan struct{}
}

func newCommitter() *committer {
	return &committer{
		newest: make(map[place]int64), durable: make(map[place]int64),
		changed: make(chan struct{}), urgent: make(chan struct{}, 1),
	}
}

// begin notes what is committed already.
func (c *committer) begin(at place, offset int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.newest[at], c.durable[at] = offset, offset
}

// settled returns the newest offset of a partition.
func (c *committer) settled(at place) (offset int64, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	offset, known = c.newest[at]
	return offset, known
}

// set notes that everything of a partition before next is settled.
func (c *committer) set(at place, next int64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over != nil {
		return c.over
	}
	c.newest[at] = next
	return nil
}

// hurry commits without waiting for the interval.
func (c *committer) hurry() {
	select {
	case c.urgent <- struct{}{}:
	default:
	}
}

// flush waits until the partition's newest offset is durable.
func (c *committer) flush(ctx context.Context, at place) error {
	c.mu.Lock()
	want, known := c.newest[at]
	c.mu.Unlock()
	for known {
		c.mu.Lock()
		durable, over, changed := c.durable[at], c.over, c.changed
		_, ever := c.durable[at]
		c.mu.Unlock()
		if over != nil {
			return over
		}
		if ever && durable >= want {
			return nil
		}
		c.hurry()
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// run commits until ctx ends. It returns errFenced when the generation is over.
func (c *committer) run(ctx context.Context) error {
	tick := time.NewTicker(c.interval)
	defer tick.Stop()
	for {
		idle := time.Now()
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-c.urgent:
		}
		if stood := time.Since(idle); stood > c.silence+c.interval {
			return fmt.Errorf("%w: this process stood still for %v", errFenced, stood.Round(time.Second))
		}
		if err := c.commit(ctx); errors.Is(err, errFenced) {
			return err
		}
	}
}

// commit commits what is not durable yet, and tries again until ctx ends.
func (c *committer) commit(ctx context.Context) error {
	var pause backoff
	for {
		err := c.once(ctx)
		switch {
		case err == nil:
			c.alarms.clear(commitAlarm)
			return nil
		case errors.Is(err, errFenced):
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		}
		c.alarms.after(commitAlarm, troubleAfter, fmt.Errorf("offsets cannot be committed: %w", err))
		if err := pause.pause(ctx); err != nil {
			return err
		}
	}
}

func (c *committer) once(ctx context.Context) error {
	due := c.due()
	if len(due) == 0 {
		return nil
	}
	failed, err := c.send(ctx, due)
	if err != nil {
		return err
	}
	for at, err := range failed {
		if errors.Is(err, errFenced) {
			return err
		}
		delete(due, at)
	}
	c.mu.Lock()
	maps.Copy(c.durable, due)
	c.announce()
	c.mu.Unlock()
	for _, err := range failed {
		return err
	}
	return nil
}

func (c *committer) due() map[place]int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	due := map[place]int64{}
	for at, next := range c.newest {
		if durable, ever := c.durable[at]; !ever || durable != next {
			due[at] = next
		}
	}
	return due
}

// announce wakes those who flush. It is called with the lock held.
func (c *committer) announce() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// end makes every later set and flush fail.
func (c *committer) end(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over == nil {
		c.over = err
		c.announce()
	}
}

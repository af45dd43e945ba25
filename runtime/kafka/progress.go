package kafka

import (
	"context"
	"sync"
)

// progress is how far a partition is: handed out, and settled.
//
// Invariant: position is the offset before which everything was handed out or
// stepped over. Where all that was handed out is settled, position is what is
// committed, so that what holds no records (markers of transactions, say)
// does not keep a partition from reaching its end.
type progress struct {
	at            place
	committer     *committer
	end           int64
	highWatermark watermark

	mu      sync.Mutex
	handed  int64
	settled int64
	pos     int64
}

func newProgress(at place, c *committer, start, end int64) *progress {
	return &progress{at: at, committer: c, end: end, handed: start, settled: start, pos: start}
}

func (g *progress) position() int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.pos
}

func (g *progress) hand(next int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.handed, g.pos = next, next
}

func (g *progress) settle(next int64) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.settled = next
	return g.record()
}

// step notes that up to next there is nothing to hand out.
func (g *progress) step(next int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if next > g.pos {
		g.pos = next
		// A generation that is over shows at the next Commit.
		_ = g.record()
	}
}

// jump goes on elsewhere; what is between is given up.
func (g *progress) jump(to int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.settled == g.handed {
		g.settled, g.handed = to, to
	}
	g.pos, g.handed = to, to
	_ = g.record()
}

// record passes on what may be committed. It is called with the lock held.
func (g *progress) record() error {
	next := g.settled
	if g.settled == g.handed {
		next = g.pos
	}
	err := g.committer.set(g.at, next)
	if next >= g.end {
		g.committer.hurry()
	}
	return err
}

func (g *progress) flush(ctx context.Context) error { return g.committer.flush(ctx, g.at) }

// lag is how many records are not settled yet, as far as the last answer told.
func (g *progress) lag() PartitionLag {
	g.mu.Lock()
	defer g.mu.Unlock()
	l := PartitionLag{Topic: g.at.topic, Partition: g.at.partition, Settled: g.settled, End: g.highWatermark.Load()}
	if g.settled == g.handed {
		l.Settled = g.pos
	}
	l.Lag = max(0, l.End-l.Settled)
	return l
}

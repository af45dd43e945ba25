package runtime

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/skysift/skysift/filter"
)

// Pipeline takes a stream's alerts to the classes they match.
//
// Invariants:
//   - Each record ends exactly once: delivered (at least one class), dropped
//     (no filter matched) or rejected (undecodable, or too large for its
//     topic: to the reject topic with the error). Ledger counts them. One that
//     waits for a filter's verdict ends when it has it.
//   - The offset committed never passes an unsettled record: Commit follows
//     the Sink's word that every output before it is durable.
//   - Records of one partition are settled in offset order, so they reach each
//     output partition in order. The matches of a filter that could not be asked
//     in time come later, in their own order.
//   - Work ends with its generation: a worker whose context has ended settles
//     what it has judged within Drain, or abandons it, and commits nothing
//     after that.
//   - A filter that fails costs no other filter an alert.
type Pipeline struct {
	config Config
	set    atomic.Pointer[filter.Set]
	stills *standstills

	mu       sync.Mutex
	replaced chan struct{} // closed when the set is replaced
}

// Config is what a pipeline is made of.
type Config struct {
	Source Source
	Format Format
	Sink   Sink
	Set    *filter.Set
	// NewEncoder returns the encoder of a class's outputs, nil where they are to
	// be the input's own bytes; where NewEncoder is nil, all are.
	NewEncoder func(class filter.Class) Encoder
	// Ledger counts every record's end; a new one where nil.
	Ledger *Ledger
	// Arrivals checks the set against the schemas that arrive; nobody does where
	// nil.
	Arrivals *Arrivals
	// IDPath is the field that identifies an alert ("candid"), for Output.ID;
	// "" where no sink needs it.
	IDPath string
	// Topic is the topic that filters are to know every record by; where it is
	// "", each has its own (Record.Stream).
	Topic string
	// Drain is how long a worker may still settle its batches once its
	// assignment has ended; 4 s where 0. It must stay below the group's
	// session timeout.
	Drain time.Duration
	// Backlog bounds the records of one partition that wait for the verdict of
	// a filter that cannot be asked, in bytes; DefaultBacklog where 0.
	Backlog int64
	// Patience is how long such a filter may make no progress until the
	// partition's work ends in an error; for ever where 0.
	Patience time.Duration
	// Log is where the story goes; nowhere where nil.
	Log *slog.Logger
}

// New returns a pipeline that is ready to Run.
func New(config Config) *Pipeline {
	if config.Ledger == nil {
		config.Ledger = NewLedger()
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	config.Drain = cmp.Or(config.Drain, 4*time.Second)
	config.Backlog = cmp.Or(config.Backlog, DefaultBacklog)
	p := &Pipeline{config: config, stills: newStandstills(config.Log), replaced: make(chan struct{})}
	p.Swap(config.Set)
	return p
}

// Swap replaces the set of filters: each worker judges the batch in hand by
// the old set and every later one by the new. What was judged already is
// settled as it was judged.
func (p *Pipeline) Swap(set *filter.Set) {
	for _, f := range set.Filters {
		p.config.Ledger.filter(f.Name) // a filter that never passes is in the counts too
	}
	if p.config.Arrivals != nil {
		p.config.Arrivals.watch(set)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.set.Store(set)
	close(p.replaced)
	p.replaced = make(chan struct{})
}

// inForce returns the set, and what is closed when it is replaced.
func (p *Pipeline) inForce() (*filter.Set, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.set.Load(), p.replaced
}

// Ledger returns the counts that the pipeline keeps.
func (p *Pipeline) Ledger() *Ledger { return p.config.Ledger }

// Run works until ctx ends or the source has been read to its end. Its error
// is the source's, or says that the ledger does not add up.
func (p *Pipeline) Run(ctx context.Context) error {
	if err := p.config.Source.Run(ctx, p.work); err != nil {
		return err
	}
	return p.config.Ledger.Check()
}

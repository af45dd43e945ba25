package runtime

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/skysift/skysift/filter"
)

// Ledger counts the end of every record.
//
// Invariant: a record that was fetched (consumed) ends exactly once, as
// delivered, dropped, rejected, or abandoned: fetched by a worker whose
// assignment or sink failed before it was settled, and fetched again by the
// next owner. One that waits for a filter's verdict is held, and has not ended;
// none is when no worker is running. Fetches and ends are counted in different places, so that Check
// can fail.
type Ledger struct {
	consumed  atomic.Int64
	delivered atomic.Int64
	dropped   atomic.Int64
	rejected  atomic.Int64
	abandoned atomic.Int64
	held      atomic.Int64
	alerts    atomic.Int64
	trailing  atomic.Int64

	mu      sync.Mutex
	filters map[string]*filterCount
	classes map[filter.Class]*atomic.Int64
}

// filterCount is kept by name, so that it survives a reload.
type filterCount struct {
	passed, errors, unjudged atomic.Int64
}

// NewLedger returns a ledger with nothing in it.
func NewLedger() *Ledger {
	return &Ledger{filters: map[string]*filterCount{}, classes: map[filter.Class]*atomic.Int64{}}
}

// Counts is a ledger at one moment.
type Counts struct {
	Consumed, Delivered, Dropped, Rejected, Abandoned int64
	// Held is how many records wait for some filter's verdict. What other
	// filters made of them is delivered.
	Held int64
	// Alerts counts the alerts judged; a record may hold several or none.
	Alerts int64
	// Trailing counts the records with bytes after their last alert.
	Trailing int64
	// Outputs counts the alerts written, by class; one alert may have several.
	Outputs map[filter.Class]int64
	Filters map[string]FilterCounts
}

// FilterCounts are one filter's matches and failures. Unjudged counts the
// alerts that it could not be asked about and that were done without it, as
// its on_failure says.
type FilterCounts struct {
	Passed   int64 `json:"passed"`
	Errors   int64 `json:"errors"`
	Unjudged int64 `json:"unjudged,omitempty"`
}

// TotalOutputs is the number of alerts written over all classes.
func (c Counts) TotalOutputs() int64 {
	var total int64
	for _, n := range c.Outputs {
		total += n
	}
	return total
}

// Counts returns the ledger as it stands. While workers run, the parts may be
// apart by the batches in hand.
func (l *Ledger) Counts() Counts {
	c := Counts{
		Consumed: l.consumed.Load(), Delivered: l.delivered.Load(), Dropped: l.dropped.Load(),
		Rejected: l.rejected.Load(), Abandoned: l.abandoned.Load(), Held: l.held.Load(),
		Alerts: l.alerts.Load(), Trailing: l.trailing.Load(),
		Outputs: map[filter.Class]int64{}, Filters: map[string]FilterCounts{},
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for class, n := range l.classes {
		c.Outputs[class] = n.Load()
	}
	for name, n := range l.filters {
		c.Filters[name] = FilterCounts{Passed: n.passed.Load(), Errors: n.errors.Load(), Unjudged: n.unjudged.Load()}
	}
	return c
}

// Check returns an error unless every record consumed has ended exactly once.
// It holds when no worker is running.
func (l *Ledger) Check() error {
	c := l.Counts()
	ended := c.Delivered + c.Dropped + c.Rejected + c.Abandoned
	if ended == c.Consumed {
		return nil
	}
	return fmt.Errorf("the ledger does not add up: %d records consumed, %d ended (%d delivered, %d dropped, %d rejected, %d abandoned)",
		c.Consumed, ended, c.Delivered, c.Dropped, c.Rejected, c.Abandoned)
}

// filter returns the counters of the filter called name.
func (l *Ledger) filter(name string) *filterCount {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.filters[name]
	if n == nil {
		n = &filterCount{}
		l.filters[name] = n
	}
	return n
}

func (l *Ledger) class(class filter.Class) *atomic.Int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.classes[class]
	if n == nil {
		n = &atomic.Int64{}
		l.classes[class] = n
	}
	return n
}

package runtime

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"time"
)

// errBehind is why a filter is not asked: its earlier alerts come first.
var errBehind = errors.New("earlier alerts wait for this filter's verdict")

// backlog holds one partition's records whose verdict by some filter is not
// known yet: who judges them cannot be asked now.
//
// Invariants:
//   - Records are in offset order, and each filter gets them in that order.
//   - The partition's committed offset does not pass the first of them, so that
//     whoever owns it next reads them again.
//   - It has a bound in bytes. Above it nothing more is fetched: the partition
//     waits rather than lose a verdict.
type backlog struct {
	limit  int64
	copies copies

	mu       sync.Mutex
	records  []*heldRecord
	owed     map[string]int // how many records wait for each filter, by its name
	bytes    int64
	progress time.Time     // when it last became shorter, or the first came
	changed  chan struct{} // closed at the next change
}

// heldRecord is a record with bytes of its own, and the filters, by name, that
// owe a verdict on it.
type heldRecord struct {
	record    Record
	block     *block // where its bytes are
	place     int    // in the batch it came in
	filters   []string
	delivered bool // to a class of another filter
	rejected  bool // as an output of another filter cannot be written
	settled   bool // with the batch it came in
}

// DefaultBacklog bounds the records of one partition that wait for a filter's
// verdict, in bytes.
const DefaultBacklog = 64 << 20

// lateBatch is how many held records are judged at a time.
const lateBatch = 256

func newBacklog(limit int64) *backlog {
	return &backlog{limit: limit, owed: map[string]int{}, changed: make(chan struct{})}
}

// holdRecord copies a record of the batch in hand, at a place in it.
func (c *copies) holdRecord(r *Record, place int) *heldRecord {
	size := len(r.Key) + len(r.Value)
	for _, header := range r.Headers {
		size += len(header.Value)
	}
	h := &heldRecord{record: *r, place: place, block: c.hold(size)}
	h.record.Key, h.record.Value = h.block.add(r.Key), h.block.add(r.Value)
	h.record.Headers = slices.Clone(r.Headers)
	for i := range h.record.Headers {
		h.record.Headers[i].Value = h.block.add(h.record.Headers[i].Value)
	}
	return h
}

func (h *heldRecord) waitsFor(filter string) bool { return slices.Contains(h.filters, filter) }

// size is about what the record takes in memory.
func (h *heldRecord) size() int64 { return int64(len(h.record.Value)+len(h.record.Key)) + 512 }

// change tells everybody who waits; mu is held.
func (l *backlog) change() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// add takes the records that a batch leaves behind.
func (l *backlog) add(held []*heldRecord) {
	if len(held) == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.records) == 0 {
		l.progress = time.Now()
	}
	for _, h := range held {
		l.bytes += h.size()
		for _, name := range h.filters {
			l.owed[name]++
		}
	}
	l.records = append(l.records, held...)
	l.change()
}

// settle marks those of a batch that was settled: they may be judged now.
func (l *backlog) settle(held []*heldRecord) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, h := range held {
		h.settled = true
	}
	l.change()
}

// remove takes out records, the first ones, that have their verdicts.
func (l *backlog) remove(judged []*heldRecord) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, h := range judged {
		l.bytes -= h.size()
		for _, name := range h.filters {
			if l.owed[name]--; l.owed[name] == 0 {
				delete(l.owed, name)
			}
		}
		l.copies.drop(h.block)
	}
	l.records = slices.Delete(l.records, 0, len(judged))
	l.progress = time.Now()
	l.change()
}

// floor is the offset that a commit must not pass.
func (l *backlog) floor() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.records) == 0 {
		return math.MaxInt64
	}
	return l.records[0].record.Offset
}

// filters are those that some record waits for; nil if none.
func (l *backlog) filters() map[string]bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all map[string]bool
	for name := range l.owed {
		if all == nil {
			all = make(map[string]bool, len(l.owed))
		}
		all[name] = true
	}
	return all
}

// next waits for settled records and returns the first of them; none when ctx
// ends.
func (l *backlog) next(ctx context.Context) []*heldRecord {
	var first []*heldRecord
	_ = l.until(ctx, 0, func() bool {
		n := 0
		for n < min(len(l.records), lateBatch) && l.records[n].settled {
			n++
		}
		first = slices.Clone(l.records[:n])
		return n > 0
	})
	return first
}

// room waits until there is room for more.
func (l *backlog) room(ctx context.Context, patience time.Duration) error {
	return l.until(ctx, patience, func() bool { return l.bytes < l.limit })
}

// empty waits until nothing is left.
func (l *backlog) empty(ctx context.Context, patience time.Duration) error {
	return l.until(ctx, patience, func() bool { return len(l.records) == 0 })
}

// until waits until it is so, or ctx ends. It is an error if for so long, 0
// being for ever, the backlog has not become shorter.
func (l *backlog) until(ctx context.Context, patience time.Duration, so func() bool) error {
	for {
		l.mu.Lock()
		is, changed, since := so(), l.changed, l.progress
		l.mu.Unlock()
		if is {
			return nil
		}
		var over <-chan time.Time
		if patience > 0 {
			left := patience - time.Since(since)
			if left <= 0 {
				return l.stuck(patience)
			}
			over = time.After(left)
		}
		select {
		case <-changed:
		case <-over:
		case <-ctx.Done():
			return nil
		}
	}
}

func (l *backlog) stuck(patience time.Duration) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := slices.Sorted(maps.Keys(l.owed))
	return fmt.Errorf("%d records have waited %v for the verdict of %s, whose plug-in cannot be asked: "+
		"on_failure: skip or reject goes on without it", len(l.records), patience, strings.Join(all, ", "))
}

// leave empties the backlog at the worker's end, and returns how many records
// were left that had been settled otherwise.
func (l *backlog) leave() (n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, h := range l.records {
		if h.settled {
			n++
		}
	}
	l.records, l.bytes, l.owed = nil, 0, map[string]int{}
	return n
}

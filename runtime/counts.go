package runtime

import "github.com/skysift/skysift/filter"

// end is how a record ended.
type end uint8

const (
	dropped end = iota
	delivered
	rejected
	undecided // it is held: a filter's verdict is not known yet
)

// batchCounts holds what is to be counted of one batch, until it is settled:
// a batch that is abandoned is judged again and must not count twice.
type batchCounts struct {
	ends             []end // per record
	passed, errors   []int64
	unjudged         []int64
	alerts, trailing int64
	filters          []*filterCount
}

func newBatchCounts(l *Ledger, set *filter.Set) batchCounts {
	n := len(set.Filters)
	c := batchCounts{passed: make([]int64, n), errors: make([]int64, n), unjudged: make([]int64, n), filters: make([]*filterCount, n)}
	for i, f := range set.Filters {
		c.filters[i] = l.filter(f.Name)
	}
	return c
}

// reset forgets the batch before and makes room for n records.
func (c *batchCounts) reset(n int) {
	if cap(c.ends) < n {
		c.ends = make([]end, n)
	}
	c.ends = c.ends[:n]
	clear(c.ends)
	clear(c.passed)
	clear(c.errors)
	clear(c.unjudged)
	c.alerts, c.trailing = 0, 0
}

// pass counts one record's matches.
func (c *batchCounts) pass(filters []int) {
	for _, f := range filters {
		c.passed[f]++
	}
}

// fail counts the failures of filters on one record's alerts.
func (c *batchCounts) fail(filters []int) {
	for _, f := range filters {
		c.errors[f]++
	}
}

// post adds the settled batch to the ledger. failed are the outputs that
// could not be written.
func (c *batchCounts) post(l *Ledger, outputs []Output, failed map[int]error) {
	c.postEnds(l)
	l.alerts.Add(c.alerts)
	l.trailing.Add(c.trailing)
	for i, counter := range c.filters {
		if c.passed[i] != 0 {
			counter.passed.Add(c.passed[i])
		}
		if c.errors[i] != 0 {
			counter.errors.Add(c.errors[i])
		}
		if c.unjudged[i] != 0 {
			counter.unjudged.Add(c.unjudged[i])
		}
	}
	for i := range outputs {
		if _, ok := failed[i]; !ok && outputs[i].Rejection == nil {
			l.class(outputs[i].Class).Add(1)
		}
	}
}

func (c *batchCounts) postEnds(l *Ledger) {
	var counts [4]int64
	for _, e := range c.ends {
		counts[e]++
	}
	l.dropped.Add(counts[dropped])
	l.delivered.Add(counts[delivered])
	l.rejected.Add(counts[rejected])
	l.held.Add(counts[undecided])
}

package expression

import (
	"time"

	"github.com/skysift/skysift/filter"
)

const (
	// sampleEvery is of how many alerts one is timed.
	sampleEvery = 64
	// postEvery is after how many alerts accounts are posted without being asked.
	postEvery = 4096
)

// tally keeps the filters' accounts for one evaluator until they are posted.
//
// Invariant: open has each filter whose account has changed, once: those with
// evaluations.
type tally struct {
	plan     *plan
	accounts *filter.Accounts // nil: nobody asks
	// evaluations stand apart, close together: they are counted most.
	evaluations []uint32
	of          []filter.Account
	open        []int32
	suspending  bool // some filter sits out
	alerts      int64
	total       uint64
	timing      bool
	left        []int32 // filters that late attributes are asked for, of a timed alert
}

func newTally(p *plan, accounts *filter.Accounts) tally {
	return tally{
		plan: p, accounts: accounts, evaluations: make([]uint32, len(p.filters)), of: make([]filter.Account, len(p.filters)),
		open: make([]int32, 0, len(p.filters)), left: make([]int32, 0, len(p.filters)),
	}
}

// begin counts an alert and decides whether it is timed.
func (t *tally) begin() {
	if t.alerts++; t.alerts >= postEvery {
		t.post()
	}
	t.suspending = t.accounts != nil && t.accounts.Suspending()
	t.timing = t.total%sampleEvery == 0
	t.total++
	t.left = t.left[:0]
}

func (t *tally) evaluate(i int32) {
	if t.evaluations[i] == 0 {
		t.open = append(t.open, i)
	}
	t.evaluations[i]++
}

func (t *tally) reach(i int32) { t.of[i].Reached++ }
func (t *tally) pass(i int32)  { t.of[i].Passes++ }
func (t *tally) fail(i int32)  { t.of[i].Failures++ }

func (t *tally) suspended(i int32) bool { return t.suspending && t.accounts.Suspended(int(i)) }

// start is now, if this alert is timed.
func (t *tally) start() time.Time {
	if !t.timing {
		return time.Time{}
	}
	return time.Now()
}

// charge adds what has passed since start to the filter's time.
func (t *tally) charge(i int32, began time.Time) {
	if t.timing {
		t.of[i].CPU += time.Since(began) * sampleEvery
	}
}

// narrowing notes which filters the late attributes are computed for.
func (t *tally) narrowing(filters []int32) {
	if t.timing {
		t.left = append(t.left[:0], filters...)
	}
}

// share charges the time of an attribute to the filters that it was computed for.
func (t *tally) share(attribute int, began time.Time) {
	if !t.timing {
		return
	}
	took := time.Since(began) * sampleEvery
	asking := 0
	for _, i := range t.left {
		if t.plan.lookup.index.Tests(attribute, int(i)) {
			asking++
		}
	}
	for _, i := range t.left {
		if t.plan.lookup.index.Tests(attribute, int(i)) {
			t.of[i].CPU += took / time.Duration(asking)
		}
	}
}

// post adds what was kept to the set's accounts.
func (t *tally) post() {
	if t.accounts != nil {
		t.accounts.PostAlerts(t.alerts)
		for _, i := range t.open {
			t.of[i].Evaluations = int64(t.evaluations[i])
			t.accounts.Post(int(i), t.of[i])
		}
	}
	for _, i := range t.open {
		t.of[i], t.evaluations[i] = filter.Account{}, 0
	}
	t.alerts, t.open = 0, t.open[:0]
}

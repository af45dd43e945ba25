package filter

import (
	"errors"
	"sync/atomic"
	"time"
)

// ErrSuspended is why a filter did not judge an alert: it had cost more than
// its budget, and has to wait. Verdict.Err may be it.
var ErrSuspended = errors.New("the filter is suspended: it took more time than its budget")

// Account is what one filter has come to since its set was made.
type Account struct {
	// Evaluations counts the alerts on which the index could not rule the
	// filter out.
	Evaluations int64
	// Reached counts those on which it came to its expensive part: the clauses
	// that read the history or other lazy fields.
	Reached int64
	// Passes and Failures count its verdicts, without those while suspended.
	Passes, Failures int64
	// CPU is an estimate: it is measured on some alerts and scaled up. What
	// filters share is charged to the first that needs it, or split.
	CPU time.Duration
}

// Add returns the sum of two accounts.
func (a Account) Add(b Account) Account {
	return Account{
		a.Evaluations + b.Evaluations, a.Reached + b.Reached,
		a.Passes + b.Passes, a.Failures + b.Failures, a.CPU + b.CPU,
	}
}

// Accounts are those of a set's filters, by their position. They are shared by
// all evaluators of the set, which post to them now and then.
type Accounts struct {
	alerts    atomic.Int64
	suspended atomic.Int64 // how many filters are
	filters   []account
}

type account struct {
	evaluations, reached, passes, failures, cpu atomic.Int64
	suspended                                   atomic.Bool
}

// NewAccounts returns empty accounts of n filters.
func NewAccounts(n int) *Accounts { return &Accounts{filters: make([]account, n)} }

// Alerts is how many alerts the set has judged.
func (a *Accounts) Alerts() int64 { return a.alerts.Load() }

// Of returns the account of filter i.
func (a *Accounts) Of(i int) Account {
	f := &a.filters[i]
	return Account{
		Evaluations: f.evaluations.Load(), Reached: f.reached.Load(),
		Passes: f.passes.Load(), Failures: f.failures.Load(), CPU: time.Duration(f.cpu.Load()),
	}
}

// PostAlerts adds n judged alerts.
func (a *Accounts) PostAlerts(n int64) { a.alerts.Add(n) }

// Post adds to the account of filter i.
func (a *Accounts) Post(i int, more Account) {
	f := &a.filters[i]
	for _, part := range [...]struct {
		to *atomic.Int64
		n  int64
	}{
		{&f.evaluations, more.Evaluations}, {&f.reached, more.Reached}, {&f.passes, more.Passes},
		{&f.failures, more.Failures}, {&f.cpu, int64(more.CPU)},
	} {
		if part.n != 0 {
			part.to.Add(part.n)
		}
	}
}

// Suspend makes filter i sit out, or lets it judge again. While it sits out,
// each alert that it would have to evaluate gives a verdict of ErrSuspended.
func (a *Accounts) Suspend(i int, suspended bool) {
	if a.filters[i].suspended.Swap(suspended) == suspended {
		return
	}
	if suspended {
		a.suspended.Add(1)
	} else {
		a.suspended.Add(-1)
	}
}

// Suspending reports whether any filter sits out.
func (a *Accounts) Suspending() bool { return a.suspended.Load() > 0 }

// Suspended reports whether filter i sits out.
func (a *Accounts) Suspended(i int) bool { return a.filters[i].suspended.Load() }

// Poster is an Evaluator that keeps accounts to itself until Post is called,
// or for a while.
type Poster interface{ Post() }

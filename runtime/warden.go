package runtime

import (
	"cmp"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/skysift/skysift/filter"
)

// DefaultBudget is the CPU time per judged alert that a filter may take which
// declares no budget of its own: generous, as most take less than a microsecond.
const DefaultBudget = time.Millisecond

// The times of a Warden.
const (
	// budgetWindow is over what time a filter's mean is taken, and fewestAlerts
	// over how many alerts at least: one in 64 is timed.
	budgetWindow, fewestAlerts = 10 * time.Second, 1024
	// windowsOver is in how many windows one after another a filter must be over
	// its budget. The time measured is the clock's: a process that is held up for
	// a moment charges it to whichever filter was at work, and that one must not
	// lose alerts for it.
	windowsOver = 3
	// firstRest is how long a filter sits out first; each further time twice as
	// long, up to longestRest, until it has behaved for goodConduct.
	firstRest, longestRest, goodConduct = time.Minute, time.Hour, 10 * time.Minute
)

// Warden suspends filters that take more time than their budget, and gives them
// a trial once they have rested. It keeps the accounts of filters by name, so that they
// outlive the set. Its methods may be called at any time, from anywhere.
//
// Invariant: a filter is suspended by its own time alone. Another filter's
// verdicts are the same whether it is or not.
type Warden struct {
	log *slog.Logger

	mu      sync.Mutex
	set     *filter.Set
	wards   []ward                    // of the set's filters
	retired map[string]filter.Account // of the sets before
	began   time.Time                 // of the window; zero before the first
	alerts  int64                     // then
}

// ward is one filter under watch.
type ward struct {
	budget    time.Duration
	cpu       time.Duration // when the window began
	over      int           // windows in which it was over its budget, until now
	mean      time.Duration // per alert, when it was suspended
	rest      time.Duration // of the last suspension; 0: none yet
	suspended time.Time     // since when; zero: it is not
	resumed   time.Time
}

// FilterCost is what one filter has come to, over all its sets.
type FilterCost struct {
	Filter string
	filter.Account
	// Suspended says why it sits out, and until when; "" where it does not.
	Suspended string
}

// NewWarden returns a warden that watches nothing yet.
func NewWarden(log *slog.Logger) *Warden {
	return &Warden{log: log, retired: map[string]filter.Account{}}
}

// Watch turns to a set that is now in force. budgetOf returns a filter's
// declared budget; 0 for the default.
func (w *Warden) Watch(set *filter.Set, budgetOf func(name string) time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.set != nil && w.set.Accounts != nil {
		for i, f := range w.set.Filters {
			w.retired[f.Name] = w.retired[f.Name].Add(w.set.Accounts.Of(i))
		}
	}
	w.set, w.wards, w.began, w.alerts = set, make([]ward, len(set.Filters)), time.Time{}, 0
	for i, f := range set.Filters {
		w.wards[i].budget = cmp.Or(budgetOf(f.Name), DefaultBudget)
	}
}

// Look suspends and resumes what is due. It is to be called every second or so.
func (w *Warden) Look(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.set == nil || w.set.Accounts == nil {
		return
	}
	for i := range w.wards {
		if ward := &w.wards[i]; !ward.suspended.IsZero() && now.Sub(ward.suspended) >= ward.rest {
			w.resume(i, now)
		}
	}
	alerts := w.set.Accounts.Alerts()
	if w.began.IsZero() {
		w.open(now, alerts)
	}
	if judged := alerts - w.alerts; now.Sub(w.began) >= budgetWindow && judged >= fewestAlerts {
		for i := range w.wards {
			w.weigh(i, judged, now)
		}
		w.open(now, alerts)
	}
}

// open begins a window.
func (w *Warden) open(now time.Time, alerts int64) {
	w.began, w.alerts = now, alerts
	for i := range w.wards {
		w.wards[i].cpu = w.set.Accounts.Of(i).CPU
	}
}

// weigh suspends a filter whose mean in the window is over its budget.
func (w *Warden) weigh(i int, judged int64, now time.Time) {
	ward := &w.wards[i]
	mean := (w.set.Accounts.Of(i).CPU - ward.cpu) / time.Duration(judged)
	if mean <= ward.budget || !ward.suspended.IsZero() {
		ward.over = 0
		return
	}
	if ward.over++; ward.over < windowsOver {
		return
	}
	ward.over = 0
	if now.Sub(ward.resumed) > goodConduct {
		ward.rest = 0
	}
	ward.rest = min(max(2*ward.rest, firstRest), longestRest)
	ward.suspended, ward.mean = now, mean
	w.set.Accounts.Suspend(i, true)
	w.log.Warn("a filter takes more time than its budget and is suspended; the others go on",
		"filter", w.set.Filters[i].Name, "time_per_alert", mean, "budget", ward.budget, "until", now.Add(ward.rest))
}

// resume gives a filter its trial.
func (w *Warden) resume(i int, now time.Time) {
	w.wards[i].suspended, w.wards[i].resumed = time.Time{}, now
	w.wards[i].cpu = w.set.Accounts.Of(i).CPU
	w.set.Accounts.Suspend(i, false)
	w.log.Info("a filter that was suspended is tried again", "filter", w.set.Filters[i].Name)
}

// Costs returns what every filter has come to, those in force first, then those of sets
// before, by name.
func (w *Warden) Costs() []FilterCost {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.set == nil || w.set.Accounts == nil {
		return nil
	}
	var costs []FilterCost
	inForce := map[string]bool{}
	for i, f := range w.set.Filters {
		inForce[f.Name] = true
		costs = append(costs, FilterCost{f.Name, w.retired[f.Name].Add(w.set.Accounts.Of(i)), w.wards[i].reason()})
	}
	current := len(costs)
	for name, account := range w.retired {
		if !inForce[name] {
			costs = append(costs, FilterCost{Filter: name, Account: account})
		}
	}
	slices.SortFunc(costs[current:], func(a, b FilterCost) int { return cmp.Compare(a.Filter, b.Filter) })
	return costs
}

func (w *ward) reason() string {
	if w.suspended.IsZero() {
		return ""
	}
	return fmt.Sprintf("it took %v an alert and its budget is %v; it is tried again at %s",
		w.mean.Round(100*time.Nanosecond), w.budget, w.suspended.Add(w.rest).UTC().Format(time.RFC3339))
}

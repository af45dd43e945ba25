package runtime_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime"
)

// watched is a warden over two filters, one of which has a budget of its own.
func watched() (*runtime.Warden, *filter.Set) {
	set := &filter.Set{Filters: []filter.Filter{{Name: "good"}, {Name: "dear"}}, Accounts: filter.NewAccounts(2)}
	w := runtime.NewWarden(slog.New(slog.DiscardHandler))
	w.Watch(set, func(name string) time.Duration {
		if name == "dear" {
			return 200 * time.Microsecond
		}
		return 0
	})
	return w, set
}

// pass lets a window of 2000 alerts pass, on each of which dear takes some time.
func pass(w *runtime.Warden, set *filter.Set, now *time.Time, each time.Duration) {
	set.Accounts.PostAlerts(2000)
	set.Accounts.Post(0, filter.Account{CPU: 2000 * each / 2, Evaluations: 10})
	set.Accounts.Post(1, filter.Account{CPU: 2000 * each})
	*now = now.Add(11 * time.Second)
	w.Look(*now)
}

// overstep lets as many windows pass as it takes to be suspended.
func overstep(w *runtime.Warden, set *filter.Set, now *time.Time, each time.Duration) {
	for range 3 {
		pass(w, set, now, each)
	}
}

func TestAMomentsHoldUpSuspendsNobody(t *testing.T) {
	w, set := watched()
	now := time.Now()
	w.Look(now)
	for range 4 {
		pass(w, set, &now, time.Second)
		pass(w, set, &now, time.Second)
		pass(w, set, &now, 100*time.Microsecond)
		if set.Accounts.Suspended(1) {
			t.Fatal("suspended for two windows")
		}
	}
}

func TestAFilterOverItsBudgetIsSuspendedAloneAndTriedAgain(t *testing.T) {
	w, set := watched()
	now := time.Now()
	w.Look(now)
	pass(w, set, &now, 190*time.Microsecond)
	if set.Accounts.Suspended(1) {
		t.Error("suspended within its budget")
	}
	for _, rest := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute} {
		overstep(w, set, &now, 300*time.Microsecond)
		if !set.Accounts.Suspended(1) || set.Accounts.Suspended(0) {
			t.Fatalf("suspended: %v, the other: %v", set.Accounts.Suspended(1), set.Accounts.Suspended(0))
		}
		if costs := w.Costs(); costs[0].Suspended != "" || !strings.Contains(costs[1].Suspended, "it took 300µs an alert and its budget is 200µs") {
			t.Errorf("told: %+v", costs)
		}
		w.Look(now.Add(rest - time.Second))
		if !set.Accounts.Suspended(1) {
			t.Errorf("tried again before %v", rest)
		}
		now = now.Add(rest)
		if w.Look(now); set.Accounts.Suspended(1) {
			t.Errorf("not tried again after %v", rest)
		}
	}
}

func TestGoodConductIsRemembered(t *testing.T) {
	w, set := watched()
	now := time.Now()
	w.Look(now)
	for range 2 {
		overstep(w, set, &now, time.Second)
		now = now.Add(2 * time.Minute)
		w.Look(now)
	}
	now = now.Add(time.Hour)
	pass(w, set, &now, 0)
	overstep(w, set, &now, time.Second)
	if w.Look(now.Add(61 * time.Second)); set.Accounts.Suspended(1) {
		t.Error("after an hour within its budget its rest is not the first again")
	}
}

func TestFewAlertsSuspendNobody(t *testing.T) {
	w, set := watched()
	now := time.Now()
	w.Look(now)
	set.Accounts.PostAlerts(500)
	set.Accounts.Post(1, filter.Account{CPU: time.Hour})
	if w.Look(now.Add(time.Minute)); set.Accounts.Suspended(1) {
		t.Error("suspended by too few alerts to know")
	}
}

func TestAccountsOutliveTheirSet(t *testing.T) {
	w, set := watched()
	set.Accounts.Post(0, filter.Account{Passes: 3, CPU: time.Second})
	next := &filter.Set{Filters: []filter.Filter{{Name: "good"}}, Accounts: filter.NewAccounts(1)}
	w.Watch(next, func(string) time.Duration { return 0 })
	next.Accounts.Post(0, filter.Account{Passes: 4})
	costs := w.Costs()
	if len(costs) != 2 || costs[0].Passes != 7 || costs[0].CPU != time.Second || costs[1].Filter != "dear" {
		t.Errorf("%+v", costs)
	}
}

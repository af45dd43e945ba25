package pluginhost

import (
	"cmp"
	"slices"
	"sync/atomic"
	"time"
)

// figures count what a plug-in was asked.
type figures struct {
	calls, alerts, failures, nanoseconds, queued atomic.Int64
}

func (f *figures) call(alerts int64, took time.Duration) {
	f.calls.Add(1)
	f.alerts.Add(alerts)
	f.nanoseconds.Add(int64(took))
}

// Figures are what is known of one plug-in.
type Figures struct {
	Filter string
	// Calls counts the batches that it was sent, Alerts the alerts in them,
	// Failures those that it failed on, and Time how long it had them.
	Calls, Alerts, Failures int64
	Time                    time.Duration
	Restarts                int64
	// Queued is how many batches wait or are under way now.
	Queued int64
	// Open says that the breaker is open or on trial.
	Open bool
	// Trouble says what is wrong, "" if nothing is, and Since when it began.
	Trouble string
	Since   time.Time
}

// Figures returns those of the plug-ins in use, by their filters.
func (h *Host) Figures() []Figures {
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []Figures
	for _, p := range h.plugins {
		trouble, since := p.supervisor.trouble()
		s := p.supervisor
		s.mu.Lock()
		restarts, open := s.restarts, s.state == stateOpen || s.state == stateTrial
		s.mu.Unlock()
		f := &p.figures
		all = append(all, Figures{
			Filter: p.config.Filter, Calls: f.calls.Load(), Alerts: f.alerts.Load(), Failures: f.failures.Load(),
			Time: time.Duration(f.nanoseconds.Load()), Restarts: restarts, Queued: f.queued.Load(), Open: open,
			Trouble: trouble, Since: since,
		})
	}
	slices.SortFunc(all, func(a, b Figures) int { return cmp.Compare(a.Filter, b.Filter) })
	return all
}

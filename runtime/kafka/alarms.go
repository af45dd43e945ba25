package kafka

import (
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
)

// Alarm is something that does not go on, or cannot be written, until somebody
// helps or the cluster recovers.
type Alarm struct {
	// About is what is in trouble: "topic/partition", a topic, "commit" or
	// "group".
	About  string
	Reason string
	Since  time.Time
}

const (
	commitAlarm = "commit"
	groupAlarm  = "group"
	// troubleAfter is how long what is retried may fail before it is told.
	troubleAfter = 3 * time.Second
)

// alarms are the alarms that stand, each logged once when it is raised and
// once when it ends.
type alarms struct {
	log *slog.Logger

	mu    sync.Mutex
	stand map[string]*standing
}

type standing struct {
	Alarm
	told bool
}

func newAlarms(log *slog.Logger) *alarms {
	return &alarms{log: log, stand: make(map[string]*standing)}
}

// raise raises an alarm at once.
func (a *alarms) raise(about string, reason error) { a.after(about, 0, reason) }

// after raises an alarm when it is still the case after a while.
func (a *alarms) after(about string, wait time.Duration, reason error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.stand[about]
	if s == nil {
		s = &standing{Alarm: Alarm{About: about, Since: time.Now()}}
		a.stand[about] = s
	}
	changed := s.Reason != reason.Error()
	s.Reason = reason.Error()
	if (!s.told || wait == 0 && changed) && time.Since(s.Since) >= wait {
		s.told = true
		a.log.Error("in trouble", "about", about, "reason", s.Reason)
	}
}

// clear ends an alarm.
func (a *alarms) clear(about string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if s := a.stand[about]; s != nil && s.told {
		a.log.Info("goes on again", "about", about, "after", time.Since(s.Since).Round(time.Millisecond))
	}
	delete(a.stand, about)
}

// drop forgets an alarm whose subject is not ours any more.
func (a *alarms) drop(about string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.stand, about)
}

// list returns the alarms that were told, in order of what they are about.
func (a *alarms) list() []Alarm {
	a.mu.Lock()
	defer a.mu.Unlock()
	var told []Alarm
	for _, s := range a.stand {
		if s.told {
			told = append(told, s.Alarm)
		}
	}
	slices.SortFunc(told, func(x, y Alarm) int { return strings.Compare(x.About, y.About) })
	return told
}

package kafka

import (
	"cmp"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
)

// Alarm is something that does not go on, or cannot be written, until somebody
// helps or the cluster recovers.
type Alarm struct {
	// About is what is in trouble: "topic/partition", a topic, "commit",
	// "group", or for all topics that wait for a broker the cluster of outputs.
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
// once when it ends. Those of one cause are told as one, by the cause's name.
type alarms struct {
	log *slog.Logger

	mu    sync.Mutex
	stand map[string]*standing
}

type standing struct {
	Alarm
	cause string // "": its own
	told  bool
}

func newAlarms(log *slog.Logger) *alarms {
	return &alarms{log: log, stand: make(map[string]*standing)}
}

// raise raises an alarm at once.
func (a *alarms) raise(about string, reason error) { a.after(about, 0, reason) }

// after raises an alarm when it is still the case after a while.
func (a *alarms) after(about string, wait time.Duration, reason error) { a.of("", about, wait, reason) }

// of is after, of a cause that other alarms may have too.
func (a *alarms) of(cause, about string, wait time.Duration, reason error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.stand[about]
	if s == nil {
		s = &standing{Alarm: Alarm{About: about, Since: time.Now()}}
		a.stand[about] = s
	}
	changed := s.Reason != reason.Error()
	s.Reason, s.cause = reason.Error(), cause
	if (!s.told || wait == 0 && changed) && time.Since(s.Since) >= wait {
		if cause == "" || !a.isTold(cause) {
			a.log.Error("in trouble", "about", cmp.Or(cause, about), "reason", s.Reason)
		}
		s.told = true
	}
}

// isTold reports whether an alarm of the cause was told and stands.
func (a *alarms) isTold(cause string) bool {
	for _, s := range a.stand {
		if s.told && s.cause == cause {
			return true
		}
	}
	return false
}

// clear ends an alarm.
func (a *alarms) clear(about string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.stand[about]
	delete(a.stand, about)
	if s != nil && s.told && (s.cause == "" || !a.isTold(s.cause)) {
		a.log.Info("goes on again", "about", cmp.Or(s.cause, about), "after", time.Since(s.Since).Round(time.Millisecond))
	}
}

// drop forgets an alarm whose subject is not ours any more.
func (a *alarms) drop(about string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.stand, about)
}

// list returns the alarms that were told, in order of what they are about;
// those of one cause as one, with what waits for it.
func (a *alarms) list() []Alarm {
	a.mu.Lock()
	defer a.mu.Unlock()
	var told []Alarm
	waiting := map[string][]Alarm{}
	for _, s := range a.stand {
		switch {
		case s.told && s.cause != "":
			waiting[s.cause] = append(waiting[s.cause], s.Alarm)
		case s.told:
			told = append(told, s.Alarm)
		}
	}
	for cause, all := range waiting {
		told = append(told, together(cause, all))
	}
	sortAlarms(told)
	return told
}

// toldWaiting is how many of those that wait for one cause are named.
const toldWaiting = 5

// together is the alarm of a cause for which all of these wait.
func together(cause string, all []Alarm) Alarm {
	sortAlarms(all)
	one := Alarm{About: cause, Reason: all[0].Reason, Since: all[0].Since}
	names := make([]string, len(all))
	for i, alarm := range all {
		names[i] = alarm.About
		if alarm.Since.Before(one.Since) {
			one.Since = alarm.Since
		}
	}
	one.Reason += "; waiting for it: " + strings.Join(names[:min(len(names), toldWaiting)], ", ")
	if more := len(names) - toldWaiting; more > 0 {
		one.Reason += fmt.Sprintf(" and %d more", more)
	}
	return one
}

func sortAlarms(all []Alarm) {
	slices.SortFunc(all, func(x, y Alarm) int { return strings.Compare(x.About, y.About) })
}

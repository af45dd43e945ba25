package registry

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/skysift/skysift/runtime"
)

// firstWait and longestWait are between questions to a registry that does not
// answer them; each is twice the one before.
const firstWait, longestWait = 250 * time.Millisecond, 30 * time.Second

// Alarm is a registry that does not give what it is asked for.
type Alarm struct {
	About  string // the registry's URL, without credentials
	Reason string
	Since  time.Time
}

// Outage is the time in which a registry does not give what it is asked for; its
// zero value is that it does, or was not asked yet. Its owner's lock guards it.
//
// Invariant: however many records wait, the registry is asked no more often
// than the pauses say.
type Outage struct {
	Client *Client
	Log    *slog.Logger
	// Fails and Ends are what is logged when it begins, and when it is over.
	Fails, Ends string

	since  time.Time // zero: there is none
	reason error
	told   string // reason without the registry's name
	wait   time.Duration
	next   time.Time
}

// Holds returns why the registry is not to be asked now, a
// runtime.ErrUnavailable; nil where it is.
func (o *Outage) Holds() error {
	if o.since.IsZero() || !time.Now().Before(o.next) {
		return nil
	}
	return Unavailable(o.reason)
}

// Failed notes that a question had no answer, with what it was about, and
// returns a runtime.ErrUnavailable that says so in full.
func (o *Outage) Failed(err error, about ...string) error {
	now := time.Now()
	o.wait = min(max(2*o.wait, firstWait), longestWait)
	o.next = now.Add(o.wait)
	if o.since.IsZero() {
		o.since = now
	}
	logged := []any{"registry", o.Client.String(), "error", err, "again_in", o.wait}
	place := "schema registry " + o.Client.String()
	o.told = o.Fails + ": "
	for _, one := range about {
		place += ", " + one
		o.told += one + ": "
		logged = append(logged, "about", one)
	}
	o.reason = fmt.Errorf("%s: %w", place, err)
	o.told += err.Error()
	o.Log.Warn(o.Fails, logged...)
	return Unavailable(o.reason)
}

// Answered notes that a question was answered.
func (o *Outage) Answered() {
	if !o.since.IsZero() {
		o.Log.Info(o.Ends, "registry", o.Client.String(), "after", time.Since(o.since).Round(time.Millisecond))
	}
	o.since, o.reason, o.wait, o.next = time.Time{}, nil, 0, time.Time{}
}

// Alarms returns what stands in the way, if anything does.
func (o *Outage) Alarms() []Alarm {
	if o.since.IsZero() {
		return nil
	}
	return []Alarm{{About: "schema registry " + o.Client.String(), Reason: o.told, Since: o.since}}
}

// Unavailable says of err that the record is to wait.
func Unavailable(err error) error { return fmt.Errorf("%w: %w", runtime.ErrUnavailable, err) }

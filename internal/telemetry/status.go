package telemetry

import (
	"sync"
	"time"

	"github.com/skysift/skysift/internal/pluginhost"
	"github.com/skysift/skysift/runtime"
)

// Stream is what a source knows of its stream.
type Stream struct {
	// Joined says that this member has joined its group.
	Joined bool
	// Partitions are those assigned to this member.
	Partitions []Partition
	// Alarms are what does not go on until somebody helps or the cluster
	// recovers.
	Alarms []Alarm
	// Generations counts those this member took part in; Jumps counts how
	// often an offset out of range was left by policy.
	Generations, Jumps int64
}

// Partition is one partition that is assigned to this member.
type Partition struct {
	Topic  string
	Number int
	// Lag is the number of records between the settled offset and the end.
	Lag int64
}

// Alarm is one trouble that stands.
type Alarm struct {
	// About is "topic/partition", or whatever else is in trouble.
	About  string
	Reason string
	Since  time.Time
}

// Build says which build runs.
type Build struct {
	Version, Revision, Go string
}

// Status is what is known of a running pipeline. Its fields are set before it
// is served; its methods may be called at any time.
type Status struct {
	Build  Build
	Ledger *runtime.Ledger
	// Stream returns what the source knows now; nil for one without a group.
	Stream func() Stream
	// Plugins returns what is known of the plug-ins in use; nil where there are
	// none.
	Plugins func() []pluginhost.Figures
	// Costs returns what the filters cost; nil where nobody keeps count.
	Costs func() []runtime.FilterCost
	// Broken returns the filters that a schema breaks; nil where nobody checks.
	Broken func() []runtime.BrokenFilter

	mu       sync.Mutex
	reloaded time.Time // last success
	failure  error     // of the last reload; nil when it succeeded
	failedAt time.Time
}

// Reloaded notes how reading the filters at time at ended: with err, after
// which the set before it stays in force, or well (nil).
func (s *Status) Reloaded(at time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failure = err
	if err != nil {
		s.failedAt = at
		return
	}
	s.reloaded = at
}

// reload is how the last reload ended.
type reload struct {
	succeeded time.Time
	failedAt  time.Time
	failure   error
}

func (s *Status) lastReload() reload {
	s.mu.Lock()
	defer s.mu.Unlock()
	return reload{succeeded: s.reloaded, failedAt: s.failedAt, failure: s.failure}
}

func (s *Status) stream() Stream {
	if s.Stream == nil {
		return Stream{Joined: true}
	}
	return s.Stream()
}

package kafka

import (
	"fmt"
	"time"
)

// Start is where a partition begins for which the group has committed nothing.
// The zero value is the earliest record.
type Start struct {
	latest bool
	at     time.Time
}

// The places to start that need no time.
var (
	Earliest = Start{}
	Latest   = Start{latest: true}
)

// StartAt starts at the first record whose timestamp is t or later.
func StartAt(t time.Time) Start { return Start{at: t} }

// ParseStart reads "earliest", "latest", a time as of RFC 3339, or a date,
// which is its midnight in UTC.
func ParseStart(s string) (Start, error) {
	switch s {
	case "", "earliest":
		return Earliest, nil
	case "latest":
		return Latest, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return StartAt(t), nil
		}
	}
	return Start{}, fmt.Errorf("start %q cannot be read: write earliest, latest, or a UTC time such as 2026-03-01T00:00:00Z", s)
}

func (s Start) String() string {
	switch {
	case s.latest:
		return "latest"
	case !s.at.IsZero():
		return s.at.UTC().Format(time.RFC3339)
	}
	return "earliest"
}

// The timestamps that ListOffsets takes for the two ends of a log.
const (
	timeEarliest = -2
	timeLatest   = -1
)

// timestamp is what ListOffsets is asked for.
func (s Start) timestamp() int64 {
	switch {
	case s.latest:
		return timeLatest
	case !s.at.IsZero():
		return s.at.UnixMilli()
	}
	return timeEarliest
}

// Policy says what to do where an offset is out of the log's range.
type Policy string

// The policies. PolicyFail, the default, stops the partition with an alarm;
// the others go on from that end of the log, and the jump is counted.
const (
	PolicyFail     Policy = "fail"
	PolicyEarliest Policy = "earliest"
	PolicyLatest   Policy = "latest"
)

// ParsePolicy reads a policy's name; "" is PolicyFail.
func ParsePolicy(s string) (Policy, error) {
	switch p := Policy(s); p {
	case "":
		return PolicyFail, nil
	case PolicyFail, PolicyEarliest, PolicyLatest:
		return p, nil
	}
	return "", fmt.Errorf("out-of-range policy %q is none of fail, earliest and latest", s)
}

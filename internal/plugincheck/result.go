package plugincheck

import (
	"errors"
	"fmt"
	"time"
)

// Outcome is how a check ended.
type Outcome string

// The outcomes.
const (
	OK      Outcome = "ok"
	Failed  Outcome = "failed"
	Skipped Outcome = "skipped" // it does not apply, or could not be reached
)

// Result is what one check found.
type Result struct {
	Check   string        `json:"check"`
	Outcome Outcome       `json:"outcome"`
	Found   string        `json:"found,omitempty"`
	Mend    string        `json:"mend,omitempty"`
	Took    time.Duration `json:"-"`
}

// mistake is what a program does wrong, and what its author can do.
type mistake struct{ found, mend string }

func (m *mistake) Error() string { return m.found }

func wrong(mend, format string, args ...any) error {
	return &mistake{fmt.Sprintf(format, args...), mend}
}

// skip is why a check does not apply.
type skip string

func (s skip) Error() string { return string(s) }

// resultOf is the result of a check that ended so.
func resultOf(name, found string, err error, took time.Duration) Result {
	r := Result{Check: name, Outcome: OK, Found: found, Took: took}
	var m *mistake
	var s skip
	switch {
	case errors.As(err, &s):
		r.Outcome, r.Found = Skipped, string(s)
	case errors.As(err, &m):
		r.Outcome, r.Found, r.Mend = Failed, err.Error(), m.mend
	case err != nil:
		r.Outcome, r.Found = Failed, err.Error()
	}
	return r
}

package runtime

import "time"

// warnOf is warn of a record, whose source is spelt out only where it is logged.
func (j *judge) warnOf(f int, what string, record *Record, why error) {
	if time.Since(j.warned[f]) > time.Minute {
		j.warn(f, what, record.Source(0, false), why)
	}
}

// failHere notes that a filter failed on the alert in hand; it is counted when the
// record has its end, for one that has to wait is judged again and again. A filter
// that is suspended fails on every alert, so the alert's source is spelt out
// only where it is logged.
func (j *judge) failHere(f int, why error) {
	j.fails = append(j.fails, f)
	if time.Since(j.warned[f]) > time.Minute {
		j.warn(f, couldNotJudge, j.record.Source(j.index, false), why)
	}
}

// fail counts the failure of a filter that was asked of an alert of the batch,
// and logs it, at most once a minute.
func (j *judge) fail(f int, source string, why error) {
	j.into.counts.errors[f]++
	j.warn(f, couldNotJudge, source, why)
}

const couldNotJudge = "a filter could not judge an alert, which it therefore does not pass; the other filters are unaffected"

// warn logs what is wrong with a filter, at most once a minute.
func (j *judge) warn(f int, what, source string, why error) {
	if now := time.Now(); now.Sub(j.warned[f]) > time.Minute {
		j.warned[f] = now
		j.log.Warn(what, "filter", j.set.Filters[f].Name, "source", source, "error", why)
	}
}

package runtime

import (
	"cmp"
	"errors"
	"slices"

	"github.com/skysift/skysift/filter"
)

// ask notes a question about the alert in hand, and puts it on the filter's
// page; a filter that is held is asked later.
func (j *judge) ask(alert *filter.Alert, v *filter.Verdict) error {
	if q := j.inquiries[v.Filter]; q.asked.OnFailure == filter.Hold && j.holding[j.matches[v.Filter].Filter] {
		j.into.questions = append(j.into.questions, question{record: j.place, alert: j.into.alerts, filter: v.Filter, failure: errBehind})
		return nil
	}
	output, err := j.output(alert)
	if err != nil {
		return err
	}
	match := j.matches[v.Filter]
	match.Annotations = annotationsJSON(v.Annotations)
	output.Matches = []Match{match}
	number := len(j.into.questions)
	j.into.questions = append(j.into.questions, question{record: j.place, alert: j.into.alerts, filter: v.Filter, output: output})
	if j.holding[match.Filter] {
		j.into.questions[number].failure = errBehind
		return nil
	}
	if err := alert.Load(); err != nil {
		return err
	}
	q := j.inquiries[v.Filter]
	raw, source := []byte(nil), ""
	if q.asked.Raw {
		raw = output.Value
	}
	if q.asked.Source {
		source = output.Origin
	}
	q.add(j.ctx, j.waits(q), number, alert, raw, source)
	return nil
}

// waits reports whether a question waits for its answer as long as it takes: in a late
// batch, unless the filter has come to go on without.
func (j *judge) waits(q *inquiry) bool {
	return j.late != nil && q.asked.OnFailure == filter.Hold
}

// answer waits for the answers to the batch's questions and makes outputs of
// them. In a late batch all must be answered whose filter holds: its error is why one is not.
func (j *judge) answer() error {
	for _, q := range j.inquiries {
		if q != nil {
			q.send(j.ctx, j.waits(q))
			q.collect(j.into.questions)
		}
	}
	b := j.into
	if j.late != nil {
		for i := range b.questions {
			if q := &b.questions[i]; q.failure != nil && !q.void && j.waits(j.inquiries[q.filter]) {
				return q.failure
			}
		}
	}
	if len(b.questions) > 0 {
		j.hold()
		if err := j.merge(); err != nil {
			return err
		}
		j.end()
	}
	return nil
}

// forget waits for the questions under way, whose answers nobody needs.
func (j *judge) forget() {
	for _, q := range j.inquiries {
		if q != nil {
			q.send(j.ctx, false)
			q.collect(j.into.questions)
		}
	}
}

// hold voids the questions of records that wait for the filter's verdict: the
// record is judged by it whole, later.
func (j *judge) hold() {
	b := j.into
	for i := range b.questions {
		q := &b.questions[i]
		if q.void || q.failure == nil || j.inquiries[q.filter].asked.OnFailure != filter.Hold {
			continue
		}
		name := j.matches[q.filter].Filter
		if n := len(b.held); n == 0 || b.held[n-1].place != q.record {
			record := &b.batch.Records[q.record]
			b.held = append(b.held, j.copies.holdRecord(record, q.record))
			j.warnOf(q.filter, "a filter cannot judge now: its alerts are held and judged later, the others go on", record, q.failure)
		}
		if held := b.held[len(b.held)-1]; !held.waitsFor(name) {
			held.filters = append(held.filters, name)
		}
	}
	for i := range b.questions {
		q := &b.questions[i]
		at, held := slices.BinarySearchFunc(b.held, q.record, func(h *heldRecord, record int) int { return cmp.Compare(h.place, record) })
		if held && b.held[at].waitsFor(j.matches[q.filter].Filter) {
			q.void = true
		}
	}
}

// merge puts the outputs that the answers make among those that are there, in
// the order of the alerts. Its error is the context's.
func (j *judge) merge() error {
	b := j.into
	there, alerts, records := slices.Clone(b.outputs), slices.Clone(b.alertOf), slices.Clone(b.recordOf)
	b.outputs, b.alertOf, b.recordOf = b.outputs[:0], b.alertOf[:0], b.recordOf[:0]
	next := 0
	flush := func(alert int) { // what is there, up to an alert
		for ; next < len(there) && alerts[next] <= alert; next++ {
			b.outputs, b.alertOf = append(b.outputs, there[next]), append(b.alertOf, alerts[next])
			b.recordOf = append(b.recordOf, records[next])
		}
	}
	for i := range b.questions {
		if q := &b.questions[i]; !q.void {
			flush(q.alert)
			if err := j.complete(q); err != nil {
				return err
			}
		}
	}
	flush(b.alerts + 1)
	return nil
}

// complete makes of an answered question what it is.
func (j *judge) complete(q *question) error {
	b := j.into
	switch {
	case q.failure != nil:
		b.counts.unjudged[q.filter]++
		j.warn(q.filter, "a filter cannot be asked about an alert, which goes on without it", q.output.Origin, q.failure)
		j.without(q)
	case q.answer.Err != nil:
		j.fail(q.filter, q.output.Origin, q.answer.Err)
	case q.answer.Passed:
		b.counts.passed[q.filter]++
		return j.passTo(q)
	}
	return nil
}

// passTo adds the match to the alert's output for the class, making it if
// there is none.
func (j *judge) passTo(q *question) error {
	b := j.into
	class := cmp.Or(q.answer.Class, j.set.Filters[q.filter].Class)
	match := q.output.Matches[0]
	match.Annotations = joinJSON(match.Annotations, annotationsJSON(q.answer.Annotations))
	for i := len(b.outputs) - 1; i >= 0 && b.alertOf[i] == q.alert; i-- {
		if o := &b.outputs[i]; o.Rejection == nil && o.Class == class {
			o.Matches = append(o.Matches, match)
			slices.SortStableFunc(o.Matches, func(x, y Match) int { return cmp.Compare(j.positions[x.Filter], j.positions[y.Filter]) })
			return nil
		}
	}
	q.output.Class, q.output.Matches = class, []Match{match}
	err := j.encoders.encode(&q.output)
	for errors.Is(err, ErrUnavailable) {
		if err := pause(j.ctx, unavailablePause); err != nil {
			return err
		}
		err = j.encoders.encode(&q.output)
	}
	if err != nil {
		reject := rejection(&b.batch.Records[q.record], StageEncode, err)
		reject.Origin, reject.Rejection.Origin = q.output.Origin, q.output.Origin
		b.insert(reject, q)
		return nil
	}
	b.insert(q.output, q)
	return nil
}

// without says in the alert's outputs which filter could not be asked, and
// sends it to the reject topic too where the filter's on_failure is that.
func (j *judge) without(q *question) {
	b := j.into
	for i := len(b.outputs) - 1; i >= 0 && b.alertOf[i] == q.alert; i-- {
		b.outputs[i].Unjudged = append(b.outputs[i].Unjudged, j.matches[q.filter].Filter)
	}
	if j.inquiries[q.filter].asked.OnFailure == filter.Reject {
		reject := rejection(&b.batch.Records[q.record], StageJudge, &filterError{j.matches[q.filter].Filter, q.failure})
		reject.Value, reject.Origin, reject.Rejection.Origin = q.output.Value, q.output.Origin, q.output.Origin
		b.insert(reject, q)
	}
}

// insert appends an output of a question's alert.
func (b *judged) insert(o Output, q *question) {
	b.outputs, b.alertOf, b.recordOf = append(b.outputs, o), append(b.alertOf, q.alert), append(b.recordOf, q.record)
}

// filterError says which filter an error is about.
type filterError struct {
	filter string
	err    error
}

func (e *filterError) Error() string { return "filter " + e.filter + ": " + e.err.Error() }
func (e *filterError) Unwrap() error { return e.err }

// end gives the records of the batch's questions their ends.
func (j *judge) end() {
	b := j.into
	for i := range b.questions {
		b.counts.ends[b.questions[i].record] = dropped
	}
	for i := range b.outputs {
		at := &b.counts.ends[b.recordOf[i]]
		switch {
		case b.outputs[i].Rejection == nil:
			*at = delivered
		case *at == dropped:
			*at = rejected
		}
	}
	for _, held := range b.held {
		held.delivered = b.counts.ends[held.place] == delivered
		b.counts.ends[held.place] = undecided
	}
}

// joinJSON is one object with the members of two; nil is an empty one.
func joinJSON(a, b []byte) []byte {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	joined := append(a[:len(a)-1:len(a)-1], ',')
	return append(joined, b[1:]...)
}

package runtime

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/skysift/skysift/filter"
)

// judge decodes and judges records by one set, for one worker.
type judge struct {
	set       *filter.Set
	decoder   Decoder
	evaluator filter.Evaluator
	log       *slog.Logger
	said      string                    // Config.Topic
	idSlot    int                       // -1: not asked for
	each      func(*filter.Alert) error // judgeAlert, bound once

	record *Record // the record in hand
	topic  string  // that filters know it by
	index  int     // of its alert in hand
	passes []int   // by which filters its alerts were passed so far
	into   *judged // the batch in hand

	schemas schemaNotes // what schemas break

	matches []Match     // per filter: name and version, ready to be copied
	warned  []time.Time // per filter: when an error was last logged
	spare   chan *judged
	ledger  *Ledger
}

func newJudge(config Config, set *filter.Set) *judge {
	fields, idSlot := withID(set.Fields, config.IDPath)
	j := &judge{
		set: set, decoder: config.Format.NewDecoder(fields), evaluator: set.NewEvaluator(),
		log: config.Log, said: config.Topic, idSlot: idSlot, ledger: config.Ledger,
		matches: make([]Match, len(set.Filters)), warned: make([]time.Time, len(set.Filters)),
		spare: make(chan *judged, 1), schemas: newSchemaNotes(config.Arrivals, set),
	}
	for i, f := range set.Filters {
		j.matches[i] = Match{Filter: f.Name, Version: f.Version}
	}
	j.each = j.judgeAlert
	return j
}

// withID returns the fields with the identifier's among them, and its slot.
func withID(fields []filter.Field, path string) ([]filter.Field, int) {
	if path == "" {
		return fields, -1
	}
	for i, field := range fields {
		if field.Path == path && !field.Lazy {
			return fields, i
		}
	}
	fields = append(fields[:len(fields):len(fields)], filter.Field{Path: path})
	return fields, len(fields) - 1
}

// judgeBatch judges the batch's records in order. Its error is ctx's, which
// has ended while a record had to wait; the batch must then be abandoned.
func (j *judge) judgeBatch(ctx context.Context, batch Batch) (*judged, error) {
	j.into = j.empty()
	j.into.begin(batch)
	for i := range batch.Records {
		ending, err := j.judgeRecord(ctx, i, &batch.Records[i])
		if err != nil {
			return j.into, err
		}
		j.into.counts.ends[i] = ending
	}
	if p, ok := j.evaluator.(filter.Poster); ok {
		p.Post()
	}
	return j.into, nil
}

// empty returns room for a judged batch: one that was settled, or a new one.
func (j *judge) empty() *judged {
	select {
	case used := <-j.spare:
		return used
	default:
		return &judged{judge: j, counts: newBatchCounts(j.ledger, j.set)}
	}
}

// judgeRecord appends the outputs of one record. A record that cannot be
// decoded whole is rejected whole.
func (j *judge) judgeRecord(ctx context.Context, i int, record *Record) (end, error) {
	if record.Value == nil {
		return dropped, nil // a tombstone says that a key is gone; there is no alert in it
	}
	before, ending := len(j.into.outputs), delivered
	err := j.decode(record)
	for errors.Is(err, ErrUnavailable) {
		j.into.outputs = j.into.outputs[:before]
		if err := pause(ctx, unavailablePause); err != nil {
			return dropped, err
		}
		err = j.decode(record)
	}
	j.into.counts.alerts += int64(j.index)
	if err != nil {
		j.into.outputs = append(j.into.outputs[:before], rejection(record, StageDecode, err))
		ending = rejected
	} else {
		j.into.counts.pass(j.passes)
	}
	if len(j.into.outputs) == before {
		return dropped, nil
	}
	for range len(j.into.outputs) - before {
		j.into.recordOf = append(j.into.recordOf, i)
	}
	return ending, nil
}

// unavailablePause is how long a record waits before what it needs is asked
// for again; to ask is cheap.
const unavailablePause = 100 * time.Millisecond

// pause waits, and returns ctx's error where ctx ends first.
func pause(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// decode gives each alert of the record to the set. A panic costs this record
// alone: the stream must go on.
func (j *judge) decode(record *Record) (err error) {
	j.record, j.index, j.passes = record, 0, j.passes[:0]
	if j.topic = j.said; j.said == "" {
		j.topic = record.Stream()
	}
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("a defect of Skysift, please report it: %v", cause)
			j.log.Error("a record made the decoder or a filter panic", "source", record.Source(0, false), "cause", cause, "stack", string(debug.Stack()))
		}
	}()
	err = j.decoder.Decode(record.Value, j.each)
	if err == nil && j.decoder.Shape().Trailing > 0 {
		j.into.counts.trailing++
	}
	return err
}

// judgeAlert appends one output for each class that the alert matches.
func (j *judge) judgeAlert(alert *filter.Alert) error {
	alert.Topic = j.topic
	verdicts, err := j.evaluator.Evaluate(alert)
	if err != nil {
		return err
	}
	first, broken := len(j.into.outputs), j.schemas.broken(alert.Schema, j.record)
	for i := range broken {
		j.fail(&broken[i])
	}
	for i := range verdicts {
		if len(broken) > 0 && isOneOf(broken, verdicts[i].Filter) {
			continue
		}
		if verdicts[i].Err != nil {
			j.fail(&verdicts[i])
		} else if err := j.pass(first, alert, &verdicts[i]); err != nil {
			return err
		}
	}
	j.index++
	return nil
}

// pass adds the match to the alert's output for its class, making it if there
// is none: an alert has one copy per class. The alert's outputs start at first.
func (j *judge) pass(first int, alert *filter.Alert, v *filter.Verdict) error {
	j.passes = append(j.passes, v.Filter)
	match := j.matches[v.Filter]
	match.Annotations = annotationsJSON(v.Annotations)
	class := j.set.Filters[v.Filter].Class
	for i := first; i < len(j.into.outputs); i++ {
		if j.into.outputs[i].Class == class {
			j.into.outputs[i].Matches = append(j.into.outputs[i].Matches, match)
			return nil
		}
	}
	value, err := j.decoder.Single()
	if err != nil {
		return err
	}
	shape := j.decoder.Shape()
	output := outputOf(j.record, j.record.Source(j.index, shape.Several))
	output.Class, output.Matches, output.Value = class, []Match{match}, value
	output.ID, output.Schema, output.Container = j.id(alert), alert.Schema, shape.Container
	j.into.outputs = append(j.into.outputs, output)
	return nil
}

func (j *judge) id(alert *filter.Alert) string {
	if j.idSlot < 0 {
		return ""
	}
	switch v := alert.Values[j.idSlot]; v.Kind() {
	case filter.Int:
		return strconv.FormatInt(v.Int(), 10)
	case filter.String:
		return string(v.Bytes())
	}
	return ""
}

// fail counts a filter's failure and logs it, at most once a minute.
func (j *judge) fail(v *filter.Verdict) {
	j.into.counts.errors[v.Filter]++
	if now := time.Now(); now.Sub(j.warned[v.Filter]) > time.Minute {
		j.warned[v.Filter] = now
		j.log.Warn("a filter could not judge an alert, which it therefore does not pass; the other filters are unaffected",
			"filter", j.set.Filters[v.Filter].Name, "source", j.record.Source(j.index, false), "error", v.Err)
	}
}

// annotationsJSON returns the annotations as a JSON object; nil for none.
func annotationsJSON(annotations []filter.Annotation) []byte {
	if len(annotations) == 0 {
		return nil
	}
	object := []byte{'{'}
	for i, a := range annotations {
		if i > 0 {
			object = append(object, ',')
		}
		object = filter.AppendJSONString(object, a.Name)
		object = append(object, ':')
		object = a.Value.AppendJSON(object)
	}
	return append(object, '}')
}

// rejection is the record on its way to the reject topic.
func rejection(record *Record, stage Stage, err error) Output {
	output := outputOf(record, record.Source(0, false))
	output.Value = record.Value
	output.Rejection = &RecordError{
		Origin: output.Origin, Topic: record.Topic, Partition: record.Partition, Offset: record.Offset,
		Stage: stage, Err: err,
	}
	return output
}

// outputOf is an output with what the record itself gives it.
func outputOf(record *Record, origin string) Output {
	return Output{
		Origin: origin, Topic: record.Topic, Partition: record.Partition,
		Key: record.Key, Headers: record.Headers, Time: record.Time,
	}
}

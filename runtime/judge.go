package runtime

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
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
	fails  []int   // and which filters failed on them
	into   *judged // the batch in hand

	schemas schemaNotes // what schemas break

	inquiries []*inquiry      // per filter: nil where it is not asked
	holding   map[string]bool // filters that are not asked now: their alerts are held
	copies    *copies         // where they are held
	late      []*heldRecord   // the batch's records, where it is judged late; nil: it is not
	place     int             // of the record in hand in the batch
	ctx       context.Context // of the batch in hand

	matches   []Match        // per filter: name and version, ready to be copied
	encoders  encoders       // of the classes: what their topics hold
	warned    []time.Time    // per filter: when an error was last logged
	positions map[string]int // of the filters, by name
	spare     chan *judged
	ledger    *Ledger
}

func newJudge(config Config, set *filter.Set) *judge {
	fields, idSlot := withID(set.Fields, config.IDPath)
	j := &judge{
		set: set, decoder: config.Format.NewDecoder(fields), evaluator: set.NewScreen(), inquiries: newInquiries(set, fields),
		log: config.Log, said: config.Topic, idSlot: idSlot, ledger: config.Ledger,
		matches: make([]Match, len(set.Filters)), warned: make([]time.Time, len(set.Filters)),
		spare: make(chan *judged, 1), positions: make(map[string]int, len(set.Filters)), schemas: newSchemaNotes(config.Arrivals, set),
		encoders: encoders{make: config.NewEncoder},
	}
	for i, f := range set.Filters {
		j.matches[i] = Match{Filter: f.Name, Version: f.Version}
		j.positions[f.Name] = i
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
	j.into, j.ctx = j.empty(), ctx
	j.into.begin(batch)
	for i := range batch.Records {
		ending, err := j.judgeRecord(ctx, i, &batch.Records[i])
		if err != nil {
			j.forget()
			return j.into, err
		}
		j.into.counts.ends[i] = ending
	}
	if p, ok := j.evaluator.(filter.Poster); ok {
		p.Post()
	}
	return j.into, j.answer()
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
	before, asked, ending := len(j.into.outputs), len(j.into.questions), delivered
	j.place = i
	err := j.decode(record)
	for errors.Is(err, ErrUnavailable) {
		j.into.cut(before, asked)
		if err := pause(ctx, unavailablePause); err != nil {
			return dropped, err
		}
		err = j.decode(record)
	}
	j.into.counts.alerts += int64(j.index)
	if err != nil {
		j.into.cut(before, asked)
		j.into.add(rejection(record, stageOf(err), err))
		ending = rejected
	} else {
		j.into.counts.pass(j.passes)
	}
	j.into.counts.fail(j.fails)
	if len(j.into.outputs) == before {
		return dropped, nil
	}
	for range len(j.into.outputs) - before {
		j.into.recordOf = append(j.into.recordOf, i)
	}
	return ending, nil
}

// stageOf is where on its way to an output a record failed.
func stageOf(err error) Stage {
	if failed := (*encodeError)(nil); errors.As(err, &failed) {
		return StageEncode
	}
	return StageDecode
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
	j.record, j.index, j.passes, j.fails = record, 0, j.passes[:0], j.fails[:0]
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
		if j.wants(broken[i].Filter) {
			j.failHere(broken[i].Filter, broken[i].Err)
		}
	}
	for i := range verdicts {
		v := &verdicts[i]
		switch {
		case !j.wants(v.Filter) || isOneOf(broken, v.Filter):
		case v.Err != nil:
			j.failHere(v.Filter, v.Err)
		case j.inquiries != nil && j.inquiries[v.Filter] != nil:
			err = j.ask(alert, v)
		default:
			err = j.pass(first, alert, v)
		}
		if err != nil {
			return err
		}
	}
	j.index++
	j.into.alerts++
	return nil
}

// wants reports whether a filter's verdict on the record in hand is asked for:
// of a batch that is judged late, only those that its records wait for.
func (j *judge) wants(f int) bool {
	return j.late == nil || j.late[j.place].waitsFor(j.set.Filters[f].Name)
}

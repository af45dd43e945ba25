package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/runtimetest"
)

// lines is one partition whose records are the given texts.
func lines(records ...string) [][]byte {
	values := make([][]byte, len(records))
	for i, record := range records {
		if record != "(tombstone)" {
			values[i] = []byte(record)
		}
	}
	return values
}

func night(partitions ...[][]byte) *runtimetest.Source {
	return &runtimetest.Source{Topic: "night", Values: partitions}
}

var bright = runtimetest.Brighter{Name: "bright", Class: "transient", Limit: 18}

func run(t *testing.T, source *runtimetest.Source, sink *runtimetest.Sink, filters ...runtimetest.Brighter) *runtime.Pipeline {
	t.Helper()
	p := runtime.New(runtime.Config{
		Source: source, Sink: sink, Format: runtimetest.Format{}, IDPath: "id", Set: runtimetest.Set(filters...),
	})
	if err := p.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return p
}

// say writes an output as one line: where to, where from, what, and who passed it.
func say(o runtime.Output) string {
	if o.Rejection != nil {
		return fmt.Sprintf("rejected %s %q at %s: %v", o.Origin, o.Value, o.Rejection.Stage, o.Rejection.Err)
	}
	var names []string
	for _, m := range o.Matches {
		names = append(names, m.Filter+string(m.Annotations))
	}
	return fmt.Sprintf("%s %s id=%s %q by %s", o.Class, o.Origin, o.ID, o.Value, strings.Join(names, " and "))
}

func expectOutputs(t *testing.T, sink *runtimetest.Sink, want ...string) {
	t.Helper()
	var got []string
	for _, o := range sink.Outputs() {
		got = append(got, say(o))
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("outputs:\n  %s\nwant:\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func expectEnds(t *testing.T, p *runtime.Pipeline, consumed, delivered, dropped, rejected int64) {
	t.Helper()
	c := p.Ledger().Counts()
	got := [4]int64{c.Consumed - c.Abandoned, c.Delivered, c.Dropped, c.Rejected}
	if want := [4]int64{consumed, delivered, dropped, rejected}; got != want {
		t.Errorf("consumed, delivered, dropped, rejected are %v, want %v", got, want)
	}
}

func TestEveryRecordEndsExactlyOnce(t *testing.T) {
	sink := &runtimetest.Sink{}
	p := run(t, night(lines("id=1 mag=17", "id=2 mag=19", "broken", "", "(tombstone)", "id=3 mag=16.5", "panic")), sink, bright)
	expectOutputs(t, sink,
		`transient night/0/0 id=1 "id=1 mag=17" by bright{"mag":17}`,
		`rejected night/0/2 "broken" at decode: "broken" is no field: write name=number`,
		`rejected night/0/3 "" at decode: the record is empty`,
		`transient night/0/5 id=3 "id=3 mag=16.5" by bright{"mag":16.5}`,
		`rejected night/0/6 "panic" at decode: a defect of Skysift, please report it: the line says panic`,
	)
	expectEnds(t, p, 7, 2, 2, 3)
}

func TestAnAlertHasOneCopyPerClassWithAllItsFilters(t *testing.T) {
	sink := &runtimetest.Sink{}
	p := run(t, night(lines("id=1 mag=15")), sink, bright,
		runtimetest.Brighter{Name: "giant", Class: "variable", Limit: 16},
		runtimetest.Brighter{Name: "very-bright", Class: "transient", Limit: 16})
	expectOutputs(t, sink,
		`transient night/0/0 id=1 "id=1 mag=15" by bright{"mag":15} and very-bright{"mag":15}`,
		`variable night/0/0 id=1 "id=1 mag=15" by giant{"mag":15}`)
	if n := p.Ledger().Counts().TotalOutputs(); n != 2 {
		t.Errorf("counted %d outputs, want 2", n)
	}
}

// shout writes alerts in capitals, waits for what is said to be unavailable,
// and cannot encode those of magnitude 13.
type shout struct{ unavailable int }

func (s *shout) Encode(o *runtime.Output) error {
	if s.unavailable--; s.unavailable >= 0 {
		return fmt.Errorf("the registry sleeps: %w", runtime.ErrUnavailable)
	}
	if strings.Contains(string(o.Value), "mag=13") {
		return errors.New("unlucky")
	}
	o.Value, o.Encoding = []byte(strings.ToUpper(string(o.Value))), "loud"
	return nil
}

func TestOutputsAreEncodedByTheirClass(t *testing.T) {
	sink := &runtimetest.Sink{}
	encoder := &shout{unavailable: 2}
	p := runtime.New(runtime.Config{
		Source: night(lines("id=1 mag=15", "id=2 mag=13", "id=3 mag=17")), Sink: sink, Format: runtimetest.Format{}, IDPath: "id",
		Set: runtimetest.Set(bright, runtimetest.Brighter{Name: "bad", Class: "loud", Fails: true}, runtimetest.Brighter{Name: "giant", Class: "loud", Limit: 16}),
		NewEncoder: func(class filter.Class) runtime.Encoder {
			if class == "loud" {
				return encoder
			}
			return nil
		},
	})
	if err := p.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	expectOutputs(t, sink,
		`transient night/0/0 id=1 "id=1 mag=15" by bright{"mag":15}`,
		`loud night/0/0 id=1 "ID=1 MAG=15" by giant{"mag":15}`,
		`rejected night/0/1 "id=2 mag=13" at encode: unlucky`,
		`transient night/0/2 id=3 "id=3 mag=17" by bright{"mag":17}`)
	expectEnds(t, p, 3, 2, 0, 1)
	if got := p.Ledger().Counts().Filters["bad"].Errors; got != 3 {
		t.Errorf("a filter that fails on each of 3 alerts, one of which waited twice, failed %d times", got)
	}
}

func TestARecordOfSeveralAlertsGivesOutputsOfOneAlertEach(t *testing.T) {
	sink := &runtimetest.Sink{}
	p := run(t, night(lines("id=1 mag=15\nid=2 mag=19\nid=3 mag=16\n")), sink, bright)
	expectOutputs(t, sink,
		`transient night/0/0#0 id=1 "id=1 mag=15\n" by bright{"mag":15}`,
		`transient night/0/0#2 id=3 "id=3 mag=16\n" by bright{"mag":16}`)
	expectEnds(t, p, 1, 1, 0, 0)
}

func TestADamagedRecordOfSeveralAlertsIsRejectedWhole(t *testing.T) {
	sink := &runtimetest.Sink{}
	p := run(t, night(lines("id=1 mag=15\nbroken\n")), sink, bright)
	expectOutputs(t, sink, `rejected night/0/0 "id=1 mag=15\nbroken\n" at decode: "broken" is no field: write name=number`)
	expectEnds(t, p, 1, 0, 0, 1)
	if passed := p.Ledger().Counts().Filters["bright"].Passed; passed != 0 {
		t.Errorf("counted %d matches of a record that was rejected", passed)
	}
}

func TestAFilterThatFailsCostsNoOtherFilterAnAlert(t *testing.T) {
	sink := &runtimetest.Sink{}
	p := run(t, night(lines("id=1 mag=15")), sink,
		runtimetest.Brighter{Name: "bad", Class: "transient", Fails: true}, bright)
	expectOutputs(t, sink, `transient night/0/0 id=1 "id=1 mag=15" by bright{"mag":15}`)
	counts := p.Ledger().Counts().Filters
	if counts["bad"] != (runtime.FilterCounts{Errors: 1}) || counts["bright"] != (runtime.FilterCounts{Passed: 1}) {
		t.Errorf("filters counted %v", counts)
	}
}

func TestTheOffsetCommittedNeverPassesAnUnsettledRecord(t *testing.T) {
	source := night(lines("id=0 mag=15", "id=1 mag=15", "id=2 mag=15", "id=3 mag=15"))
	var attempts atomic.Int64
	sink := &runtimetest.Sink{}
	sink.Fault = func(outputs []runtime.Output) error {
		if next := source.Committed(0); fmt.Sprintf("night/0/%d", next) != outputs[0].Origin {
			t.Errorf("offset %d was committed while %s was being written", next, outputs[0].Origin)
		}
		if attempts.Add(1)%2 == 1 {
			return errors.New("the broker is gone")
		}
		return nil
	}
	p := run(t, source, sink, bright)
	if got := len(sink.Outputs()); got != 4 {
		t.Errorf("%d outputs, want 4", got)
	}
	expectEnds(t, p, 4, 4, 0, 0)
	c := p.Ledger().Counts()
	if c.Abandoned < 4 || c.Filters["bright"].Passed != 4 || c.Alerts != 4 {
		t.Errorf("an abandoned batch counts as abandoned and nothing else: %+v", c)
	}
}

func TestAnOutputThatCanNeverBeWrittenIsRejectedAndTheRestGoesOn(t *testing.T) {
	tooLarge := errors.New("too large for the topic")
	sink := &runtimetest.Sink{Fault: func(outputs []runtime.Output) error {
		failed := map[int]error{}
		for i, o := range outputs {
			if o.Rejection == nil && o.ID == "2" {
				failed[i] = tooLarge
			}
		}
		if len(failed) > 0 {
			return &runtime.OutputError{Failed: failed}
		}
		return nil
	}}
	source := night(lines("id=1 mag=15", "id=2 mag=15", "id=3 mag=15"))
	source.BatchSize = 3
	p := run(t, source, sink, bright, runtimetest.Brighter{Name: "also", Class: "other", Limit: 18})
	expectOutputs(t, sink,
		`transient night/0/0 id=1 "id=1 mag=15" by bright{"mag":15}`,
		`other night/0/0 id=1 "id=1 mag=15" by also{"mag":15}`,
		`transient night/0/2 id=3 "id=3 mag=15" by bright{"mag":15}`,
		`other night/0/2 id=3 "id=3 mag=15" by also{"mag":15}`,
		`rejected night/0/1 "id=2 mag=15" at deliver: too large for the topic`)
	expectEnds(t, p, 3, 2, 0, 1)
	if n := p.Ledger().Counts().TotalOutputs(); n != 4 {
		t.Errorf("counted %d outputs, want 4", n)
	}
}

func TestARecordThatTheRejectTopicRefusesStopsItsPartition(t *testing.T) {
	var tries atomic.Int64
	ctx, cancel := context.WithCancel(context.Background())
	sink := &runtimetest.Sink{Fault: func(outputs []runtime.Output) error {
		if tries.Add(1) == 5 {
			cancel()
		}
		return &runtime.OutputError{Failed: map[int]error{0: errors.New("too large")}}
	}}
	source := night(lines("broken"))
	p := runtime.New(runtime.Config{Source: source, Sink: sink, Format: runtimetest.Format{}, Set: runtimetest.Set(bright)})
	if err := p.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if commits := source.Commits(); len(commits) != 0 {
		t.Errorf("committed %v past a record that is nowhere", commits)
	}
}

func TestANewSetJudgesFromTheNextBatchOn(t *testing.T) {
	source := night(lines("id=1 mag=17", "id=2 mag=17", "id=3 mag=17", "id=4 mag=17", "id=5 mag=17"))
	sink := &runtimetest.Sink{}
	var p *runtime.Pipeline
	sink.Fault = func(outputs []runtime.Output) error {
		if outputs[0].ID == "2" {
			p.Swap(runtimetest.Set(runtimetest.Brighter{Name: "renamed", Class: "transient", Limit: 18}))
		}
		return nil
	}
	p = runtime.New(runtime.Config{Source: source, Sink: sink, Format: runtimetest.Format{}, IDPath: "id", Set: runtimetest.Set(bright)})
	if err := p.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"1": "bright", "2": "bright", "4": "renamed", "5": "renamed"}
	for _, o := range sink.Outputs() {
		// 3 may have been judged while 2 was being written.
		if name := o.Matches[0].Filter; o.ID != "3" && name != want[o.ID] {
			t.Errorf("alert %s was judged by %s, want %s", o.ID, name, want[o.ID])
		}
	}
	if n := len(sink.Outputs()); n != 5 {
		t.Errorf("%d outputs, want 5", n)
	}
}

func TestPartitionsAreWorkedSideBySideEachInOrder(t *testing.T) {
	var partitions [][][]byte
	for range 8 {
		var records []string
		for offset := range 200 {
			records = append(records, fmt.Sprintf("id=%d mag=%d", offset, 17+offset%2))
		}
		partitions = append(partitions, lines(records...))
	}
	source, sink := night(partitions...), &runtimetest.Sink{}
	source.BatchSize = 7
	p := run(t, source, sink, bright)
	expectEnds(t, p, 1600, 800, 800, 0)
	last := map[int]time.Time{}
	for _, o := range sink.Outputs() {
		if !o.Time.After(last[o.Partition]) {
			t.Fatalf("%s was written out of order", o.Origin)
		}
		last[o.Partition] = o.Time
	}
}

func TestAStopSettlesTheBatchInHand(t *testing.T) {
	source := night(lines("id=1 mag=17", "id=2 mag=17"))
	source.Follow = true
	ctx, stop := context.WithCancel(context.Background())
	sink := &runtimetest.Sink{Fault: func(outputs []runtime.Output) error {
		if outputs[0].Origin == "night/0/1" {
			stop() // the stop comes while this batch is being written
		}
		return nil
	}}
	p := runtime.New(runtime.Config{Source: source, Sink: sink, Format: runtimetest.Format{}, Set: runtimetest.Set(bright)})
	if err := p.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if got := source.Committed(0); got != 2 || len(sink.Outputs()) != 2 {
		t.Errorf("%d outputs and offset %d committed, want 2 and 2", len(sink.Outputs()), got)
	}
}

func TestABatchThatCannotBeSettledWithinTheDrainIsAbandoned(t *testing.T) {
	source := night(lines("id=1 mag=17"))
	ctx, stop := context.WithCancel(context.Background())
	p := runtime.New(runtime.Config{
		Source: source, Format: runtimetest.Format{}, Set: runtimetest.Set(bright),
		Sink: stuckSink{stop}, Drain: 20 * time.Millisecond,
	})
	if err := p.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if c := p.Ledger().Counts(); c.Abandoned != 1 || len(source.Commits()) != 0 {
		t.Errorf("abandoned %d, commits %v; want 1 and none", c.Abandoned, source.Commits())
	}
}

// stuckSink never answers; its caller's stop comes at once.
type stuckSink struct{ stop func() }

func (s stuckSink) Write(ctx context.Context, _ []runtime.Output) error {
	s.stop()
	<-ctx.Done()
	return ctx.Err()
}

func TestTheLedgerNoticesARecordWithoutAnEnd(t *testing.T) {
	sink := &runtimetest.Sink{}
	ledger := runtime.NewLedger()
	config := runtime.Config{Source: night(lines("id=1 mag=17")), Sink: sink, Format: runtimetest.Format{}, Set: runtimetest.Set(bright), Ledger: ledger}
	if err := runtime.New(config).Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	runtime.ConsumeWithoutEnd(ledger)
	if err := ledger.Check(); err == nil {
		t.Error("a record was consumed and never ended, and the ledger adds up")
	}
}

// loadError is a set whose filter asks for what the record cannot give.
type loadError struct{}

func (loadError) Evaluate(*filter.Alert) ([]filter.Verdict, error) {
	return nil, errors.New("the history is cut short")
}

func TestARecordWhoseLazyPartIsDamagedIsRejected(t *testing.T) {
	sink := &runtimetest.Sink{}
	set := filter.NewSet([]filter.Filter{{Name: "f", Class: "c"}}, nil, func() filter.Evaluator { return loadError{} })
	p := runtime.New(runtime.Config{Source: night(lines("id=1 mag=17")), Sink: sink, Format: runtimetest.Format{}, Set: set})
	if err := p.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	expectOutputs(t, sink, `rejected night/0/0 "id=1 mag=17" at decode: the history is cut short`)
}

func TestAlertsKnowTheirTopic(t *testing.T) {
	for _, c := range []struct {
		record runtime.Record
		said   string
		want   string
	}{
		{record: runtime.Record{Topic: "weather"}, want: "weather"},
		{record: runtime.Record{Topic: "weather"}, said: "dome", want: "dome"},
		{record: runtime.Record{Topic: "night/weather/1.json", File: true}, want: "weather"},
		{record: runtime.Record{Topic: "night.tar.gz/weather/1.json", File: true}, want: "weather"},
		{record: runtime.Record{Topic: "1.json", File: true}, want: ""},
		{record: runtime.Record{Topic: "/1.json", File: true}, want: ""},
		{record: runtime.Record{Topic: "../1.json", File: true}, want: ""},
		{record: runtime.Record{Topic: "1.json", File: true}, said: "dome", want: "dome"},
	} {
		seen := "(nothing)"
		set := filter.NewSet(nil, nil, func() filter.Evaluator {
			return evaluatorFunc(func(alert *filter.Alert) ([]filter.Verdict, error) {
				seen = alert.Topic
				return nil, nil
			})
		})
		c.record.Value = []byte("id=1")
		p := runtime.New(runtime.Config{Source: oneRecord(c.record), Sink: &runtimetest.Sink{}, Format: runtimetest.Format{}, Set: set, Topic: c.said})
		if err := p.Run(context.Background()); err != nil || seen != c.want {
			t.Errorf("%q (file: %v, said: %q): the alert's topic is %q, want %q, %v", c.record.Topic, c.record.File, c.said, seen, c.want, err)
		}
	}
}

type evaluatorFunc func(*filter.Alert) ([]filter.Verdict, error)

func (f evaluatorFunc) Evaluate(alert *filter.Alert) ([]filter.Verdict, error) { return f(alert) }

// oneRecord is a source of one record.
type oneRecord runtime.Record

func (r oneRecord) Run(ctx context.Context, work func(context.Context, runtime.Partition) error) error {
	return work(ctx, &onePartition{record: runtime.Record(r)})
}

type onePartition struct {
	record runtime.Record
	given  bool
}

func (p *onePartition) Topic() string { return p.record.Topic }
func (p *onePartition) Number() int   { return 0 }
func (p *onePartition) Fetch(context.Context) (runtime.Batch, error) {
	if p.given {
		return runtime.Batch{}, io.EOF
	}
	p.given = true
	return runtime.Batch{Records: []runtime.Record{p.record}, Next: 1}, nil
}
func (p *onePartition) Commit(int64) error          { return nil }
func (p *onePartition) Flush(context.Context) error { return nil }

package runtime_test

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/runtimetest"
)

// The set of these tests: bright is an expression, lens asks about alerts
// below magnitude 20, round is an expression after it with bright's class.
var (
	lens  = runtimetest.Brighter{Name: "lens", Class: "lens", Limit: 20}
	round = runtimetest.Brighter{Name: "round", Class: "transient", Limit: 17}
)

func asking(asker *runtimetest.Asker, onFailure filter.OnFailure) *filter.Set {
	return runtimetest.Ask(runtimetest.Set(bright, lens, round), "lens", asker, onFailure)
}

func runSet(t *testing.T, source *runtimetest.Source, sink *runtimetest.Sink, set *filter.Set) *runtime.Pipeline {
	t.Helper()
	p := runtime.New(runtime.Config{Source: source, Sink: sink, Format: runtimetest.Format{}, IDPath: "id", Set: set})
	if err := p.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAnswersTakeTheirPlaceAmongTheOutputs(t *testing.T) {
	for _, size := range []int{1, 2, 100} {
		asker, sink := &runtimetest.Asker{Limit: 17.5, Size: size}, &runtimetest.Sink{}
		source := night(lines("id=1 mag=17", "id=2 mag=19", "id=3 mag=21", "id=4 mag=16 class=transient",
			"id=5 mag=17 fault=1", "broken", "id=6 mag=17\nid=7 mag=17.7\nid=8 mag=17", "id=9 mag=17\nbroken"))
		source.BatchSize = 10
		p := runSet(t, source, sink, asking(asker, filter.Hold))
		expectOutputs(t, sink,
			`transient night/0/0 id=1 "id=1 mag=17" by bright{"mag":17}`,
			`lens night/0/0 id=1 "id=1 mag=17" by lens{"mag":17,"asked":17}`,
			`transient night/0/3 id=4 "id=4 mag=16 class=transient" by bright{"mag":16} and lens{"mag":16,"asked":16} and round{"mag":16}`,
			`transient night/0/4 id=5 "id=5 mag=17 fault=1" by bright{"mag":17}`,
			`rejected night/0/5 "broken" at decode: "broken" is no field: write name=number`,
			`transient night/0/6#0 id=6 "id=6 mag=17\n" by bright{"mag":17}`,
			`lens night/0/6#0 id=6 "id=6 mag=17\n" by lens{"mag":17,"asked":17}`,
			`transient night/0/6#1 id=7 "id=7 mag=17.7\n" by bright{"mag":17.7}`,
			`transient night/0/6#2 id=8 "id=8 mag=17" by bright{"mag":17}`,
			`lens night/0/6#2 id=8 "id=8 mag=17" by lens{"mag":17,"asked":17}`,
			`rejected night/0/7 "id=9 mag=17\nbroken" at decode: "broken" is no field: write name=number`,
		)
		expectEnds(t, p, 8, 4, 2, 2)
		c := p.Ledger().Counts().Filters
		if c["lens"] != (runtime.FilterCounts{Passed: 4, Errors: 1}) || c["bright"].Passed != 6 {
			t.Errorf("pages of %d: counts %v", size, c)
		}
	}
}

// many is a night of n alerts on each of some partitions.
func many(partitions, n int) *runtimetest.Source {
	source := &runtimetest.Source{Topic: "night", BatchSize: 7}
	for p := range partitions {
		var values [][]byte
		for i := range n {
			values = append(values, fmt.Appendf(nil, "id=%d mag=%.1f", p*n+i, 15+float64(i%70)/10))
		}
		source.Values = append(source.Values, values)
	}
	return source
}

// wanted is how many of n alerts of each of some partitions are below a limit.
func wanted(partitions, n int, limit float64) (count int) {
	for i := range n {
		if math.Round((15+float64(i%70)/10)*10)/10 < limit {
			count++
		}
	}
	return partitions * count
}

// of counts the outputs of a class and checks that no alert is there twice and
// that those of one partition are in order.
func of(t *testing.T, sink *runtimetest.Sink, class filter.Class) int {
	t.Helper()
	last, count := map[int]int{}, 0
	for _, o := range sink.Outputs() {
		var partition, offset int
		if _, err := fmt.Sscanf(o.Origin, "night/%d/%d", &partition, &offset); err != nil || o.Class != class {
			continue
		}
		if before, ok := last[partition]; ok && offset <= before {
			t.Errorf("class %s: offset %d after %d", class, offset, before)
		}
		last[partition] = offset
		count++
	}
	return count
}

func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for range 2000 {
		if so() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("not within 10 s: %s", what)
}

func TestAFilterThatCannotBeAskedHoldsItsAlertsAndNobodyElses(t *testing.T) {
	asker, sink := &runtimetest.Asker{Limit: 17.5, Size: 5}, &runtimetest.Sink{}
	asker.SetDown(true)
	source := many(2, 700)
	p := runtime.New(runtime.Config{Source: source, Sink: sink, Format: runtimetest.Format{}, Set: asking(asker, filter.Hold)})
	done := make(chan error)
	go func() { done <- p.Run(context.Background()) }()
	eventually(t, "the others' alerts are all there", func() bool { return of(t, sink, "transient") == wanted(2, 700, 18) })
	if n := of(t, sink, "lens"); n > 0 {
		t.Errorf("%d alerts passed by who is down", n)
	}
	for n := range 2 {
		if at := source.Committed(n); at != 0 {
			t.Errorf("offset %d of partition %d is committed, before the first verdict is there", at, n)
		}
	}
	if held := p.Ledger().Counts().Held; held != int64(wanted(2, 700, 20)) {
		t.Errorf("%d held", held)
	}
	asker.SetDown(false)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if n, want := of(t, sink, "lens"), wanted(2, 700, 17.5); n != want {
		t.Errorf("%d alerts passed late, want %d", n, want)
	}
	expectEnds(t, p, 1400, int64(wanted(2, 700, 18)), int64(1400-wanted(2, 700, 18)), 0)
	if source.Committed(0) != 700 || p.Ledger().Counts().Held != 0 {
		t.Errorf("committed %d, held %d", source.Committed(0), p.Ledger().Counts().Held)
	}
}

func TestAFilterThatComesAndGoesLosesNothing(t *testing.T) {
	asker, sink := &runtimetest.Asker{Limit: 17.5, Size: 5}, &runtimetest.Sink{}
	source := many(3, 2100)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for down := true; ctx.Err() == nil; down = !down {
			asker.SetDown(down)
			time.Sleep(3 * time.Millisecond)
		}
		asker.SetDown(false)
	}()
	sink.Fault = func([]runtime.Output) error { time.Sleep(50 * time.Microsecond); return nil }
	p := runSet(t, source, sink, asking(asker, filter.Hold))
	cancel()
	if n, want := of(t, sink, "lens"), wanted(3, 2100, 17.5); n != want {
		t.Errorf("%d alerts passed, want %d", n, want)
	}
	if n, want := of(t, sink, "transient"), wanted(3, 2100, 18); n != want {
		t.Errorf("%d alerts of the others passed, want %d", n, want)
	}
	for i, commit := range source.Commits() {
		for _, before := range source.Commits()[:i] {
			if before.Partition == commit.Partition && before.Next > commit.Next {
				t.Fatalf("commit %v after %v", commit, before)
			}
		}
	}
	expectEnds(t, p, 6300, int64(wanted(3, 2100, 18)), int64(6300-wanted(3, 2100, 18)), 0)
}

func TestAFullBacklogHaltsThePartition(t *testing.T) {
	asker, sink := &runtimetest.Asker{Limit: 17.5}, &runtimetest.Sink{}
	asker.SetDown(true)
	source := many(1, 7000)
	p := runtime.New(runtime.Config{
		Source: source, Sink: sink, Format: runtimetest.Format{}, Set: asking(asker, filter.Hold), Backlog: 100_000, Patience: 300 * time.Millisecond,
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- p.Run(ctx) }()
	eventually(t, "it is abandoned and tried again", func() bool { return p.Ledger().Counts().Abandoned > 0 })
	c := p.Ledger().Counts()
	if c.Held > 100_000/512+7 {
		t.Errorf("%d held: more than there is room for", c.Held)
	}
	asker.SetDown(false)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	cancel()
	seen := map[string]bool{}
	for _, o := range sink.Outputs() {
		if o.Class == "lens" {
			seen[o.Origin] = true
		}
	}
	if len(seen) != wanted(1, 7000, 17.5) {
		t.Errorf("%d alerts passed, want %d", len(seen), wanted(1, 7000, 17.5))
	}
}

// A partition whose backlog is full says so, and goes on when there is room.
func TestAPartitionThatStandsStillIsAnAlarm(t *testing.T) {
	asker, log := &runtimetest.Asker{Limit: 17.5}, &lockedBuffer{}
	asker.SetDown(true)
	p := runtime.New(runtime.Config{
		Source: many(1, 7000), Sink: &runtimetest.Sink{}, Format: runtimetest.Format{}, Set: asking(asker, filter.Hold), Backlog: 1 << 20,
		Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	done := make(chan error)
	go func() { done <- p.Run(t.Context()) }()
	eventually(t, "there is an alarm", func() bool { return len(p.Standstills()) == 1 })
	still := p.Standstills()[0]
	if still.About() != "night/0" || !slices.Equal(still.Filters, []string{"lens"}) || !strings.Contains(still.Reason(), "(1 MiB, the most that may wait) wait for the verdict of lens") {
		t.Errorf("%+v: %s", still, still.Reason())
	}
	eventually(t, "the log says so", func() bool {
		return strings.Contains(log.String(), `level=ERROR msg="in trouble" about=night/0 reason="stands still`)
	})
	asker.SetDown(false)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if n := len(p.Standstills()); n != 0 || !strings.Contains(log.String(), `msg="goes on again" about=night/0`) {
		t.Errorf("%d stand still at the end; the log: %s", n, log)
	}
}

// lockedBuffer is a buffer that several goroutines use.
type lockedBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *lockedBuffer) Write(text []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(text)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// Whoever has waited long enough writes on_failure: skip or reject: the partition goes
// on, though the plug-in is down still.
func TestWhatIsHeldGoesOnWithoutAVerdictOnceTheFilterNoLongerHolds(t *testing.T) {
	for _, onFailure := range []filter.OnFailure{filter.Skip, filter.Reject} {
		asker, sink := &runtimetest.Asker{}, &runtimetest.Sink{}
		asker.SetDown(true)
		p := runtime.New(runtime.Config{Source: many(1, 700), Sink: sink, Format: runtimetest.Format{}, Set: asking(asker, filter.Hold)})
		done := make(chan error)
		go func() { done <- p.Run(t.Context()) }()
		held := wanted(1, 700, 20)
		eventually(t, "all is held", func() bool { return p.Ledger().Counts().Held == int64(held) })
		p.Swap(asking(asker, onFailure))
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if n := p.Ledger().Counts().Filters["lens"].Unjudged; n != int64(held) {
			t.Errorf("on_failure %d: %d alerts are counted as unjudged, want %d", onFailure, n, held)
		}
		if n := of(t, sink, ""); onFailure == filter.Reject && n != held || onFailure == filter.Skip && n != 0 {
			t.Errorf("on_failure %d: %d rejects", onFailure, n)
		}
	}
}

func TestANewSetJudgesWhatTheOldOneHeld(t *testing.T) {
	for name, replace := range map[string]struct {
		set  func() *filter.Set
		want int
	}{
		"by another plug-in":  {func() *filter.Set { return asking(&runtimetest.Asker{Limit: 16, Size: 9}, filter.Hold) }, wanted(1, 700, 16)},
		"by its expression":   {func() *filter.Set { return runtimetest.Set(bright, lens, round) }, wanted(1, 700, 20)},
		"without that filter": {func() *filter.Set { return runtimetest.Set(bright, round) }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			asker, sink := &runtimetest.Asker{}, &runtimetest.Sink{}
			asker.SetDown(true)
			p := runtime.New(runtime.Config{Source: many(1, 700), Sink: sink, Format: runtimetest.Format{}, Set: asking(asker, filter.Hold)})
			done := make(chan error)
			go func() { done <- p.Run(context.Background()) }()
			eventually(t, "all is held", func() bool { return p.Ledger().Counts().Held == int64(wanted(1, 700, 20)) })
			p.Swap(replace.set())
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			if n := of(t, sink, "lens"); n != replace.want {
				t.Errorf("%d alerts passed, want %d", n, replace.want)
			}
		})
	}
}

func TestSkipAndRejectGoOnAndSaySo(t *testing.T) {
	for _, c := range []struct {
		onFailure filter.OnFailure
		want      []string
		ends      [3]int64
	}{
		{filter.Skip, []string{
			`transient night/0/0 id=1 "id=1 mag=17" by bright{"mag":17}`,
		}, [3]int64{1, 2, 0}},
		{filter.Reject, []string{
			`transient night/0/0 id=1 "id=1 mag=17" by bright{"mag":17}`,
			`rejected night/0/0 "id=1 mag=17" at judge: filter lens: the filter cannot judge now`,
			`rejected night/0/1 "id=2 mag=19" at judge: filter lens: the filter cannot judge now`,
		}, [3]int64{1, 1, 1}},
	} {
		asker, sink := &runtimetest.Asker{}, &runtimetest.Sink{}
		asker.SetDown(true)
		p := runSet(t, night(lines("id=1 mag=17", "id=2 mag=19", "id=3 mag=21")), sink, asking(asker, c.onFailure))
		expectOutputs(t, sink, c.want...)
		expectEnds(t, p, 3, c.ends[0], c.ends[1], c.ends[2])
		if n := p.Ledger().Counts().Filters["lens"]; n.Unjudged != 2 || n.Passed != 0 {
			t.Errorf("counts %+v", n)
		}
		headers := sink.Outputs()[0].AppendHeaders(nil)
		if !slices.ContainsFunc(headers, func(h runtime.Header) bool {
			return h.Key == runtime.HeaderUnjudged && string(h.Value) == `["lens"]`
		}) {
			t.Errorf("headers %v", headers)
		}
	}
}

func TestAStoppedRunLeavesWhatIsHeldToTheNextOwner(t *testing.T) {
	asker, sink := &runtimetest.Asker{Limit: 17.5}, &runtimetest.Sink{}
	asker.SetDown(true)
	source := many(1, 700)
	source.Follow = true
	p := runtime.New(runtime.Config{Source: source, Sink: sink, Format: runtimetest.Format{}, Set: asking(asker, filter.Hold)})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- p.Run(ctx) }()
	eventually(t, "all is held", func() bool { return p.Ledger().Counts().Held == int64(wanted(1, 700, 20)) })
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if c := p.Ledger().Counts(); c.Held != 0 || c.Abandoned != int64(wanted(1, 700, 20)) {
		t.Errorf("held %d, abandoned %d", c.Held, c.Abandoned)
	}
	asker.SetDown(false)
	source.Follow = false
	runSet(t, source, sink, asking(asker, filter.Hold))
	if n := of(t, &runtimetest.Sink{}, "lens"); n != 0 {
		t.Fatal("the check of the test is wrong")
	}
	passed := 0
	for _, o := range sink.Outputs() {
		if o.Class == "lens" {
			passed++
		}
	}
	if passed != wanted(1, 700, 17.5) {
		t.Errorf("%d alerts passed, want %d", passed, wanted(1, 700, 17.5))
	}
}

func TestAskersAreAskedInPages(t *testing.T) {
	asker := &runtimetest.Asker{Limit: 17.5, Size: 5}
	source := many(1, 70)
	source.BatchSize = 35
	runSet(t, source, &runtimetest.Sink{}, asking(asker, filter.Hold))
	for _, n := range asker.Pages() {
		if n > 5 {
			t.Errorf("a page has %d alerts", n)
		}
	}
	if n := len(asker.Pages()); n != 2*5 {
		t.Errorf("%d questions for %d alerts in two batches: %v", n, wanted(1, 70, 20), asker.Pages())
	}
}

func TestOneByOneTheAnswersAreTheSame(t *testing.T) {
	set := asking(&runtimetest.Asker{Limit: 17.5}, filter.Hold)
	var got []string
	decoder := runtimetest.Format{}.NewDecoder(set.Fields)
	evaluator := set.NewEvaluator()
	for _, line := range []string{"mag=17", "mag=19", "mag=17 class=rare", "mag=17 fault=1"} {
		err := decoder.Decode([]byte(line), func(a *filter.Alert) error {
			verdicts, err := evaluator.Evaluate(a)
			for _, v := range verdicts {
				got = append(got, fmt.Sprintf("%d %q %d %v", v.Filter, v.Class, len(v.Annotations), v.Err))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	want := []string{`0 "" 1 <nil>`, `1 "" 2 <nil>`, `0 "" 1 <nil>`, `1 "rare" 2 <nil>`, `0 "" 1 <nil>`, `1 "" 0 the alert has a fault`}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q", got)
	}
}

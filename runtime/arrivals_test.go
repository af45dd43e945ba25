package runtime_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/runtimetest"
)

// telling describes the records of runtimetest.Format: the schema's version is
// its name, which is the record's first word.
type telling struct{ asked atomic.Int64 }

func (d *telling) Describe(value []byte) (*filter.Schema, error) {
	d.asked.Add(1)
	name, ok := strings.CutPrefix(string(bytes.Fields(value)[0]), "schema=")
	if !ok {
		return nil, fmt.Errorf("no schema")
	}
	return &filter.Schema{Version: name}, nil
}

// brittle is a set whose filter of a name is broken by the schema of its name;
// "x" only warns.
func brittle(filters ...runtimetest.Brighter) *filter.Set {
	set := runtimetest.Set(filters...)
	set.Changes = func(arrived *filter.Schema) (found []filter.Change) {
		for i, f := range filters {
			if strings.Contains(arrived.Version, f.Name) {
				found = append(found, filter.Change{Filter: i, Breaks: true, Reason: "mag is text"})
			} else if arrived.Version == "x" {
				found = append(found, filter.Change{Filter: i, Reason: "missing there: mag"})
			}
		}
		return found
	}
	return set
}

var (
	first  = runtimetest.Brighter{Name: "one", Class: "a", Limit: 18}
	second = runtimetest.Brighter{Name: "two", Class: "b", Limit: 18}
)

func TestASchemaStopsOnlyTheFiltersThatItBreaksOnItsAlertsAlone(t *testing.T) {
	var log bytes.Buffer
	sink, told := &runtimetest.Sink{}, &telling{}
	arrivals := runtime.NewArrivals(told, slog.New(slog.NewTextHandler(&log, nil)))
	p := runtime.New(runtime.Config{
		Source: night(lines("schema=0 mag=17", "schema=one mag=17", "schema=0 mag=16", "schema=one mag=19", "mag=17", "schema=x mag=17", "schema=onetwo mag=17")),
		Sink:   sink, Format: runtimetest.Format{}, Set: brittle(first, second), Arrivals: arrivals,
		Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err := p.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	expectOutputs(t, sink,
		`a night/0/0 id= "schema=0 mag=17" by one{"mag":17}`, `b night/0/0 id= "schema=0 mag=17" by two{"mag":17}`,
		`b night/0/1 id= "schema=one mag=17" by two{"mag":17}`,
		`a night/0/2 id= "schema=0 mag=16" by one{"mag":16}`, `b night/0/2 id= "schema=0 mag=16" by two{"mag":16}`,
		`a night/0/4 id= "mag=17" by one{"mag":17}`, `b night/0/4 id= "mag=17" by two{"mag":17}`,
		`a night/0/5 id= "schema=x mag=17" by one{"mag":17}`, `b night/0/5 id= "schema=x mag=17" by two{"mag":17}`,
	)
	expectEnds(t, p, 7, 5, 2, 0)
	if f := p.Ledger().Counts().Filters; f["one"].Errors != 3 || f["two"].Errors != 1 {
		t.Errorf("counted: %+v", f)
	}
	var names []string
	for _, b := range arrivals.Broken() {
		names = append(names, b.Filter+" by "+b.Schema+": "+b.Reason)
	}
	if got := strings.Join(names, ", "); got != "one by one: mag is text, one by onetwo: mag is text, two by onetwo: mag is text" {
		t.Errorf("broken: %s", got)
	}
	for _, want := range []string{"level=ERROR", "filter=one schema=one", `reason="mag is text" first=night/0/1`, "filters=2 among_them=\"one (missing there: mag); two", "cannot be checked against a schema"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %s:\n%s", want, log.String())
		}
	}
	if n := told.asked.Load(); n != 5 {
		t.Errorf("%d records were described, of 5 schemas", n)
	}
}

func TestASetThatTakesOverIsCheckedAgainstTheSchemasThatWereMet(t *testing.T) {
	arrivals := runtime.NewArrivals(&telling{}, slog.New(slog.DiscardHandler))
	p := runtime.New(runtime.Config{
		Source: night(lines("schema=one mag=17")), Sink: &runtimetest.Sink{}, Format: runtimetest.Format{},
		Set: brittle(first, second), Arrivals: arrivals,
	})
	if err := p.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	since := arrivals.Broken()[0].Since
	p.Swap(brittle(second, first))
	if b := arrivals.Broken(); len(b) != 1 || b[0].Filter != "one" || b[0].Since != since {
		t.Errorf("with the filters in another order: %+v", b)
	}
	p.Swap(brittle(second))
	if b := arrivals.Broken(); len(b) != 0 {
		t.Errorf("with the broken one gone: %+v", b)
	}
}

// A flood of schemas is forgotten but for those that break something.
func TestManySchemasAndWorkersMeetEachOnceAndAreBounded(t *testing.T) {
	told := &telling{}
	arrivals := runtime.NewArrivals(told, slog.New(slog.DiscardHandler))
	records := []string{"schema=one mag=17"}
	for i := range 2000 {
		records = append(records, fmt.Sprintf("schema=%d mag=17", i))
	}
	records = append(records, "schema=one mag=17")
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			sink := &runtimetest.Sink{}
			p := runtime.New(runtime.Config{
				Source: night(lines(records...)), Sink: sink, Format: runtimetest.Format{},
				Set: brittle(first, second), Arrivals: arrivals,
			})
			if err := p.Run(context.Background()); err != nil {
				t.Error(err)
			}
			if n := len(sink.Outputs()); n != 4002 {
				t.Errorf("%d outputs", n)
			}
		})
	}
	group.Wait()
	if b := arrivals.Broken(); len(b) != 1 || b[0].Schema != "one" {
		t.Errorf("broken: %+v", b)
	}
}

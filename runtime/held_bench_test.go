package runtime_test

import (
	"context"
	goruntime "runtime"
	"syscall"
	"testing"
	"time"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/decode/avro"
	"github.com/skysift/skysift/runtime/runtimetest"
)

// BenchmarkBesideAFilterThatIsDown takes alerts of real size through a pipeline by
// ten filters; a tenth of them, or none, passes one more filter's pre-filter, which
// cannot be asked.
func BenchmarkBesideAFilterThatIsDown(b *testing.B) {
	values := simulated(b, 200)
	for name, down := range map[string]bool{"ten": false, "ten-and-one-down": true} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			source := &runtimetest.Source{Topic: "night", BatchSize: 50, Values: make([][][]byte, 4)}
			for i := range b.N {
				source.Values[i%4] = append(source.Values[i%4], values[i%len(values)])
			}
			ctx, stop := context.WithCancel(b.Context())
			defer stop()
			set := tenFilters(b)
			if down {
				asker := &runtimetest.Asker{Size: 128}
				asker.SetDown(true)
				set = askedOfATenth(b, asker)
			}
			p := runtime.New(runtime.Config{
				Source: source, Sink: nothing{}, Format: avro.New(), Set: set, Backlog: 1 << 40,
			})
			goruntime.GC()
			b.ResetTimer()
			before := cpuTime(b)
			go func() {
				_ = p.Run(ctx)
			}()
			for p.Ledger().Counts().Alerts < int64(b.N) {
				time.Sleep(100 * time.Microsecond)
			}
			b.StopTimer()
			b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N), "cpu-ns/op")
			b.ReportMetric(float64(p.Ledger().Counts().Held)/float64(b.N), "held/alert")
		})
	}
}

// cpuTime is what the process has used: on a machine that does other things too, the
// clock says less.
func cpuTime(tb testing.TB) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// nothing is a sink that keeps nothing.
type nothing struct{}

func (nothing) Write(context.Context, []runtime.Output) error { return nil }

// askedOfATenth are the ten filters, and one that is asked about a tenth of all.
func askedOfATenth(tb testing.TB, asker filter.Asker) *filter.Set {
	set := filtersOf(tb, ten()+"  - {name: asked, class: asked, where: candid % 7 == 3}\n")
	set.Asked = make([]*filter.Asked, len(set.Filters))
	set.Asked[len(set.Filters)-1] = &filter.Asked{Asker: asker}
	return set
}

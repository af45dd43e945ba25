package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"text/tabwriter"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/compile"
	"github.com/skysift/skysift/filter/funnel"
	"github.com/skysift/skysift/runtime"
)

// funnelStudy is what replay --funnel finds out beside the verdicts.
type funnelStudy struct {
	*funnel.Funnel
	sizes *sizes
}

// studyFunnel replaces the set of loaded by one that is watched.
func studyFunnel(loaded *filters) (*funnelStudy, error) {
	explainer, err := compile.Explainer(loaded.Document, loaded.schema)
	if err != nil {
		return nil, err
	}
	s := &funnelStudy{sizes: &sizes{bytes: map[string]int64{}}}
	loaded.set, s.Funnel = funnel.Watch(loaded.set, explainer, loaded.clock(), loaded.idPath())
	return s, nil
}

// clock tells an alert's time, where it is known.
func (f *filters) clock() filter.Clock {
	if f.schema == nil {
		return filter.Clock{}
	}
	return f.schema.Time
}

// sizes is a sink that counts the bytes of what each filter passes.
type sizes struct {
	mu    sync.Mutex
	bytes map[string]int64
}

func (s *sizes) Write(ctx context.Context, outputs []runtime.Output) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range outputs {
		for _, match := range outputs[i].Matches {
			s.bytes[match.Filter] += int64(len(outputs[i].Value))
		}
	}
	return ctx.Err()
}

// funnelReport is the answer of replay --funnel.
type funnelReport struct {
	Alerts  int64          `json:"alerts"`
	Nights  int            `json:"nights"`
	Filters []funnelFilter `json:"filters"`
}

type funnelFilter struct {
	Filter   string   `json:"filter"`
	Class    string   `json:"class"`
	Version  string   `json:"version"`
	Passed   int64    `json:"passed"`
	Failed   int64    `json:"errors"`
	PassRate *float64 `json:"pass_rate"`
	// AlertsANight and BytesANight are nil where the nights are not known.
	AlertsANight *float64       `json:"alerts_a_night"`
	BytesANight  *float64       `json:"bytes_a_night"`
	Clauses      []funnelClause `json:"clauses"`
}

type funnelClause struct {
	Text       string   `json:"text"`
	Standing   int64    `json:"standing"`
	NearMisses int64    `json:"near_misses"`
	Examples   []string `json:"examples"`
}

func (s *funnelStudy) report(loaded *filters) funnelReport {
	counts := s.Counts()
	report := funnelReport{Alerts: counts.Alerts, Nights: counts.Nights, Filters: []funnelFilter{}}
	for i, f := range loaded.set.Filters {
		found := counts.Filters[i]
		one := funnelFilter{
			Filter: f.Name, Class: string(f.Class), Version: f.Version, Passed: found.Passed, Failed: found.Failed,
			PassRate:     share(int(found.Passed), int(counts.Alerts)),
			AlertsANight: share(int(found.Passed), counts.Nights),
			BytesANight:  share(int(s.sizes.bytes[f.Name]), counts.Nights),
		}
		for _, clause := range found.Clauses {
			told := funnelClause{Text: clause.Text, Standing: clause.Standing, NearMisses: clause.NearMisses, Examples: []string{}}
			one.Clauses = append(one.Clauses, told)
			one.Clauses[len(one.Clauses)-1].Examples = append(told.Examples, clause.Examples...)
		}
		report.Filters = append(report.Filters, one)
	}
	return report
}

// tell writes the funnel, for people or for programs.
func (s *funnelStudy) tell(io streams, output *outputFlag, loaded *filters) error {
	report := s.report(loaded)
	if output.json() {
		return writeJSON(io.out, report)
	}
	for _, f := range report.Filters {
		if err := f.write(io.out, report.Alerts); err != nil {
			return err
		}
	}
	return nil
}

func (f funnelFilter) write(out io.Writer, alerts int64) error {
	fmt.Fprintf(out, "%s: %d of %s pass%s", f.Filter, f.Passed, count(alerts, "alert"), passShare(f.PassRate))
	if f.AlertsANight != nil {
		fmt.Fprintf(out, "; %.4g alerts and %s a night", *f.AlertsANight, byteSize(*f.BytesANight))
	}
	if f.Failed > 0 {
		fmt.Fprintf(out, "; %s", count(f.Failed, "error"))
	}
	fmt.Fprintln(out)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "standing\tfailed only this\t\t")
	for i, clause := range f.Clauses {
		fmt.Fprintf(table, "%d\t%d\t\t %d. %s\n", clause.Standing, clause.NearMisses, i+1, clause.Text)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out)
	return err
}

func passShare(rate *float64) string {
	if rate == nil {
		return ""
	}
	return fmt.Sprintf(" (%.3g %%)", 100**rate)
}

// byteSize is a number of bytes in the unit that suits it.
func byteSize(n float64) string {
	for _, unit := range []string{"bytes", "kB", "MB", "GB"} {
		if n < 1000 {
			return fmt.Sprintf("%.3g %s", n, unit)
		}
		n /= 1000
	}
	return fmt.Sprintf("%.3g TB", n)
}

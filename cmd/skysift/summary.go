package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime"
)

// summary is what a run or replay came to. Consumed is the sum of delivered,
// dropped and rejected: a record that was abandoned is fetched again, and
// counted by whoever settles it.
type summary struct {
	Consumed        int64                           `json:"consumed"`
	Delivered       int64                           `json:"delivered"`
	Dropped         int64                           `json:"dropped"`
	Rejected        int64                           `json:"rejected"`
	Outputs         int64                           `json:"outputs"`
	Seconds         float64                         `json:"seconds"`
	AlertsPerSecond float64                         `json:"alerts_per_second"`
	Filters         map[string]runtime.FilterCounts `json:"filters"`
}

func newSummary(counts runtime.Counts, took time.Duration) summary {
	s := summary{
		Consumed: counts.Consumed - counts.Abandoned, Delivered: counts.Delivered, Dropped: counts.Dropped,
		Rejected: counts.Rejected, Outputs: counts.TotalOutputs(), Seconds: took.Seconds(), Filters: counts.Filters,
	}
	if s.Seconds > 0 {
		s.AlertsPerSecond = float64(counts.Alerts) / s.Seconds
	}
	return s
}

// line is the summary for people.
func (s summary) line(alerts int64) string {
	return fmt.Sprintf("%s in %s (%.1f s, %.0f alerts/s): %d delivered, %d dropped, %d rejected; %s",
		count(alerts, "alert"), count(s.Consumed, "record"), s.Seconds, s.AlertsPerSecond, s.Delivered, s.Dropped, s.Rejected, count(s.Outputs, "output"))
}

// writeTable writes a row for each filter, in the order of the file.
func writeTable(w io.Writer, described []filter.Filter, counts runtime.Counts) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "FILTER\tCLASS\tPASSED\tERRORS")
	for _, f := range described {
		n := counts.Filters[f.Name]
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\n", f.Name, f.Class, n.Passed, n.Errors)
	}
	for _, name := range retired(described, counts) {
		n := counts.Filters[name]
		fmt.Fprintf(table, "%s\t(removed)\t%d\t%d\n", name, n.Passed, n.Errors)
	}
	return table.Flush()
}

// retired are filters that a reload took away but that have counts, by name.
func retired(described []filter.Filter, counts runtime.Counts) []string {
	var names []string
	for name := range counts.Filters {
		if !slices.ContainsFunc(described, func(f filter.Filter) bool { return f.Name == name }) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, cmp.Compare[string])
	return names
}

package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/skysift/skysift/internal/simulate"
)

// next are commands to go on with; each works as it stands, in this order.
const next = `What to try next:
  skysift demo --print-filters > filters.yaml      these filters, to change as you like
  skysift validate filters.yaml                    are they right?
  skysift simulate --out night --alerts 500        another night, as files, with its truth
  skysift replay --filters filters.yaml night      what would have passed?
  skysift demo --filters filters.yaml              is it purer now, and still complete?
  skysift run --help                               the same on a telescope's stream
`

// write writes the report for people.
func (r demoReport) write(w io.Writer) error {
	fmt.Fprintf(w, "%s in %.1f s: %d passed at least one filter, %d none, %d could not be decoded.\n",
		count(r.Alerts, "alert"), r.Seconds, r.Delivered, r.Dropped, r.Rejected)
	fmt.Fprintf(w, "In truth they were %s.\n\n", composition(r.Truth))
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "FILTER\tCLASS\tPASSED\tPURITY\tCOMPLETENESS\tIN TRUTH")
	for _, s := range r.Filters {
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%s\t%s\n", s.Filter, s.Class, s.Passed, percent(s.Purity), percent(s.Completeness), composition(s.Shows))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprint(w, "\n", next)
	return err
}

// composition is "12 supernova, 3 bogus".
func composition(shows map[simulate.Kind]int) string {
	var parts []string
	for _, kind := range simulate.Kinds() {
		if n := shows[kind]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, kind))
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

// percent is "-" where there is no share: the filter's class is no kind of
// the truth, or it passed nothing.
func percent(share *float64) string {
	if share == nil {
		return "-"
	}
	return fmt.Sprintf("%.1f %%", 100**share)
}

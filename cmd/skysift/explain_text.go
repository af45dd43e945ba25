package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/skysift/skysift/filter"
)

// mostShown is how many attributes and shared parts are shown to people; JSON
// has them all.
const mostShown = 40

// write writes the explanation for people.
func (e *explanation) write(w io.Writer) error {
	fmt.Fprintf(w, "%s, %s answered by the index, %s shared\n",
		count(len(e.Filters), "filter"), count(len(e.Attributes), "value"), count(len(e.Shared), "part"))
	if e.Measured != nil {
		fmt.Fprintf(w, "%s: %.1f µs each, with reading and decoding\n", count(e.Measured.Alerts, "alert"), e.Measured.Microseconds)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if len(e.Attributes) > 0 {
		fmt.Fprintln(table, "\nANSWERED BY THE INDEX\tFILTERS\tSEGMENTS\tCOST\t")
		for _, a := range e.Attributes[:min(len(e.Attributes), mostShown)] {
			fmt.Fprintf(table, "%s\t%d\t%d\t%s\t%s\n", brief(a.Expression), a.Filters, a.Segments, cost(a.Cost), history(a.Lazy))
		}
		more(table, len(e.Attributes))
	}
	if len(e.Shared) > 0 {
		fmt.Fprintln(table, "\nEVALUATED ONCE FOR SEVERAL\tFILTERS\tCOST\t")
		for _, s := range e.Shared[:min(len(e.Shared), mostShown)] {
			fmt.Fprintf(table, "%s\t%d\t%s\n", brief(s.Expression), s.Filters, cost(s.Cost))
		}
		more(table, len(e.Shared))
	}
	e.writeFilters(table)
	return table.Flush()
}

func (e *explanation) writeFilters(w io.Writer) {
	for _, f := range e.Filters {
		fmt.Fprintf(w, "\n%s\n", f.Name)
		if m := f.Measured; m != nil {
			fmt.Fprintf(w, "  passed %d, evaluated on %s of the alerts, came to the history on %s, %.3f µs an alert",
				m.Passed, portion(m.Evaluated), portion(m.Reached), m.Microseconds)
			if m.Errors > 0 {
				fmt.Fprintf(w, ", could not judge %d", m.Errors)
			}
			fmt.Fprintln(w)
		}
		for _, c := range f.Indexed {
			writeClause(w, c, "answered by the index")
		}
		for i, c := range f.Rest {
			writeClause(w, c, fmt.Sprintf("then, as number %d", i+1))
		}
	}
}

func writeClause(w io.Writer, c filter.PlannedClause, how string) {
	fmt.Fprintf(w, "  clause %d: %s\t%s\t%s\t%s\n", c.Clause, brief(c.Expression), how, cost(c.Cost), history(c.Lazy))
}

func more(w io.Writer, all int) {
	if all > mostShown {
		fmt.Fprintf(w, "(%d more; --output json has them)\n", all-mostShown)
	}
}

func history(lazy bool) string {
	if lazy {
		return "reads the history"
	}
	return ""
}

func portion(share float64) string { return fmt.Sprintf("%.3g %%", 100*share) }

func cost(nanoseconds float64) string {
	if nanoseconds >= 1000 {
		return fmt.Sprintf("~%.1f µs", nanoseconds/1000)
	}
	return fmt.Sprintf("~%.0f ns", nanoseconds)
}

// brief cuts a long expression.
func brief(expression string) string {
	const most = 72
	if runes := []rune(expression); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return expression
}

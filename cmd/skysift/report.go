package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/skysift/skysift/filter/spec"
)

// report is what validate found in one file or folder.
type report struct {
	Path     string          `json:"path"`
	Valid    bool            `json:"valid"`
	Mistakes []mistakeJSON   `json:"mistakes"`
	Warnings []mistakeJSON   `json:"warnings"`
	Filters  []checkedFilter `json:"filters"`
	Schemas  []schemaReport  `json:"schemas,omitempty"`

	mistakes, warnings []*spec.Error
}

// checkedFilter is a filter without mistakes.
type checkedFilter struct {
	Name    string   `json:"name"`
	Class   string   `json:"class"`
	Version string   `json:"version"`
	Topics  []string `json:"topics,omitempty"` // that it judges; none: all
	Fields  []string `json:"fields"`
}

// mistakeJSON is a mistake for programs: editors, CI.
type mistakeJSON struct {
	Path       string `json:"path"`
	Line       int    `json:"line"`
	Column     int    `json:"column"`
	Length     int    `json:"length"`
	Filter     string `json:"filter,omitempty"`
	Clause     int    `json:"clause,omitempty"`
	Definition string `json:"definition,omitempty"`
	Annotation string `json:"annotation,omitempty"`
	Message    string `json:"message"`
	Suggestion string `json:"suggestion,omitempty"`
}

func toJSON(found []*spec.Error) []mistakeJSON {
	all := []mistakeJSON{}
	for _, m := range found {
		all = append(all, mistakeJSON{
			Path: m.Path, Line: m.Line, Column: m.Column, Length: m.Length, Filter: m.Filter, Clause: m.Clause,
			Definition: m.Definition, Annotation: m.Annotation, Message: m.Err.Error(), Suggestion: m.Suggestion,
		})
	}
	return all
}

// tellReports writes what was found: mistakes are the answer here, so they go
// to stdout.
func tellReports(io streams, output *outputFlag, reports []report) error {
	wrongs, broken := 0, 0
	for i := range reports {
		wrongs += len(reports[i].mistakes)
		for _, s := range reports[i].Schemas {
			broken += s.Breaks
		}
		if err := tellReport(io, output, &reports[i]); err != nil {
			return err
		}
	}
	if wrongs > 0 {
		return wrong("%s", count(wrongs, "mistake"))
	}
	if broken > 0 {
		return fmt.Errorf("another schema breaks %s", count(broken, "filter"))
	}
	return nil
}

func tellReport(io streams, output *outputFlag, r *report) error {
	if output.json() {
		r.Mistakes, r.Warnings = toJSON(r.mistakes), toJSON(r.warnings)
		if r.Filters == nil {
			r.Filters = []checkedFilter{}
		}
		return writeJSON(io.out, r)
	}
	for _, warning := range r.warnings {
		fmt.Fprintln(io.out, "warning: "+warning.Drawn())
	}
	if len(r.mistakes) > 0 {
		_, err := fmt.Fprintln(io.out, drawn(r.mistakes))
		return err
	}
	fmt.Fprintf(io.out, "%s: %s, no mistakes\n", r.Path, count(len(r.Filters), "filter"))
	table := tabwriter.NewWriter(io.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "FILTER\tCLASS\tVERSION\tFIELDS")
	for _, f := range r.Filters {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", f.Name, f.Class, f.Version, strings.Join(f.Fields, " "))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, s := range r.Schemas {
		s.write(io.out, r.Path)
	}
	return nil
}

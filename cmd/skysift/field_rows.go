package main

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/schemas"
)

// fieldsJSON is the answer of fields --output json.
type fieldsJSON struct {
	Alert  string     `json:"alert"`
	Survey string     `json:"survey"`
	Fields []fieldRow `json:"fields"`
}

// fieldRow is one field. Value is the first alert's, as JSON; lists and bytes
// are told by their size.
type fieldRow struct {
	Path     string          `json:"path"`
	Kind     string          `json:"kind"`
	Unit     string          `json:"unit"`
	Nullable bool            `json:"may_be_missing"`
	Versions []string        `json:"versions,omitempty"`
	Value    json.RawMessage `json:"value"`
	Doc      string          `json:"doc"`

	held string // by which versions, in words; "" by all
}

// fieldRows are the rows of those fields that are wanted, of a survey with these
// versions; values are nil where there is no alert.
func fieldRows(fields []filter.SchemaField, values, versions []string, wanted *regexp.Regexp) []fieldRow {
	rows := []fieldRow{}
	for i, f := range fields {
		if !wanted.MatchString(f.Path) && !wanted.MatchString(f.Doc) {
			continue
		}
		row := fieldRow{Path: f.Path, Kind: f.Kind.String(), Unit: f.Unit, Nullable: f.Nullable, Versions: f.Versions, Doc: f.Doc, Value: json.RawMessage("null"), held: held(f.Versions, versions)}
		if f.Kind == filter.Missing {
			row.Kind = "any"
		}
		if values != nil {
			row.Value = json.RawMessage(values[i])
		}
		rows = append(rows, row)
	}
	return rows
}

func writeFields(w io.Writer, rows []fieldRow, withValues bool) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	value := ""
	if withValues {
		value = "VALUE\t"
	}
	fmt.Fprintf(table, "FIELD\tKIND\tUNIT\tMAY BE MISSING\t%sMEANING\n", value)
	for _, row := range rows {
		missing := "no"
		if row.Nullable {
			missing = "yes"
		}
		value, doc := "", row.Doc
		if withValues {
			value = cut(string(row.Value), 32) + "\t"
		}
		if row.held != "" {
			doc = strings.TrimSpace(doc + " (schemas: " + row.held + ")")
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s%s\n", row.Path, row.Kind, row.Unit, missing, value, doc)
	}
	return table.Flush()
}

// held words which of a survey's versions have a field: "1.1 to 3.3, since
// 4.01". It is "" for all of them, and where no versions are known.
func held(by, all []string) string {
	var runs []string
	for i := 0; i < len(all); i++ {
		first := i
		for i < len(all) && slices.Contains(by, all[i]) {
			i++
		}
		switch {
		case i == first || first == 0 && i == len(all):
		case i == len(all):
			runs = append(runs, "since "+all[first])
		case i == first+1:
			runs = append(runs, all[first])
		default:
			runs = append(runs, all[first]+" to "+all[i-1])
		}
	}
	return strings.Join(runs, ", ")
}

// shown is a value as a table shows it, in JSON.
func shown(v filter.Value) string {
	switch v.Kind() {
	case filter.Bytes:
		return fmt.Sprintf("%q", count(len(v.Bytes()), "byte"))
	case filter.List:
		return fmt.Sprintf("%q", count(len(v.List()), "item"))
	case filter.Array:
		return fmt.Sprintf("%q", v.Numbers().String())
	case filter.Map:
		return fmt.Sprintf("%q", count(len(v.Map()), "key"))
	}
	return string(v.AppendJSON(nil))
}

// cut shortens s to n characters.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// enrich adds to a sample's fields what is known of its survey's and the survey's
// view, and returns the survey's name and versions; "" where it is none that is known.
func enrich(sample, known *filter.Schema) (survey string, versions []string) {
	if known == nil {
		return "", nil
	}
	byPath := map[string]filter.SchemaField{}
	for _, f := range known.Fields {
		byPath[f.Path] = f
	}
	for i := range sample.Fields {
		f := &sample.Fields[i]
		k, ok := byPath[f.Path]
		if !ok {
			continue
		}
		if k.Doc != "" {
			f.Doc = k.Doc
		}
		if k.Unit != "" {
			f.Unit = k.Unit
		}
		f.Nullable = f.Nullable || k.Nullable || len(k.Versions) > 0
		f.Versions = k.Versions
	}
	sample.View = known.View
	return known.Survey, known.Versions
}

// likeliest returns the known survey that shares most fields with the sample,
// if that is more than half of them.
func likeliest(sample *filter.Schema) *filter.Schema {
	var best *filter.Schema
	most := len(sample.Fields) / 2
	for _, name := range append([]string{schemas.Default}, schemas.Known()...) {
		known, err := schemas.Load(name)
		if err != nil || known == nil {
			continue
		}
		if n := shared(sample, known); n > most {
			best, most = known, n
		}
	}
	return best
}

func shared(a, b *filter.Schema) int {
	paths := map[string]bool{}
	for _, f := range b.Fields {
		paths[f.Path] = true
	}
	n := 0
	for _, f := range a.Fields {
		if paths[f.Path] {
			n++
		}
	}
	return n
}

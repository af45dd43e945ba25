// Package schemas has what is known of each survey's alerts: their fields,
// with kinds, units, and the schema versions that have them. A survey is a
// folder of data here, survey.json and fields.csv; to add one takes no code.
//
// survey.json: name, doc, id (the path of the alert's identifier), time (the
// path of its time, in days since the Julian date zero), versions
// (all known ones, oldest first), extends (a survey whose fields this one has
// as well), nullable (true: any field may be missing).
//
// fields.csv: path (as in filter.Field; "name[]" is an item of a list of
// plain values), kind (of filter.Kind; empty where it is not known or differs
// from version to version), unit, nullable (yes or no: whether it may be null in
// some version that has it), versions (ranges such as "1.1-3.3 4.01-", the last
// without an end; empty for all), doc.
//
// view.csv: what alert.* means for the survey: path, and the expression that
// gives it, in the language of filters (see filter.ViewField). The view.csv
// beside the surveys has the paths of the view, which are the same for all, with
// kind, unit and doc.
package schemas

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/skysift/skysift/filter"
)

//go:embed view.csv */survey.json */fields.csv */view.csv
var data embed.FS

const (
	// Default is the survey of a file of filters that names none.
	Default = "ztf"
	// None leaves names unchecked, for alerts of no known survey.
	None = "none"
)

// Known returns the names of the known surveys, sorted.
func Known() []string {
	entries, err := fs.ReadDir(data, ".")
	if err != nil { // the root of an embedded file system can always be read
		return nil
	}
	var names []string
	for _, entry := range entries {
		if entry.IsDir() {
			names = append(names, entry.Name())
		}
	}
	slices.Sort(names)
	return names
}

// Load returns the fields of a survey; "" is Default. The schema of None is
// nil, which leaves names unchecked.
func Load(name string) (*filter.Schema, error) {
	switch {
	case name == "":
		name = Default
	case name == None:
		return nil, nil
	}
	if !slices.Contains(Known(), name) {
		return nil, fmt.Errorf("unknown survey %q: known are %s, and %s leaves names unchecked",
			name, strings.Join(Known(), ", "), None)
	}
	s, err := readSurvey(data, name)
	if err != nil {
		return nil, fmt.Errorf("survey %s: %w", name, err)
	}
	return &filter.Schema{Survey: name, ID: s.ID, Time: filter.Clock(s.Time), Versions: s.Versions, Fields: s.fields, View: s.view}, nil
}

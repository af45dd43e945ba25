package compile_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/compile"
	"github.com/skysift/skysift/internal/container"
	"github.com/skysift/skysift/internal/testdata"
	"github.com/skysift/skysift/runtime/decode/avro"
	"github.com/skysift/skysift/runtime/decode/confluent"
	"github.com/skysift/skysift/schemas"
)

// rubin is a survey with two known versions, the second of which has lost a
// field.
func rubin() *filter.Schema {
	return &filter.Schema{Survey: "small", Versions: []string{"9.0", "9.1"}, Fields: []filter.SchemaField{
		{Path: "id", Kind: filter.Int}, {Path: "flux", Kind: filter.Float}, {Path: "band", Kind: filter.String},
		{Path: "real", Kind: filter.Float, Nullable: true}, {Path: "old", Kind: filter.Float, Versions: []string{"9.0"}},
		{Path: "loose"}, {Path: "host.z", Kind: filter.Float}, {Path: "prv[].flux", Kind: filter.Float},
	}}
}

// meeting changes what a version 10.0 would have if it were as 9.1.
func meeting(change map[string]filter.Kind, gone ...string) *filter.Schema {
	arrived := &filter.Schema{Version: "10.0"}
	for _, f := range rubin().Fields {
		if f.Path == "old" || slices.Contains(gone, f.Path) {
			continue
		}
		if kind, changed := change[f.Path]; changed {
			f.Kind = kind
		}
		delete(change, f.Path)
		arrived.Fields = append(arrived.Fields, f)
	}
	for path, kind := range change {
		arrived.Fields = append(arrived.Fields, filter.SchemaField{Path: path, Kind: kind})
	}
	return arrived
}

const rubinFilters = `version: 1
define:
  strong: flux > 5
  stronger: strong and flux > 9
  green: band == "g"
filters:
  - {name: none, class: c, where: id > 0}
  - {name: direct, class: c, where: [id > 0, 'flux > 5']}
  - {name: defined, class: c, where: stronger}
  - {name: colour, class: c, where: green}
  - {name: annotated, class: c, where: id > 0, annotate: {two: flux * 2}}
  - {name: optional, class: c, where: '(real ?? 0.0) > 0.5 or old > 3'}
  - {name: loose, class: c, where: loose == "x"}
  - {name: host, class: c, where: host.z < 0.1}
  - {name: history, class: c, where: 'len(prv) > 2 and any(prv, .flux > 1)'}
`

func TestOnlyTheFiltersThatASchemaBreaksAreBroken(t *testing.T) {
	tests := map[string]struct {
		arrived       *filter.Schema
		breaks, lacks string // names, in the order of the file
	}{
		"nothing changes":             {meeting(nil), "", ""},
		"a new field":                 {meeting(map[string]filter.Kind{"fresh": filter.Int}), "", ""},
		"a wider number":              {meeting(map[string]filter.Kind{"flux": filter.Int, "id": filter.Int}), "", ""},
		"a number is text now":        {meeting(map[string]filter.Kind{"flux": filter.String}), "direct defined annotated", ""},
		"text is a number now":        {meeting(map[string]filter.Kind{"band": filter.Int}), "colour", ""},
		"a number is a list now":      {meeting(map[string]filter.Kind{"flux[]": filter.Float}, "flux"), "direct defined annotated", ""},
		"a record is a number now":    {meeting(map[string]filter.Kind{"host": filter.Float}, "host.z"), "host", ""},
		"a record is a list now":      {meeting(map[string]filter.Kind{"host[].z": filter.Float}, "host.z"), "host", ""},
		"a list is a record now":      {meeting(map[string]filter.Kind{"prv.flux": filter.Float}, "prv[].flux"), "history", ""},
		"what was of any kind":        {meeting(map[string]filter.Kind{"loose": filter.Int}), "", ""},
		"a field is gone":             {meeting(nil, "flux"), "direct defined", "annotated"},
		"a column is gone":            {meeting(nil, "prv[].flux"), "history", ""},
		"one text, another gone":      {meeting(map[string]filter.Kind{"band": filter.Float}, "real"), "colour", "optional"},
		"a known version, less field": {&filter.Schema{Version: "9.0", Fields: []filter.SchemaField{{Path: "id", Kind: filter.Int}}}, "", ""},
		"no version, fewer fields":    {&filter.Schema{Fields: []filter.SchemaField{{Path: "id", Kind: filter.Int}}}, "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			set := compiled(t, file(t, t.TempDir(), "filters.yaml", rubinFilters), rubin())
			var breaks, lacks []string
			for _, c := range set.Changes(test.arrived) {
				if c.Breaks {
					breaks = append(breaks, set.Filters[c.Filter].Name)
				} else {
					lacks = append(lacks, set.Filters[c.Filter].Name)
				}
			}
			if strings.Join(breaks, " ") != test.breaks || strings.Join(lacks, " ") != test.lacks {
				t.Errorf("broken: %v, lacking fields: %v", breaks, lacks)
			}
		})
	}
}

func TestABreakSaysWhereAndWhy(t *testing.T) {
	set := compiled(t, file(t, t.TempDir(), "filters.yaml", rubinFilters), rubin())
	found := set.Changes(meeting(map[string]filter.Kind{"flux": filter.String}, "real"))
	var lines []string
	for _, c := range found {
		_, reason, _ := strings.Cut(c.Reason, "filters.yaml")
		lines = append(lines, fmt.Sprint(c.Filter, " ", reason))
	}
	want := []string{
		`1 :8:47: filter "direct", clause 2: text is compared with an integer (it is text: write "5")`,
		`2 :3:11: definition "strong": text is compared with an integer (it is text: write "5")`,
		`4 :11:64: filter "annotated", annotation "two": this is text, not a number (float(x) reads a number from text)`,
		"5 ",
	}
	if !slices.Equal(lines, want) || found[3].Reason != "missing there: real" {
		t.Errorf("told %q", lines)
	}
	if found := set.Changes(meeting(nil, "flux")); found[0].Reason != "clause 2 is always false there, as it lacks flux" {
		t.Errorf("without flux: %+v", found)
	}
}

func TestAFilterOfTheViewBreaksWithTheFieldsThatTheViewIsMadeOf(t *testing.T) {
	known, err := schemas.Load("lsst")
	if err != nil {
		t.Fatal(err)
	}
	text := "version: 1\nfilters:\n  - {name: view, class: c, where: alert.mag < 20}\n  - {name: own, class: c, where: 'diaSource.reliability > 0.5'}\n"
	set := compiled(t, file(t, t.TempDir(), "filters.yaml", text), known)
	arrived := &filter.Schema{Version: "12.0", Fields: []filter.SchemaField{{Path: "diaSource.psfFlux", Kind: filter.String}, {Path: "diaSource.reliability", Kind: filter.Float}}}
	found := set.Changes(arrived)
	if len(found) != 1 || found[0].Filter != 0 || !found[0].Breaks {
		t.Errorf("found %+v", found)
	}
	t.Log(found)
}

func TestFiltersWithoutASurveyAreNotChecked(t *testing.T) {
	set := compiled(t, file(t, t.TempDir(), "filters.yaml", rubinFilters), nil)
	if found := set.Changes(meeting(map[string]filter.Kind{"flux": filter.String})); found != nil {
		t.Errorf("found %v", found)
	}
}

// Each field that is known of a survey, used as its kind can be: no real alert
// of that survey may break any of these filters.
func TestNoRealAlertBreaksAFilterOfItsSurvey(t *testing.T) {
	framed, err := confluent.NewFolder(filepath.Join(testdata.Dir(t), "lsst/alert_packet_schema"))
	if err != nil {
		t.Fatal(err)
	}
	for survey, folders := range map[string][]string{"ztf": {"ztf"}, "lsst": {"lsst/wire", "lsst/wire_derived", "lsst/wire_fake", "lsst/fink_spark"}} {
		known, err := schemas.Load(survey)
		if err != nil {
			t.Fatal(err)
		}
		set := compiled(t, file(t, t.TempDir(), "filters.yaml", everyField(known)), known)
		met := map[string]bool{}
		for _, folder := range folders {
			err := filepath.WalkDir(filepath.Join(testdata.Dir(t), folder), func(path string, entry fs.DirEntry, err error) error {
				if err != nil || entry.IsDir() {
					return err
				}
				value, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				arrived := described(value, confluent.New(framed))
				if arrived == nil || met[fmt.Sprint(arrived.Version, len(arrived.Fields))] {
					return nil
				}
				met[fmt.Sprint(arrived.Version, len(arrived.Fields))] = true
				for _, c := range set.Changes(arrived) {
					if c.Breaks {
						t.Errorf("%s: %s", path, c.Reason)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		t.Logf("%s: %d filters, %d schemas", survey, len(set.Filters), len(met))
		if len(met) < 5 {
			t.Errorf("%s: only %d schemas were met", survey, len(met))
		}
	}
}

func described(value []byte, framed *confluent.Format) *filter.Schema {
	var schema *filter.Schema
	switch {
	case container.Is(value):
		schema, _ = avro.Describe(value)
	case confluent.Is(value):
		schema, _ = framed.Describe(value)
	}
	return schema
}

func everyField(known *filter.Schema) string {
	var text strings.Builder
	text.WriteString("version: 1\nfilters:\n")
	for i, f := range known.Fields {
		if strings.Contains(f.Path, "[]") {
			continue
		}
		test := map[filter.Kind]string{
			filter.Int: "%s %% 2 == 0", filter.Float: "%s > 0.5", filter.String: "%s contains 'x'", filter.Bool: "%s",
		}[f.Kind]
		if test != "" {
			fmt.Fprintf(&text, "  - {name: f%d, class: c, where: \""+test+"\"}\n", i, f.Path)
		}
	}
	return text.String()
}

func compiled(t *testing.T, path string, schema *filter.Schema) *filter.Set {
	t.Helper()
	_, set, report := compile.Load(path, nil, func(string) (*filter.Schema, error) { return schema, nil })
	if set == nil {
		t.Fatal(report.Mistakes)
	}
	return set
}

// Another survey's alerts have nothing that a filter reads: it would pass none
// of them in silence, also where their schema says no version.
func TestAlertsOfAnotherSurveyBreakEachFilterThatReadsThem(t *testing.T) {
	known, err := schemas.Load("ztf")
	if err != nil {
		t.Fatal(err)
	}
	text := "version: 1\nfilters:\n  - {name: view, class: c, where: alert.mag < 20}\n  - {name: never, class: c, where: not (candidate.magpsf > 20)}\n" +
		"  - {name: all, class: c, where: 'true'}\n"
	set := compiled(t, file(t, t.TempDir(), "filters.yaml", text), known)
	for _, version := range []string{"", "10.0"} {
		rubins := &filter.Schema{Version: version, Fields: []filter.SchemaField{{Path: "diaSource.psfFlux", Kind: filter.Float}, {Path: "cutoutDifference", Kind: filter.Bytes}}}
		found := set.Changes(rubins)
		if len(found) != 2 || !found[0].Breaks || !found[1].Breaks || found[0].Filter != 0 || found[1].Filter != 1 ||
			!strings.Contains(found[0].Reason, "nothing that filters of the survey ztf read: say whose alerts these are with --survey") {
			t.Errorf("version %q: %+v", version, found)
		}
	}
	little := &filter.Schema{Fields: []filter.SchemaField{{Path: "candidate.jd", Kind: filter.Float}}}
	if found := set.Changes(little); len(found) > 0 {
		t.Errorf("alerts with a candidate: %+v", found)
	}
}

package schemas_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/testdata"
	"github.com/skysift/skysift/schemas"
)

func load(t *testing.T, name string) *filter.Schema {
	t.Helper()
	schema, err := schemas.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestEveryKnownSurveyLoads(t *testing.T) {
	if got := schemas.Known(); !slices.Equal(got, []string{"fink", "lsst", "ztf"}) {
		t.Errorf("known surveys: %v", got)
	}
	for name, want := range map[string]filter.Schema{
		"ztf":  {ID: "candid", Time: filter.Clock{Path: "candidate.jd"}},
		"fink": {ID: "candid", Time: filter.Clock{Path: "candidate.jd"}},
		"lsst": {ID: "diaSource.diaSourceId", Time: filter.Clock{Path: "diaSource.midpointMjdTai", Zero: 2400000.5}},
	} {
		schema := load(t, name)
		if schema.Survey != name || schema.ID != want.ID || schema.Time != want.Time {
			t.Errorf("%s: survey %q with id %q and time %v", name, schema.Survey, schema.ID, schema.Time)
		}
	}
}

func TestNoSurveyIsZTFAndNoneLeavesNamesUnchecked(t *testing.T) {
	if got := load(t, "").Survey; got != "ztf" {
		t.Errorf("the survey of a file that names none is %q", got)
	}
	if schema := load(t, "none"); schema != nil {
		t.Errorf("survey none has %d fields", len(schema.Fields))
	}
}

func TestAnUnknownSurveyIsToldTheKnown(t *testing.T) {
	_, err := schemas.Load("zft")
	want := `unknown survey "zft": known are fink, lsst, ztf, and none leaves names unchecked`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// published returns the fields of each published ZTF schema by version, from
// its .avsc files.
func published(t *testing.T) map[string]map[string]avroField {
	t.Helper()
	folder := filepath.Join(testdata.Dir(t), "ztf_schemas")
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string]avroField{}
	for _, entry := range entries {
		var texts [][]byte
		for _, name := range []string{"candidate", "prv_candidate", "fp_hist", "cutout", "alert"} {
			text, err := os.ReadFile(filepath.Join(folder, entry.Name(), name+".avsc"))
			if err == nil {
				texts = append(texts, text)
			}
		}
		all[entry.Name()] = parseAvro(t, texts...)
	}
	if len(all) != 14 {
		t.Fatalf("%d published versions", len(all))
	}
	return all
}

func TestZTFHasEachFieldOfEachPublishedVersion(t *testing.T) {
	schema := load(t, "ztf")
	versions := published(t)
	// 1.7 was never published by itself; an alert of it was.
	for _, file := range testdata.Files(t, ".avro", "ztf_legacy") {
		if text := writerSchema(t, file); schemaVersion(text) == "1.7" {
			versions["1.7"] = parseAvro(t, text)
		}
	}
	agrees(t, schema, versions)
}

// agrees tests that a schema says of each version what was published.
func agrees(t *testing.T, schema *filter.Schema, versions map[string]map[string]avroField) {
	t.Helper()
	for version, fields := range versions {
		holds(t, schema, version, fields)
		for _, field := range schema.Fields {
			_, has := fields[field.Path]
			if says := field.Versions == nil || slices.Contains(field.Versions, version); says != has {
				t.Errorf("%s: fields.csv says %v of version %s, which is %v", field.Path, says, version, has)
			}
		}
	}
	for _, field := range schema.Fields {
		if field.Nullable != mayBeMissing(field, versions) {
			t.Errorf("%s: nullable is %v, which the published schemas do not say", field.Path, field.Nullable)
		}
	}
}

// mayBeMissing reports whether a field is nullable in, or absent from, some version.
func mayBeMissing(field filter.SchemaField, versions map[string]map[string]avroField) bool {
	for _, fields := range versions {
		if f, has := fields[field.Path]; !has || f.nullable {
			return true
		}
	}
	return false
}

// holds tests that a schema has each field of a version, with its kind.
func holds(t *testing.T, schema *filter.Schema, version string, fields map[string]avroField) {
	t.Helper()
	for path, f := range fields {
		field, known := schema.Lookup(path)
		switch {
		case !known:
			t.Errorf("%s of version %s is not in fields.csv (%s)", path, version, f.kind)
		case field.Kind != filter.Missing && field.Kind.String() != f.kind:
			t.Errorf("%s of version %s is %s, and fields.csv says %v", path, version, f.kind, field.Kind)
		case f.nullable && !field.Nullable:
			t.Errorf("%s of version %s may be null, and fields.csv says it may not", path, version)
		}
	}
}

func TestZTFHasEachFieldOfEachRealAlert(t *testing.T) {
	schema := load(t, "ztf")
	for _, file := range testdata.Files(t, ".avro", "ztf", "ztf_versions", "ztf_legacy") {
		text := writerSchema(t, file)
		holds(t, schema, schemaVersion(text)+" ("+filepath.Base(file)+")", parseAvro(t, text))
	}
}

// Spark guesses the types of columns in which it saw no value.
var guessed = []string{"prv_candidates[].ssdistnr", "prv_candidates[].ssmagnr", "prv_candidates[].ssnamenr"}

func TestFinkHasEachFieldOfEachRealAlertOfFinkAndZTF(t *testing.T) {
	schema := load(t, "fink")
	for _, file := range testdata.Files(t, ".avro", "ztf_fink", "ztf_multi", "ztf") {
		fields := parseAvro(t, writerSchema(t, file))
		for _, path := range guessed {
			if fields[path].kind == "int" {
				delete(fields, path)
			}
		}
		holds(t, schema, filepath.Base(file), fields)
	}
}

func TestEveryFieldOfFinkMayBeMissing(t *testing.T) {
	for _, field := range load(t, "fink").Fields {
		if !field.Nullable {
			t.Errorf("%s may not be missing", field.Path)
		}
	}
}

func TestEachFieldIsDocumentedInOneShortLine(t *testing.T) {
	for _, name := range schemas.Known() {
		for _, field := range load(t, name).Fields {
			if len(field.Doc) > 130 || strings.ContainsAny(field.Doc, "\n\t") || strings.HasSuffix(field.Doc, ".") {
				t.Errorf("%s: %s: doc %q", name, field.Path, field.Doc)
			}
		}
	}
}

func TestAVersionHasTheFieldsThatItHad(t *testing.T) {
	for version, want := range map[string]bool{"3.2": false, "3.3": true, "4.02": true} {
		schema, err := schemas.At("ztf", version)
		if err != nil {
			t.Fatal(err)
		}
		if _, has := schema.Lookup("candidate.drb"); has != want {
			t.Errorf("version %s has candidate.drb: %v", version, has)
		}
	}
	if _, err := schemas.At("ztf", "9"); err == nil || !strings.HasPrefix(err.Error(), `survey ztf has no version "9": known are 1.1, `) {
		t.Errorf("an unknown version: %v", err)
	}
	if before, _ := schemas.Load("ztf"); len(before.Fields) < 150 {
		t.Error("a version took fields from the survey")
	}
}

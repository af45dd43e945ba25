package avro_test

import (
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/testdata"
	"github.com/skysift/skysift/runtime/decode/avro"
)

// realAlerts are the files of every survey and schema version there is.
func realAlerts(t testing.TB) []string {
	t.Helper()
	return testdata.Files(t, ".avro", "ztf", "ztf_fink", "ztf_multi", "ztf_versions", "ztf_legacy", "other_surveys", "lsst/fink_spark")
}

// sample is one file with what goavro reads in it.
type sample struct {
	name   string
	value  []byte
	oracle *oracle
	paths  []string // every path, and the lists and records on the way
	alerts []any
}

func samples(t testing.TB, files []string) []sample {
	t.Helper()
	oracles := map[string]*oracle{}
	var found []sample
	for _, path := range files {
		value := readFile(t, path)
		schema := schemaOf(t, value)
		o := oracles[string(schema)]
		if o == nil {
			o = newOracle(t, schema)
			oracles[string(schema)] = o
		}
		found = append(found, sample{filepath.Base(path), value, o, o.paths(o.tree, "", false), o.datums(t, value)})
	}
	return found
}

// check decodes the fields and holds each value against the oracle's; it
// returns how many were there.
func (s sample) check(t *testing.T, decode func([]byte, func(*filter.Alert) error) error, fields []filter.Field, load bool) int {
	t.Helper()
	index, present := 0, 0
	err := decode(s.value, func(alert *filter.Alert) error {
		if load {
			if err := alert.Load(); err != nil {
				return err
			}
		}
		for slot, field := range fields {
			want := s.oracle.at(s.oracle.tree, s.alerts[index], steps(field.Path))
			if field.Lazy && !load || !slices.Contains(s.paths, field.Path) {
				want = nil
			}
			got := plain(alert.Values[slot])
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s, alert %d: %s (lazy: %v) is %.80v, goavro says %.80v", s.name, index, field.Path, field.Lazy, got, want)
			}
			if got != nil {
				present++
			}
		}
		index++
		return nil
	})
	if err != nil || index != len(s.alerts) {
		t.Errorf("%s: %d alerts of %d, %v", s.name, index, len(s.alerts), err)
	}
	return present
}

func fieldsOf(paths []string, lazy func(int) bool) []filter.Field {
	fields := make([]filter.Field, len(paths))
	for i, path := range paths {
		fields[i] = filter.Field{Path: path, Lazy: lazy(i)}
	}
	return fields
}

func TestEveryFieldOfEveryRealAlertIsWhatGoavroReads(t *testing.T) {
	format := avro.New()
	alerts, values := 0, 0
	for _, s := range samples(t, realAlerts(t)) {
		for _, lazy := range []bool{false, true} {
			fields := fieldsOf(s.paths, func(int) bool { return lazy })
			values += s.check(t, format.NewDecoder(fields).Decode, fields, true)
		}
		alerts += len(s.alerts)
	}
	t.Logf("%d alerts, %d values", alerts, values)
	if alerts < 110 || values < 40_000 {
		t.Errorf("only %d alerts with %d values were compared", alerts, values)
	}
}

func TestAnySubsetOfFieldsEagerAndLazyIsWhatGoavroReads(t *testing.T) {
	format := avro.New()
	random := rand.New(rand.NewPCG(1, 2))
	values := 0
	for _, s := range samples(t, realAlerts(t)) {
		for range 25 {
			paths := slices.Clone(s.paths)
			random.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
			paths = append(paths[:1+random.IntN(min(12, len(paths)))], "no.such.field", "candidate.nothing", "prv_candidates[].nothing")
			share := random.Float64() * 1.5
			fields := fieldsOf(paths, func(int) bool { return random.Float64() < share })
			values += s.check(t, format.NewDecoder(fields).Decode, fields, random.IntN(4) > 0)
		}
	}
	if values < 5000 {
		t.Errorf("only %d values were compared", values)
	}
}

// One decoder must serve schemas in turn, as a stream mixes them.
func TestOneDecoderReadsAllSurveysInTurn(t *testing.T) {
	paths := []string{"candidate.magpsf", "candid", "objectId", "prv_candidates[].jd", "prv_candidates", "candidate", "diaSource.psfFlux", "candidate.drb"}
	fields := fieldsOf(paths, func(i int) bool { return i == 3 })
	decoder := avro.New().NewDecoder(fields)
	all := samples(t, realAlerts(t))
	random := rand.New(rand.NewPCG(3, 4))
	for range 5 * len(all) {
		all[random.IntN(len(all))].check(t, decoder.Decode, fields, true)
	}
}

func TestDescribeFindsEveryLeafInOrder(t *testing.T) {
	for _, s := range samples(t, realAlerts(t)) {
		schema, err := avro.Describe(s.value)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, field := range schema.Fields {
			got = append(got, field.Path)
		}
		if want := s.oracle.paths(s.oracle.tree, "", true); !slices.Equal(got, want) {
			t.Errorf("%s: %d fields, want %d", s.name, len(got), len(want))
		}
		fields := fieldsOf(got, func(int) bool { return false })
		err = avro.New().NewDecoder(fields).Decode(s.value, func(alert *filter.Alert) error {
			for i, field := range schema.Fields {
				agree(t, s.name, field, alert.Values[i])
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// agree holds a described field against a value of it.
func agree(t *testing.T, name string, field filter.SchemaField, v filter.Value) {
	t.Helper()
	if v.Kind() == filter.List && field.Kind != filter.List {
		for _, item := range v.List() {
			agree(t, name, field, item)
		}
		return
	}
	// A float that is not nullable may still be NaN.
	if v.IsMissing() && !field.Nullable && field.Kind != filter.Float {
		t.Errorf("%s: %s is missing and described as always there", name, field.Path)
	}
	if !v.IsMissing() && v.Kind() != field.Kind {
		t.Errorf("%s: %s is %s, described as %s", name, field.Path, v.Kind(), field.Kind)
	}
}

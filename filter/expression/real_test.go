package expression

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/linkedin/goavro/v2"
	"gopkg.in/yaml.v3"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/testdata"
)

// realAlerts decodes the reference alerts with goavro.
func realAlerts(t testing.TB) []tree {
	t.Helper()
	var alerts []tree
	for _, file := range testdata.Files(t, ".avro", "ztf", "ztf_fink", "ztf_multi") {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		alerts = append(alerts, decodeFile(t, file, raw)...)
	}
	return alerts
}

func decodeFile(t testing.TB, file string, raw []byte) []tree {
	reader, err := goavro.NewOCFReader(bytes.NewReader(withoutDefaults(t, raw)))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	var alerts []tree
	for reader.Scan() {
		datum, err := reader.Read()
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		alerts = append(alerts, unwrap(datum).(tree))
	}
	return alerts
}

// withoutDefaults returns the container with the defaults of its schema's
// fields taken out: goavro refuses ZTF's.
func withoutDefaults(t testing.TB, raw []byte) []byte {
	start := bytes.Index(raw, []byte("avro.schema")) + len("avro.schema")
	length, shift, at := uint64(0), 0, start
	for ; ; at++ {
		length |= uint64(raw[at]&0x7f) << shift
		shift += 7
		if raw[at] < 0x80 {
			break
		}
	}
	end := at + 1 + int(length>>1)
	var schema any
	if err := json.Unmarshal(raw[at+1:end], &schema); err != nil {
		t.Fatal(err)
	}
	stripped, err := json.Marshal(strip(schema))
	if err != nil {
		t.Fatal(err)
	}
	var made []byte
	made = append(made, raw[:start]...)
	for n := uint64(len(stripped)) << 1; ; n >>= 7 {
		if n < 0x80 {
			made = append(made, byte(n))
			break
		}
		made = append(made, byte(n)|0x80)
	}
	return append(append(made, stripped...), raw[end:]...)
}

func strip(schema any) any {
	switch s := schema.(type) {
	case tree:
		delete(s, "default")
		for key, v := range s {
			s[key] = strip(v)
		}
	case []any:
		for i := range s {
			s[i] = strip(s[i])
		}
	}
	return schema
}

// unwrap takes away the {"type": value} that goavro puts around unions.
func unwrap(v any) any {
	switch v := v.(type) {
	case tree:
		if len(v) == 1 {
			for name, inner := range v {
				if name == "float" || name == "double" || name == "int" || name == "long" || name == "string" ||
					name == "boolean" || name == "bytes" || name == "array" || bytes.ContainsAny([]byte(name), ".") || name == "topLevelRecord" {
					return unwrap(inner)
				}
			}
		}
		for name, inner := range v {
			v[name] = unwrap(inner)
		}
	case []any:
		for i := range v {
			v[i] = unwrap(v[i])
		}
	}
	return v
}

// referenceProgram reads examples/reference/filters.yaml.
func referenceProgram(t testing.TB) Program {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "examples", "reference", "filters.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Define  yaml.Node
		Filters []struct {
			Name, Class, Description string
			Where, Annotate          yaml.Node
		}
	}
	if err := yaml.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	var p Program
	for i := 0; i+1 < len(file.Define.Content); i += 2 {
		p.Definitions = append(p.Definitions, Definition{file.Define.Content[i].Value, file.Define.Content[i+1].Value})
	}
	for _, f := range file.Filters {
		made := Filter{Name: f.Name, Class: filter.Class(f.Class), Description: f.Description}
		if f.Where.Kind == yaml.ScalarNode {
			made.Where = []string{f.Where.Value}
		}
		for _, clause := range f.Where.Content {
			made.Where = append(made.Where, clause.Value)
		}
		for i := 0; i+1 < len(f.Annotate.Content); i += 2 {
			made.Annotate = append(made.Annotate, Annotation{f.Annotate.Content[i].Value, f.Annotate.Content[i+1].Value})
		}
		p.Filters = append(p.Filters, made)
	}
	return p
}

// mergedSchema is what all the alerts together show of their fields.
func mergedSchema(alerts []tree) *filter.Schema {
	kinds := map[string]filter.Kind{}
	for _, alert := range alerts {
		collect(kinds, "", alert)
	}
	s := &filter.Schema{Survey: "ztf"}
	for path, kind := range kinds {
		s.Fields = append(s.Fields, filter.SchemaField{Path: path, Kind: kind, Nullable: true})
	}
	return s
}

// TestReferenceFiltersOnRealAlerts holds the verdicts of eight filters against
// an independent computation, candid for candid.
func TestReferenceFiltersOnRealAlerts(t *testing.T) {
	alerts := realAlerts(t)
	raw, err := os.ReadFile(filepath.Join(testdata.Dir(t), "expected_filters.json"))
	if err != nil {
		t.Fatal(err)
	}
	var expected struct {
		Alerts  int
		Filters map[string]struct{ Candids []int64 }
	}
	if err := json.Unmarshal(raw, &expected); err != nil {
		t.Fatal(err)
	}
	if len(alerts) != expected.Alerts {
		t.Fatalf("%d alerts, want %d", len(alerts), expected.Alerts)
	}
	for name, schema := range map[string]*filter.Schema{"typed": mergedSchema(alerts), "untyped": nil} {
		p := referenceProgram(t)
		p.Schema = schema
		passed := candids(t, compiled(t, p), alerts)
		if len(passed) != len(expected.Filters) {
			t.Errorf("%s: %d filters, want %d", name, len(passed), len(expected.Filters))
		}
		for filterName, want := range expected.Filters {
			if !slices.Equal(passed[filterName], want.Candids) {
				t.Errorf("%s %s: passed %d\n%v\nwant %d\n%v", name, filterName, len(passed[filterName]), passed[filterName], len(want.Candids), want.Candids)
			}
		}
	}
}

func candids(t *testing.T, set *filter.Set, alerts []tree) map[string][]int64 {
	passed := map[string][]int64{}
	for _, f := range set.Filters {
		passed[f.Name] = []int64{}
	}
	evaluator := set.NewEvaluator()
	var a filter.Alert
	for _, alert := range alerts {
		fill(&a, set.Fields, alert)
		verdicts, err := evaluator.Evaluate(&a)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range verdicts {
			if v.Err != nil {
				t.Errorf("candid %v: %v", alert["candid"], v.Err)
				continue
			}
			name := set.Filters[v.Filter].Name
			passed[name] = append(passed[name], alert["candid"].(int64))
		}
	}
	for _, list := range passed {
		slices.Sort(list)
	}
	return passed
}

package expression

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/linkedin/goavro/v2"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/testdata"
	"github.com/skysift/skysift/schemas"
)

// rubinAlerts decodes with goavro the real alerts of Rubin: those that Fink
// passed on, and records as the broker sends them.
func rubinAlerts(t testing.TB) []tree {
	t.Helper()
	var alerts []tree
	for _, file := range testdata.Files(t, ".avro", "lsst/fink_spark") {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		alerts = append(alerts, decodeFile(t, file, raw)...)
	}
	records := append(testdata.Files(t, ".avro", "lsst/wire"), testdata.Files(t, ".bin", "lsst/wire_derived")...)
	for _, file := range records {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		// A zero byte and the number of the schema: 100 × major + minor.
		number := binary.BigEndian.Uint32(raw[1:5])
		datum, _, err := publishedCodec(t, int(number)/100, int(number)%100).NativeFromBinary(raw[5:])
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		alerts = append(alerts, unwrap(datum).(tree))
	}
	return alerts
}

// publishedCodec makes a codec of the schema files of one version.
func publishedCodec(t testing.TB, major, minor int) *goavro.Codec {
	t.Helper()
	folder := filepath.Join(testdata.Dir(t), "lsst", "alert_packet_schema", strconv.Itoa(major), strconv.Itoa(minor))
	files, err := filepath.Glob(filepath.Join(folder, "*.avsc"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no schemas: %v", folder, err)
	}
	types := map[string]any{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var schema tree
		if err := json.Unmarshal(raw, &schema); err != nil {
			t.Fatal(err)
		}
		types[fmt.Sprint(schema["namespace"], ".", schema["name"])] = strip(schema)
	}
	alert := types[fmt.Sprintf("lsst.v%d_%d.alert", major, minor)]
	text, err := json.Marshal(inlined(alert, types, map[string]bool{}))
	if err != nil {
		t.Fatal(err)
	}
	codec, err := goavro.NewCodec(string(text))
	if err != nil {
		t.Fatalf("%s: %v", folder, err)
	}
	return codec
}

// inlined puts the types in the place of the first mention of their names.
func inlined(schema any, types map[string]any, done map[string]bool) any {
	switch s := schema.(type) {
	case string:
		if named, ok := types[s]; ok && !done[s] {
			done[s] = true
			return inlined(named, types, done)
		}
	case tree:
		made := tree{}
		for _, key := range []string{"type", "name", "namespace", "items", "symbols", "size", "logicalType"} {
			if v, ok := s[key]; ok {
				made[key] = v
			}
		}
		if fields, ok := s["fields"].([]any); ok {
			var all []any
			for _, field := range fields { // in their order: the first mention has the type
				all = append(all, inlined(field, types, done))
			}
			made["fields"] = all
			return made
		}
		for _, key := range []string{"type", "items"} {
			if v, ok := made[key]; ok {
				made[key] = inlined(v, types, done)
			}
		}
		return made
	case []any:
		var all []any
		for _, branch := range s {
			all = append(all, inlined(branch, types, done))
		}
		return all
	}
	return schema
}

// point is one item of a history, computed without the language.
type point struct {
	jd, mag            float64
	band               string
	detected, positive bool
}

// plainRubin computes the view of an alert of Rubin from its fields.
func plainRubin(alert tree) (now point, history []point) {
	visits := map[any]bool{}
	add := func(item any, detected bool) {
		row, ok := item.(tree)
		if !ok {
			return
		}
		mjd, flux := row["midpointMjdTai"].(float64), float64(row["psfFlux"].(float32))
		p := point{jd: mjd + 2400000.5 - 37.0/86400, band: row["band"].(string), mag: math.NaN(), detected: detected, positive: flux > 0}
		if mjd < 57754 { // before the leap second of 2017
			p.jd += 1.0 / 86400
		}
		if detected {
			p.mag = 31.4 - 2.5*math.Log10(math.Abs(flux))
			visits[row["visit"]] = true
		} else if visits[row["visit"]] {
			return
		}
		history = append(history, p)
	}
	earlier, _ := alert["prvDiaSources"].([]any)
	for _, item := range earlier {
		add(item, true)
	}
	add(alert["diaSource"], true)
	now = history[len(history)-1]
	forced, _ := alert["prvDiaForcedSources"].([]any)
	for _, item := range forced {
		add(item, false)
	}
	return now, history
}

// plainZTF does the same for an alert of ZTF that has no forced photometry among
// its earlier detections.
func plainZTF(alert tree) (now point, history []point) {
	bands := map[int64]string{1: "g", 2: "r", 3: "i"}
	earlier, _ := alert["prv_candidates"].([]any)
	for _, item := range append(slices.Clone(earlier), alert["candidate"]) {
		row := item.(tree)
		fid, _ := asInt(row["fid"])
		mag, ok := asFloat(row["magpsf"])
		if !ok {
			mag = math.NaN()
		}
		jd, _ := asFloat(row["jd"])
		history = append(history, point{jd: jd, mag: mag, band: bands[fid], detected: ok, positive: row["isdiffpos"] == "t" || row["isdiffpos"] == "1"})
	}
	return history[len(history)-1], history
}

func asInt(v any) (int64, bool) { n := scalar(v); return n.Int(), n.Kind() == filter.Int }

func asFloat(v any) (float64, bool) { f := scalar(v).Float(); return f, f == f }

// plainRise is the slope of the magnitudes over time, by least squares around
// the means.
func plainRise(history []point) float64 {
	var n, jd, mag float64
	chosen := slices.DeleteFunc(slices.Clone(history), func(p point) bool { return p.mag != p.mag })
	for _, p := range chosen {
		n, jd, mag = n+1, jd+p.jd, mag+p.mag
	}
	var sxy, sxx float64
	for _, p := range chosen {
		sxy, sxx = sxy+(p.jd-jd/n)*(p.mag-mag/n), sxx+(p.jd-jd/n)*(p.jd-jd/n)
	}
	return sxy / sxx
}

const anySurvey = `alert.mag < 23 and alert.band in ["g", "r", "i"] and
	(not alert.positive or count(alert.history, .detected) >= 3 and any(alert.history, .detected and .band != alert.band))`

const anyRise = "slope(map(alert.history, .jd), map(alert.history, .mag))"

// TestOneFilterRunsOnZTFAndOnRubin judges real alerts of both surveys by one
// filter on alert.*, and computes its verdict and annotations once more in plain Go.
func TestOneFilterRunsOnZTFAndOnRubin(t *testing.T) {
	for _, survey := range []struct {
		name   string
		alerts []tree
		plain  func(tree) (point, []point)
	}{
		{"ztf", nativeAlerts(realAlerts(t)), plainZTF},
		{"fink", nativeAlerts(realAlerts(t)), plainZTF},
		{"lsst", rubinAlerts(t), plainRubin},
	} {
		schema, err := schemas.Load(survey.name)
		if err != nil {
			t.Fatal(err)
		}
		set := compiled(t, Program{Schema: schema, Filters: []Filter{
			{Name: "any survey", Class: "c", Where: []string{anySurvey}, Annotate: []Annotation{{"rise", anyRise}}},
			{Name: "all", Class: "c", Where: []string{"true"}, Annotate: []Annotation{{"jd", "alert.jd"}, {"points", "len(alert.history)"}, {"detections", "count(alert.history, .detected)"},
				{"ordered", "all(pairs(alert.history), .later.jd >= .earlier.jd)"}}},
		}})
		passed := 0
		evaluator := set.NewEvaluator()
		for _, alert := range survey.alerts {
			passed += holdAgainstPlain(t, survey.name, set, evaluator, alert, survey.plain)
		}
		if passed == 0 || passed == len(survey.alerts) {
			t.Errorf("%s: %d of %d alerts pass: the test tells nothing", survey.name, passed, len(survey.alerts))
		}
		t.Logf("%s: %d of %d pass", survey.name, passed, len(survey.alerts))
	}
}

// nativeAlerts leaves out the schemas whose earlier detections are forced photometry.
func nativeAlerts(alerts []tree) []tree {
	return slices.DeleteFunc(alerts, func(a tree) bool {
		return a["schemavsn"] == "3.4" || a["schemavsn"] == "3.5"
	})
}

func holdAgainstPlain(t *testing.T, survey string, set *filter.Set, evaluator filter.Evaluator, alert tree, plain func(tree) (point, []point)) (passed int) {
	t.Helper()
	var a filter.Alert
	fill(&a, set.Fields, alert)
	verdicts, err := evaluator.Evaluate(&a)
	if err != nil {
		t.Fatal(err)
	}
	now, history := plain(alert)
	detections, other := 0, false
	for _, p := range history {
		if p.detected {
			detections++
		}
		other = other || p.detected && p.band != now.band
	}
	want := now.mag < 23 && slices.Contains([]string{"g", "r", "i"}, now.band) && (!now.positive || detections >= 3 && other)
	if passes := len(verdicts) == 2; passes != want {
		t.Errorf("%s %v: passes %v, want %v: %+v", survey, alert["candid"], passes, want, now)
	}
	all := verdicts[len(verdicts)-1].Annotations
	if math.Abs(all[0].Value.Float()-now.jd) > 1e-8 || int(all[1].Value.Int()) != len(history) || int(all[2].Value.Int()) != detections || !all[3].Value.True() {
		t.Errorf("%s: %v; want jd %v, %d points, %d detections", survey, all, now.jd, len(history), detections)
	}
	if len(verdicts) == 2 {
		passed = 1
		got, want := verdicts[0].Annotations[0].Value, plainRise(history)
		if want == want && !math.IsInf(want, 0) && math.Abs(got.Float()-want) > 1e-6*math.Max(1, math.Abs(want)) {
			t.Errorf("%s: rise %v, want %v", survey, got.Float(), want)
		}
	}
	return passed
}

package json_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime/decode/json"
	"github.com/skysift/skysift/runtime/runtimetest"
)

const telemetry = `{"ra": 150.5, "dec": 2.3, "id": 9007199254740993, "dome": {"open": true, "wind": [3.5, null, 7]},
 "mirror": [{"cell": 1, "temp": 8.25, "zones": [1, 2]}, null, {"cell": 2}], "note": "caf\u00e9 \"x\"", "scores": {"SN": 0.8, "AGN": 1e-3}}`

func TestDecoderConforms(t *testing.T) {
	runtimetest.TestDecoder(t, runtimetest.DecoderCase{
		Format: json.New(),
		Fields: allFields("ra", "dome.open", "dome.wind", "mirror", "mirror[].cell", "scores", "note"),
		One:    []byte(telemetry), Several: []byte("[" + telemetry + ", " + telemetry + "]\n" + telemetry), Count: 3,
		Damaged: []byte(telemetry[:200] + "!"), Framed: true,
	})
}

func TestFieldsOfAMessage(t *testing.T) {
	for path, want := range map[string]string{
		"ra": "150.5", "id": "9007199254740993", "dome.open": "true", "dome.wind": "[3.5,null,7]",
		"note": `"café \"x\""`, "scores": `{"SN":0.8,"AGN":0.001}`, "scores.SN": "0.8",
		"mirror": "[{},null,{}]", "mirror[]": "[{},null,{}]", "mirror[].cell": "[1,null,2]", "mirror[].temp": "[8.25,null,null]",
		"mirror[].zones": "[[1,2],null,null]", "mirror[].zones[]": "[[1,2],null,null]",
		"dome": `{"open":true,"wind":[3.5,null,7]}`, "dome.nothing": "null", "ra.x": "null", "ra[]": "null", "dome[]": "null",
	} {
		for _, lazy := range []bool{false, true} {
			if got := decodeOne(t, telemetry, filter.Field{Path: path, Lazy: lazy}); got != want {
				t.Errorf("%s (lazy: %v): %s, want %s", path, lazy, got, want)
			}
		}
	}
}

// decodeOne returns one field of the only alert of a record.
func decodeOne(t *testing.T, record string, field filter.Field) string {
	t.Helper()
	found := decodeAll(t, record, field)
	if len(found) != 1 {
		t.Fatalf("%d alerts, want 1", len(found))
	}
	return found[0]
}

func decodeAll(t *testing.T, record string, field filter.Field) []string {
	t.Helper()
	var found []string
	err := json.New().NewDecoder([]filter.Field{field}).Decode([]byte(record), func(alert *filter.Alert) error {
		if err := alert.Load(); err != nil {
			return err
		}
		found = append(found, string(alert.Values[0].AppendJSON(nil)))
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", record, err)
	}
	return found
}

func TestANameBesideADocumentIsItsName(t *testing.T) {
	record := ` [ "event" , {"name": "primary", "data": {"det": 4}, "document": 1} ] `
	for path, want := range map[string]string{
		"name": `"event"`, "document.name": `"primary"`, "data.det": "4", "document.data.det": "4",
		"document.document": "1", "name.x": "null", "document": `{"name":"primary","data":{"det":4},"document":1}`,
	} {
		for _, lazy := range []bool{false, true} {
			if got := decodeOne(t, record, filter.Field{Path: path, Lazy: lazy}); got != want {
				t.Errorf("%s (lazy: %v): %s, want %s", path, lazy, got, want)
			}
		}
	}
	if got := decodeOne(t, `{"name": "x", "document": 2}`, filter.Field{Path: "document"}); got != "2" {
		t.Errorf("a message's own field document is %s, want 2", got)
	}
}

func TestAKeyWithDotsIsAPath(t *testing.T) {
	record := `{"data": {"det.mean": 3, "a.b.c": 4, "x": {"y.z": 5}}}`
	for path, want := range map[string]string{"data.det.mean": "3", "data.a.b.c": "4", "data.x.y.z": "5"} {
		if got := decodeOne(t, record, filter.Field{Path: path}); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestSeveralAlertsOfARecordAreEachARecordOfTheirOwn(t *testing.T) {
	for _, record := range []string{`[{"a": 1}, {"a": 2}]`, "{\"a\": 1}\n{\"a\": 2}\n", "[{\"a\": 1}]\r\n {\"a\": 2}"} {
		decoder := json.New().NewDecoder([]filter.Field{{Path: "a"}})
		var singles []string
		err := decoder.Decode([]byte(record), func(*filter.Alert) error {
			single, err := decoder.Single()
			if !decoder.Shape().Several {
				t.Errorf("%q: the decoder does not say that there are several", record)
			}
			singles = append(singles, string(single))
			return err
		})
		if want := []string{`{"a": 1}`, `{"a": 2}`}; err != nil || !slices.Equal(singles, want) {
			t.Errorf("%q: %q, %v", record, singles, err)
		}
	}
	if got := decodeAll(t, " [] ", filter.Field{Path: "a"}); len(got) != 0 {
		t.Errorf("an empty array has %d alerts", len(got))
	}
}

func TestNothingIsAllocatedOnceAStreamIsUnderWay(t *testing.T) {
	decoder := json.New().NewDecoder(allFields("ra", "dome.wind", "note", "mirror[].cell", "scores"))
	record := []byte(telemetry)
	each := func(alert *filter.Alert) error { return alert.Load() }
	decode := func() {
		if err := decoder.Decode(record, each); err != nil {
			t.Fatal(err)
		}
	}
	for range 8 {
		decode()
	}
	if n := testing.AllocsPerRun(200, decode); n != 0 {
		t.Errorf("%v allocations a message, want 0", n)
	}
}

func TestMaliciousListsAreBounded(t *testing.T) {
	record := `{"a": [` + strings.Repeat("{},", 1<<20) + `{}]}`
	fields := make([]filter.Field, 20)
	for i := range fields {
		fields[i].Path = fmt.Sprintf("a[].f%d", i)
	}
	err := json.New().NewDecoder(fields).Decode([]byte(record), func(*filter.Alert) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "more values") {
		t.Errorf("20 columns of a million empty objects: %v", err)
	}
}

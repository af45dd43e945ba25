package json_test

import (
	stdjson "encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime/decode/json"
)

// kilobyte is a message of 1 KB as a facility's telemetry looks.
func kilobyte() []byte {
	var b strings.Builder
	b.WriteString(`{"ra": 150.513027, "dec": 2.300418, "observation_id": 20260301001234567, "instrument": "spectrograph blue arm"`)
	for i := 0; b.Len() < 860; i++ {
		fmt.Fprintf(&b, `, "sensor_%02d": {"temperature": %.4f, "ok": true}`, i, 8+float64(i)/7)
	}
	b.WriteString(`, "wind": [3.5, 4.25, 7.125, 2.0], "redshift": 0.52813, "quality": 4, "comment": "seeing was fair, some cirrus in the west"}`)
	return []byte(b.String())
}

// BenchmarkKilobyte is what the project promises: at most 5 µs.
func BenchmarkKilobyte(b *testing.B) {
	record := kilobyte()
	decoder := json.New().NewDecoder([]filter.Field{{Path: "ra"}, {Path: "dec"}, {Path: "redshift"}, {Path: "sensor_03.temperature"}, {Path: "wind"}, {Path: "instrument"}})
	each := func(alert *filter.Alert) error { return alert.Load() }
	b.SetBytes(int64(len(record)))
	b.ReportAllocs()
	for b.Loop() {
		if err := decoder.Decode(record, each); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkKilobyteValid is encoding/json only looking whether it is JSON.
func BenchmarkKilobyteValid(b *testing.B) {
	record := kilobyte()
	b.SetBytes(int64(len(record)))
	for b.Loop() {
		if !stdjson.Valid(record) {
			b.Fatal("it is not")
		}
	}
}

// BenchmarkKilobyteUnmarshal is encoding/json making a map of it, from which a
// filter would be asked.
func BenchmarkKilobyteUnmarshal(b *testing.B) {
	record := kilobyte()
	b.SetBytes(int64(len(record)))
	b.ReportAllocs()
	for b.Loop() {
		var m map[string]any
		if err := stdjson.Unmarshal(record, &m); err != nil {
			b.Fatal(err)
		}
	}
}

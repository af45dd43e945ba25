package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skysift/skysift/internal/testdata"
)

const everySurvey = `version: 1
filters:
  - name: any
    class: transient
    where: >
      alert.mag < 23 and alert.band in ["g", "r", "i"] and
      (not alert.positive or count(alert.history, .detected) >= 3 and any(alert.history, .detected and .band != alert.band))
    annotate: {mag: alert.mag, jd: alert.jd, points: len(alert.history)}
`

// TestOneFilterRunsOnRecordsOfRubin reads the records as the broker sends them,
// and those that Fink passed on. What is expected was computed from the fluxes:
// 31.4 − 2.5 log₁₀ of 5873.8 and 4361.1 nJy, of detections fainter than the template.
func TestOneFilterRunsOnRecordsOfRubin(t *testing.T) {
	data := filepath.Join(testdata.Dir(t), "lsst")
	filters := filepath.Join(t.TempDir(), "any.yaml")
	if err := os.WriteFile(filters, []byte(everySurvey), 0o644); err != nil {
		t.Fatal(err)
	}
	code, lines, stderr := command("replay", "--filters", filters, "--survey", "lsst", "--schemas", filepath.Join(data, "alert_packet_schema"),
		"--output", "json", filepath.Join(data, "wire"), filepath.Join(data, "wire_derived"), filepath.Join(data, "fink_spark"))
	if code != exitGood || !strings.Contains(stderr, "12 alerts in 12 records") || !strings.Contains(stderr, " 0 rejected") {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	type annotated struct {
		Mag, JD float64
		Points  int
	}
	want := map[string]annotated{
		"58804293150441527": {21.977696, 2460777.3355937, 6},
		"58804293150441522": {22.301009, 2460777.3355937, 3},
	}
	for line := range strings.Lines(lines) {
		var match struct {
			ID          string
			Annotations map[string]annotated
		}
		if err := json.Unmarshal([]byte(line), &match); err != nil {
			t.Fatal(err)
		}
		got, of := match.Annotations["any"], want[match.ID]
		if math.Abs(got.Mag-of.Mag) > 1e-6 || math.Abs(got.JD-of.JD) > 1e-7 || got.Points != of.Points {
			t.Errorf("%s: %+v, want %+v", match.ID, got, of)
		}
		delete(want, match.ID)
	}
	if len(want) > 0 {
		t.Errorf("not passed: %v", want)
	}
}

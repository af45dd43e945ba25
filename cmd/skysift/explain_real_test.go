package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skysift/skysift/internal/testdata"
)

// TestExplainSaysOfRealAlertsWhatReplaySays: the way to a verdict leads to the
// same verdict, with each filter of the reference and every alert.
func TestExplainSaysOfRealAlertsWhatReplaySays(t *testing.T) {
	var files []string
	for _, folder := range []string{"*.avro", "*/*.avro", "*/*/*.avro"} {
		found, err := filepath.Glob(filepath.Join(testdata.Dir(t), "ztf", folder))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found[:min(len(found), 60)]...)
	}
	code, lines, stderr := command(append([]string{"replay", "--filters", referenceFilters, "--output", "json"}, files...)...)
	if code != exitGood {
		t.Fatal(stderr)
	}
	passed := map[string]bool{}
	for line := range strings.Lines(lines) {
		var match struct {
			ID      string
			Filters []string
		}
		if err := json.Unmarshal([]byte(line), &match); err != nil {
			t.Fatal(err)
		}
		for _, name := range match.Filters {
			passed[name+" "+match.ID] = true
		}
	}
	told, agreed := 0, 0
	for _, file := range files {
		code, lines, stderr := command("explain", "--filters", referenceFilters, "--output", "json", file)
		if code != exitGood {
			t.Fatal(stderr)
		}
		for line := range strings.Lines(lines) {
			var e struct {
				ID, Filter string
				Passes     bool
				First      *struct{ Clause int } `json:"first_failed"`
			}
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				t.Fatal(err)
			}
			told++
			if e.Passes == passed[e.Filter+" "+e.ID] && e.Passes == (e.First == nil) {
				agreed++
			} else {
				t.Errorf("%s: explain says that %s passes: %v", e.ID, e.Filter, e.Passes)
			}
		}
	}
	if len(passed) == 0 || agreed == len(passed) {
		t.Errorf("%d verdicts, %d of them matches: one kind was not tried", told, len(passed))
	}
}

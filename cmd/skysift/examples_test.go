package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestExamples runs each example's tests and its filters on its samples.
func TestExamples(t *testing.T) {
	for name, passed := range map[string]map[string]string{
		"facility": {"drive-current": "1", "mirror-gradient": "1", "close-the-dome": "2", "distant": "1", "near-the-field": "4"},
		"gcn":      {"likely-astrophysical-neutrino": "1", "well-placed-burst": "1", "off-the-galactic-plane": "2"},
		"lasair":   {"positive": "1", "has-been-bright": "1", "ten-sigma-in-r": "1", "even": "1"},
		"bluesky":  {"saturated": "1", "beam-lost": "2", "failed-run": "1", "primary-stream": "1"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join("..", "..", "examples", name)
			filters := filepath.Join(folder, "filters.yaml")
			for _, args := range [][]string{{"validate", filters}, {"test", folder}} {
				if code, stdout, stderr := command(args...); code != exitGood || strings.Contains(stdout, "warning") {
					t.Errorf("%v: exit code %d\n%s%s", args, code, stdout, stderr)
				}
			}
			code, stdout, stderr := command("replay", "--filters", filters, filepath.Join(folder, "samples"))
			if code != exitGood || !strings.Contains(stderr, " 0 rejected") {
				t.Fatalf("replay: exit code %d\n%s", code, stderr)
			}
			for _, line := range strings.Split(strings.TrimSpace(stdout), "\n")[1:] {
				words := strings.Fields(line)
				if passed[words[0]] != words[2] {
					t.Errorf("%s passed %s, want %s", words[0], words[2], passed[words[0]])
				}
				delete(passed, words[0])
			}
			if len(passed) > 0 {
				t.Errorf("the table lacks %v", passed)
			}
		})
	}
}

package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skysift/skysift/internal/simulate"
)

// filters pass every alert.
const filters = `version: 1
filters:
  - name: any
    class: sample
    where: candidate.magpsf < 99
`

func TestAFileOfAlertsIsJudged(t *testing.T) {
	night, err := simulate.New(simulate.Options{Seed: 1, Alerts: 2, Cutouts: simulate.CutoutsNone})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "filters.yaml"), []byte(filters))
	write(t, filepath.Join(dir, "alerts", "a.avro"), night.At(0).Value)
	write(t, filepath.Join(dir, "alerts", "b.avro"), night.At(1).Value)
	write(t, filepath.Join(dir, "alerts", "c.avro"), []byte("no Avro at all"))

	var out strings.Builder
	if err := judge(context.Background(), &out, filepath.Join(dir, "filters.yaml"), []string{filepath.Join(dir, "alerts")}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 4 || !strings.HasSuffix(lines[0], " sample any") || !strings.HasPrefix(lines[2], "rejected: ") || lines[3] != "2 alerts: 2 delivered, 0 dropped" {
		t.Errorf("printed\n%s", out.String())
	}
}

func TestAWrongFileOfFiltersIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "filters.yaml")
	write(t, path, []byte(strings.Replace(filters, "magpsf", "magpfs", 1)))
	if _, err := load(path); err == nil || !strings.Contains(err.Error(), "unknown field candidate.magpfs") {
		t.Errorf("error %v", err)
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

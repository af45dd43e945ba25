package published

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTranslationsFromOtherBrokersAreValid takes what the tables of
// docs/from-other-brokers.md say to write as clauses and annotations.
func TestTranslationsFromOtherBrokersAreValid(t *testing.T) {
	text, err := os.ReadFile("../../docs/from-other-brokers.md")
	if err != nil {
		t.Fatal(err)
	}
	var filters strings.Builder
	filters.WriteString("version: 1\nstream: {survey: fink}\nfilters:\n")
	count := 0
	for line := range strings.Lines(string(text)) {
		ours, ok := translation(line)
		if !ok {
			continue
		}
		count++
		if annotations, isAnnotation := strings.CutPrefix(ours, "annotate: "); isAnnotation {
			fmt.Fprintf(&filters, "  - {name: n%d, class: a, where: 'true', annotate: %s}\n", count, annotations)
			continue
		}
		fmt.Fprintf(&filters, "  - name: n%d\n    class: a\n    where:\n      - >-\n        %s\n", count, ours)
	}
	if count < 40 {
		t.Fatalf("only %d translations are read", count)
	}
	file := filepath.Join(t.TempDir(), "filters.yaml")
	if err := os.WriteFile(file, []byte(filters.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	skysift.Binary(t).Run(t, enough, "validate", file)
}

// translation returns the expression that a row of a table says to write; not
// ok where it says something in words.
func translation(line string) (ours string, ok bool) {
	cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
	if len(cells) != 2 {
		return "", false
	}
	cell := strings.TrimSpace(cells[1])
	if !strings.HasPrefix(cell, "`") || strings.HasPrefix(cell, "`class: ") {
		return "", false
	}
	ours, _, _ = strings.Cut(cell[1:], "`")
	return ours, true
}

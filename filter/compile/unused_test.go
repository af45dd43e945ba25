package compile_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter/compile"
	"github.com/skysift/skysift/schemas"
)

const withSpares = `version: 1
lists:
  spare: [1]
  bands: [1, 2]
watchlists:
  mine: {file: stars.csv, radius: 3 arcsec}
catalogues:
  mine: stars.csv
regions:
  here: {polygon: [[0, 0], [10, 0], [5, 5]]}
  there: {polygon: [[0, 0], [10, 0], [5, 5]]}
define:
  idle: candidate.rb > 0.5
filters:
  - name: a
    class: b
    where:
      - candidate.fid in bands and candidate.rb > 0.3
      - near("mine", candidate.ra, candidate.dec, 0.1) or in_region(candidate.ra, candidate.dec, "there")
`

func warned(t *testing.T, path string) string {
	t.Helper()
	_, set, report := compile.Load(path, nil, schemas.Load)
	if set == nil {
		t.Fatal(report.Mistakes)
	}
	var told []string
	for _, w := range report.Warnings {
		told = append(told, fmt.Sprintf("%d:%d %v", w.Line, w.Column, w.Err))
	}
	return strings.Join(told, "\n")
}

func TestWhatNothingUsesIsWarnedOfInItsPlaceUnlessItIsMeant(t *testing.T) {
	dir := t.TempDir()
	file(t, dir, "stars.csv", "ra,dec\n1,2\n")
	want := `3:3 the list spare is not used
6:3 the watchlist mine is not used
10:3 the region here is not used
13:9 the definition idle is not used`
	if got := warned(t, file(t, dir, "filters.yaml", withSpares)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := warned(t, file(t, dir, "filters.yaml", withSpares+"ignore_warnings: [unused]\n")); got != "" {
		t.Errorf("told although it is meant: %s", got)
	}
}

func TestWhatAFileMeansItMeansOfAllItsFilters(t *testing.T) {
	text := oneClause("candidate.rb > 0.5 or candidate.rb <= 0.5")
	path := file(t, t.TempDir(), "filters.yaml", text)
	if got := warned(t, path); !strings.Contains(got, "the clause holds for every value of candidate.rb") {
		t.Errorf("told %q", got)
	}
	path = file(t, t.TempDir(), "filters.yaml", text+"ignore_warnings: expressions\n")
	if got := warned(t, path); got != "" {
		t.Errorf("told although it is meant: %s", got)
	}
}

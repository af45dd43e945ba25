package compile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/compile"
	"github.com/skysift/skysift/schemas"
)

const watching = `version: 1
watchlists:
  mine: {file: lists/mine.csv, radius: 3 arcsec}
filters:
  - name: a
    class: b
    where: watch("mine", candidate.ra, candidate.dec)
`

// folder makes a folder with files, by their paths.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		file(t, dir, name, text)
	}
	return dir
}

// load loads filters that have no mistakes.
func load(t *testing.T, loader *compile.Loader, path string) *filter.Set {
	t.Helper()
	_, set, report := loader.Load(path, nil, schemas.Load)
	if set == nil {
		t.Fatal(report.Mistakes[0])
	}
	return set
}

func TestPathsAreRelativeToTheFileThatNamesThem(t *testing.T) {
	dir := folder(t, map[string]string{"filters.yaml": watching, "lists/mine.csv": "1,2,a\n"})
	set := load(t, new(compile.Loader), filepath.Join(dir, "filters.yaml"))
	var a filter.Alert
	a.Reset(len(set.Fields))
	for slot, field := range set.Fields {
		a.Values[slot] = filter.FloatOf(map[string]float64{"candidate.ra": 1, "candidate.dec": 2.0005}[field.Path])
	}
	if verdicts, err := set.NewEvaluator().Evaluate(&a); err != nil || len(verdicts) != 1 {
		t.Errorf("%v, %v", verdicts, err)
	}
}

func TestVersionsFollowTheFiles(t *testing.T) {
	dir := folder(t, map[string]string{"filters.yaml": watching, "lists/mine.csv": "1,2,a\n"})
	path, list := filepath.Join(dir, "filters.yaml"), filepath.Join(dir, "lists", "mine.csv")
	var loader compile.Loader
	first := load(t, &loader, path).Filters[0].Version
	if again := load(t, &loader, path).Filters[0].Version; again != first || loader.Changed() {
		t.Errorf("versions %s and %s of the same files, changed: %v", first, again, loader.Changed())
	}
	file(t, dir, "lists/mine.csv", "1,2,a\n3,4,b\n")
	if !loader.Changed() || len(loader.Files()) != 1 || loader.Files()[0] != list {
		t.Errorf("changed: %v, files: %v", loader.Changed(), loader.Files())
	}
	if more := load(t, &loader, path).Filters[0].Version; more == first {
		t.Errorf("version %s of another list", more)
	}
	if err := os.Remove(list); err != nil || !loader.Changed() {
		t.Errorf("%v, changed: %v", err, loader.Changed())
	}
	if _, set, report := loader.Load(path, nil, schemas.Load); set != nil || len(report.Mistakes) != 1 {
		t.Errorf("%v", report.Mistakes)
	}
	if loader.Changed() {
		t.Error("a file that was missing and still is counts as changed")
	}
	file(t, dir, "lists/mine.csv", "1,2,a\n")
	if !loader.Changed() {
		t.Error("a file that is there again is not noticed")
	}
	if mended := load(t, &loader, path).Filters[0].Version; mended != first {
		t.Errorf("versions %s and %s of the same rows", first, mended)
	}
}

func TestSetsShareWhatHasNotChanged(t *testing.T) {
	dir := folder(t, map[string]string{"filters.yaml": watching, "lists/mine.csv": "1,2,a\n"})
	path := filepath.Join(dir, "filters.yaml")
	var loader compile.Loader
	one, _, _ := loader.Load(path, nil, schemas.Load)
	file(t, dir, "filters.yaml", watching+"  - {name: c, class: b, where: candidate.rb > 0.5}\n")
	two, _, _ := loader.Load(path, nil, schemas.Load)
	if a, b := one.Files[0].Sky.Watchlists[0].Content, two.Files[0].Sky.Watchlists[0].Content; a == nil || a != b {
		t.Errorf("the list was read again: %p, %p", a, b)
	}
	later := time.Now().Add(time.Minute)
	if err := os.Chtimes(filepath.Join(dir, "lists", "mine.csv"), later, later); err != nil {
		t.Fatal(err)
	}
	three, _, _ := loader.Load(path, nil, schemas.Load)
	if a, b := two.Files[0].Sky.Watchlists[0].Content, three.Files[0].Sky.Watchlists[0].Content; a == b {
		t.Error("a list with another time was not read again")
	}
}

func TestMistakesOfListsStandBesideThoseOfExpressions(t *testing.T) {
	dir := folder(t, map[string]string{
		"filters.yaml": `version: 1
watchlists:
  mine:
    file: mine.csv
    radius: 3 arcsec
catalogues:
  galaxies: galaxies.csv
regions:
  sky: {polygon: [[0, 0], [1, 0], [0, 95]]}
filters:
  - name: a
    class: b
    where:
      - watch("mine", candidate.ra, candidate.dec)
      - any(near("galaxies", candidate.ra, candidate.dec, 1), .zz > 1)
      - in_region(candidate.ra, candidate.dec, "sky")
`, "mine.csv": "ra,dec\n1,2\n1,92\n", "galaxies.csv": "ra,dec,z\n1,2,0.1\n",
	})
	want := `filters.yaml:4:11: watchlist "mine": mine.csv:3: the Dec 92 is out of range (it is in degrees, from -90 to 90)
filters.yaml:9:18: region "sky": corner 3 is at RA 0, Dec 95 (RA goes from 0 to 360, Dec from -90 to 90 degrees)
filters.yaml:15:64: filter "a", clause 2: catalogue galaxies has no column zz (did you mean z?)`
	if got := told(t, filepath.Join(dir, "filters.yaml")); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestAnEmptyListIsAWarning(t *testing.T) {
	dir := folder(t, map[string]string{"filters.yaml": watching, "lists/mine.csv": "ra,dec,id\n"})
	_, set, report := compile.Load(filepath.Join(dir, "filters.yaml"), nil, schemas.Load)
	if set == nil || len(report.Warnings) != 1 || !strings.Contains(report.Warnings[0].Error(), `watchlist "mine": `+dir+`/lists/mine.csv: the file has no rows`) {
		t.Errorf("%v, %v", report.Mistakes, report.Warnings)
	}
}

// TestANameOfTheSkyHasOneMeaningInAFolder, and is seen in its own file only.
func TestANameOfTheSkyHasOneMeaningInAFolder(t *testing.T) {
	dir := folder(t, map[string]string{
		"a.yaml": watching, "lists/mine.csv": "1,2,a\n", "other.csv": "5,6,b\n",
		"b.yaml": strings.NewReplacer("lists/mine.csv", "other.csv", "name: a", "name: b").Replace(watching),
		"c.yaml": "version: 1\nfilters:\n  - {name: c, class: b, where: 'watch(\"mine\", candidate.ra, candidate.dec)'}\n",
	})
	_, set, report := compile.Load(dir, nil, schemas.Load)
	var found []string
	for _, m := range report.Mistakes {
		found = append(found, strings.ReplaceAll(m.Error(), dir+"/", ""))
	}
	want := `b.yaml:3:3: watchlist "mine": a.yaml has another of this name: in one folder a name has one meaning (rename one of them, or make them alike)
c.yaml:3:37: filter "c": clause 1: no watchlist is named mine`
	if set != nil || len(found) != 2 || found[0] != strings.Split(want, "\n")[0] || !strings.Contains(found[1], "no watchlist is named mine") {
		t.Errorf("got:\n%s", strings.Join(found, "\n"))
	}
}

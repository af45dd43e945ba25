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

const withList = `version: 1
lists:
  bands: {file: bands.txt}
  hosts: [SN, NT]
define:
  mine: candidate.fid in bands
filters:
  - name: a
    class: b
    where:
      - mine or candidate.ssnamenr in hosts
`

func TestMistakesAboutListsStandWhereTheyAreInTheFile(t *testing.T) {
	dir := t.TempDir()
	file(t, dir, "bands.txt", "1\n2\n")
	path := file(t, dir, "filters.yaml", strings.ReplaceAll(withList, "define:", "  spare: [1]\n  candidate: [2]\ndefine:\n  hosts: candidate.fid == 1\n  wrong: candidate.magpsf in hots"))
	want := `filters.yaml:6:3: the list candidate hides the alert's field of that name (choose another name)
filters.yaml:8:10: definition "hosts": there is a list of the name hosts (choose another name)
filters.yaml:9:30: definition "wrong": unknown field hots (did you mean hosts?)`
	if got := told(t, path); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	_, _, report := compile.Load(path, nil, schemas.Load)
	if !strings.Contains(report.Warnings[0].Error(), "filters.yaml:5:3: the list spare is not used") {
		t.Errorf("warnings %v", report.Warnings)
	}
}

func TestAFoldersListsBelongToTheirFiles(t *testing.T) {
	const one = "version: 1\nlists:\n  bands: [1, 2]\nfilters:\n  - {name: a, class: c, where: candidate.fid in bands}\n"
	for second, want := range map[string]string{
		strings.ReplaceAll(one, "name: a", "name: b"): "",
		strings.ReplaceAll(strings.ReplaceAll(one, "name: a", "name: b"), "[1, 2]", "[1, 3]"): "b.yaml:3:3: a.yaml has another list of this name: in one folder a name has one meaning " +
			"(rename one of them, or make them alike)",
		"version: 1\nfilters:\n  - {name: b, class: c, where: candidate.fid in bands}\n": `b.yaml:3:49: filter "b", clause 1: unknown field bands (alerts of the survey ztf have no such field: name another as stream.survey, or say stream.format: json or msgpack for messages of your own)`,
	} {
		dir := folderOf(t, one, second)
		if got := strings.ReplaceAll(toldOfFolder(t, dir), dir+"/", ""); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

// TestAChangedListIsAnotherFilter: the loader sees that a list's file has
// changed, also from nothing, and what is in it is part of the filter's version.
func TestAChangedListIsAnotherFilter(t *testing.T) {
	dir := t.TempDir()
	path := file(t, dir, "filters.yaml", withList)
	var loader compile.Loader
	load := func() *filter.Set {
		_, set, _ := loader.Load(path, nil, schemas.Load)
		return set
	}
	if load() != nil || loader.Changed() {
		t.Error("a set without the list's file, or a change of it")
	}
	list := file(t, dir, "bands.txt", "1\n2\n")
	if !loader.Changed() {
		t.Error("the list's file has come, and nothing has changed")
	}
	first := load()
	if loader.Changed() || first == nil {
		t.Fatal("a change after the list was read, or no set")
	}
	file(t, dir, "bands.txt", "1\n3\n")
	if err := os.Chtimes(list, time.Time{}, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if !loader.Changed() || loader.Files()[0] != filepath.Join(dir, "bands.txt") {
		t.Errorf("no change of %v", loader.Files())
	}
	if second := load(); second.Filters[0].Version == first.Filters[0].Version {
		t.Error("another list, and the same version")
	}
}

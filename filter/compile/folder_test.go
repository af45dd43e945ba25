package compile_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/compile"
	"github.com/skysift/skysift/schemas"
)

const first = `version: 1
define:
  positive: candidate.isdiffpos in ["t", "1"]
  limit: 19
filters:
  - name: bright
    class: transient
    where: positive and candidate.magpsf < limit
`

const second = `version: 1
define:
  limit: 19
  positive: candidate.isdiffpos in ["t", "1"]
filters:
  - name: good
    class: transient
    where:
      - positive
      - candidate.rb > 0.5
`

// folderOf writes two files of filters.
func folderOf(t *testing.T, a, b string) string {
	t.Helper()
	dir := t.TempDir()
	file(t, dir, "a.yaml", a)
	file(t, dir, "b.yaml", b)
	return dir
}

func toldOfFolder(t *testing.T, dir string) string {
	t.Helper()
	_, _, report := compile.Load(dir, nil, schemas.Load)
	var lines []string
	for _, m := range report.Mistakes {
		lines = append(lines, strings.ReplaceAll(m.Error(), dir+string(filepath.Separator), ""))
	}
	return strings.Join(lines, "\n")
}

func TestAFoldersFiltersAreOneSet(t *testing.T) {
	_, set, report := compile.Load(folderOf(t, first, second), nil, schemas.Load)
	if set == nil {
		t.Fatal(report.Mistakes)
	}
	if len(set.Filters) != 2 || set.Filters[0].Name != "bright" || set.Filters[1].Name != "good" {
		t.Errorf("filters: %+v", set.Filters)
	}
	if len(set.Fields) != 3 {
		t.Errorf("fields: %+v", set.Fields)
	}
	for _, test := range []struct {
		positive string
		mag, rb  float64
		want     string
	}{
		{"t", 18, 0.9, "bright good"}, {"t", 20, 0.9, "good"}, {"1", 18, 0.1, "bright"}, {"f", 18, 0.9, ""},
	} {
		got := passed(t, set, map[string]filter.Value{
			"candidate.isdiffpos": filter.StringOf(test.positive),
			"candidate.magpsf":    filter.FloatOf(test.mag),
			"candidate.rb":        filter.FloatOf(test.rb),
		})
		if got != test.want {
			t.Errorf("%+v: passed %q", test, got)
		}
	}
}

// passed returns the names of the filters that an alert matches.
func passed(t *testing.T, set *filter.Set, fields map[string]filter.Value) string {
	t.Helper()
	var alert filter.Alert
	alert.Reset(len(set.Fields))
	for i, field := range set.Fields {
		alert.Values[i] = fields[field.Path]
	}
	verdicts, err := set.NewEvaluator().Evaluate(&alert)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, v := range verdicts {
		if v.Err != nil {
			t.Error(v.Err)
		}
		names = append(names, set.Filters[v.Filter].Name)
	}
	return strings.Join(names, " ")
}

func TestADefinitionIsSeenByItsOwnFileOnly(t *testing.T) {
	other := "version: 1\nfilters:\n  - name: good\n    class: x\n    where: positive\n"
	got := toldOfFolder(t, folderOf(t, first, other))
	if !strings.Contains(got, `b.yaml:5:12: filter "good", clause 1: unknown`) {
		t.Errorf("got\n%s", got)
	}
}

func TestOneNameHasOneMeaningInAFolder(t *testing.T) {
	dir := folderOf(t, first, strings.Replace(second, "limit: 19", "limit: 20", 1))
	got := toldOfFolder(t, dir)
	want := `b.yaml:3:10: definition "limit": a.yaml has another definition of this name: in one folder a name has one meaning (rename one of them, or make them alike)`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestEachFileOfAFolderIsChecked(t *testing.T) {
	dir := folderOf(t, strings.Replace(first, "magpsf", "magpfs", 1), strings.Replace(second, "candidate.rb", "candidate.bb", 1))
	got := toldOfFolder(t, dir)
	for _, want := range []string{`a.yaml:8:35: filter "bright", clause 1: unknown field`, `b.yaml:10:19: filter "good", clause 2: unknown field`} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %s", got, want)
		}
	}
}

func TestAFiltersVersionIsTheSameAloneAndInAFolder(t *testing.T) {
	dir := folderOf(t, first, second)
	_, together, _ := compile.Load(dir, nil, schemas.Load)
	_, alone, _ := compile.Load(filepath.Join(dir, "b.yaml"), nil, schemas.Load)
	if together.Filters[1].Version == "" || together.Filters[1].Version != alone.Filters[0].Version {
		t.Errorf("versions %q and %q", together.Filters[1].Version, alone.Filters[0].Version)
	}
}

package compile_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/compile"
	"github.com/skysift/skysift/filter/spec"
	"github.com/skysift/skysift/schemas"
)

// file writes a file of filters.
func file(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// told loads filters and returns their mistakes in the words a person reads,
// with the folder taken out.
func told(t *testing.T, path string) string {
	t.Helper()
	_, set, report := compile.Load(path, nil, schemas.Load)
	if (set == nil) != (len(report.Mistakes) > 0) {
		t.Errorf("a set is there: %v, with %d mistakes", set != nil, len(report.Mistakes))
	}
	var lines []string
	for _, m := range report.Mistakes {
		lines = append(lines, strings.ReplaceAll(m.Error(), filepath.Dir(path)+"/", ""))
	}
	return strings.Join(lines, "\n")
}

func TestLanguageMistakesStandWhereTheyAreInTheFile(t *testing.T) {
	path := file(t, t.TempDir(), "filters.yaml", `version: 1
define:
  bright: candidate.magpfs < 19
filters:
  - name: a
    class: b
    where:
      - bright
      - |
        candidate.rb > 0.5 and
        candidte.fid == 1
      - 'candidate.ssnamenr == ''x'' and candidate.fidd == 1'
    annotate:
      peak: candidate.magapp
`)
	want := `filters.yaml:3:21: definition "bright": unknown field candidate.magpfs (did you mean magpsf?)
filters.yaml:11:9: filter "a", clause 2: unknown field candidte (did you mean candidate?)
filters.yaml:12:52: filter "a", clause 3: unknown field candidate.fidd (did you mean fid?)
filters.yaml:14:23: filter "a", annotation "peak": unknown field candidate.magapp (did you mean magap?)`
	if got := told(t, path); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestMistakesOfYAMLAndOfTheLanguageAreToldTogether(t *testing.T) {
	path := file(t, t.TempDir(), "filters.yaml", `version: 1
stream:
  survey: zft
define:
  positive:
  real: positive and candidate.rb > 0.5
filters:
  - name: a
    class: b c
    where:
      - real
      - 5
      - positive
      - candidate.fid
  - name: c
    class: d
    annotate:
      x: 5 +
`)
	want := `filters.yaml:3:11: unknown survey "zft": known are fink, lsst, ztf, and none leaves names unchecked
filters.yaml:5:12: definition "positive": the expression is empty (write a test, such as candidate.magpsf < 19)
filters.yaml:9:12: filter "a": class "b c" has ' ' in it: a topic's name takes letters, digits, '.', '_' and '-'
filters.yaml:12:9: filter "a", clause 2: 5 is a number, and a clause is true or false (compare with it, such as candidate.magpsf < 5)
filters.yaml:15:5: filter "c": the filter has no where (write where: and the test an alert must pass)
filters.yaml:18:12: filter "c", annotation "x": `
	got := told(t, path)
	if !strings.HasPrefix(got, want) || strings.Count(got, "\n") != 5 {
		t.Errorf("got\n%s\nwant\n%s…", got, want)
	}
}

func TestTheUsesOfAnUnreadDefinitionAreNoNews(t *testing.T) {
	path := file(t, t.TempDir(), "filters.yaml", `version: 1
define:
  positive:
  real: positive and candidate.rb > 0.5
filters:
  - name: a
    class: b
    where:
      - real
      - not positive
`)
	want := "filters.yaml:3:12: definition \"positive\": the expression is empty (write a test, such as candidate.magpsf < 19)"
	if got := told(t, path); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAClauseKeepsItsNumberAfterOneThatCannotBeRead(t *testing.T) {
	path := file(t, t.TempDir(), "filters.yaml", `version: 1
filters:
  - name: a
    class: b
    where:
      -
      - candidate.rb > 0.5
      - candidate.fidd == 1
`)
	if got := told(t, path); !strings.Contains(got, `filters.yaml:8:19: filter "a", clause 3: unknown field`) {
		t.Errorf("got\n%s", got)
	}
}

func TestAnExpressionThatACommentCutsOffIsToldSo(t *testing.T) {
	for _, where := range []string{`candidate.ssnamenr == "P/Halley #1"`, "\n      - candidate.ssnamenr == 'P/Halley #1'", "all(1..9, # > candidate.fid)"} {
		path := file(t, t.TempDir(), "filters.yaml", "version: 1\nfilters:\n  - name: a\n    class: b\n    where: "+where+"\n")
		if got := told(t, path); !strings.Contains(got, `YAML ends the expression before " #"`) {
			t.Errorf("%s: got\n%s", where, got)
		}
	}
}

func TestWarningsLeaveASet(t *testing.T) {
	path := file(t, t.TempDir(), "filters.yaml", `version: 1
define:
  spare: candidate.rb > 0.5
filters:
  - name: a
    class: b
    where: candidate.rb > 0.5
`)
	_, set, report := compile.Load(path, nil, schemas.Load)
	if set == nil || len(report.Warnings) != 1 {
		t.Fatalf("set %v, report %+v", set != nil, report)
	}
	if got := report.Warnings[0].Error(); !strings.Contains(got, `:3:10: definition "spare": `) {
		t.Errorf("warning: %s", got)
	}
}

func TestAnUnreadableSchemaIsToldAtTheSurvey(t *testing.T) {
	path := file(t, t.TempDir(), "filters.yaml", "version: 1\nstream:\n  survey: mine\nfilters:\n  - {name: a, class: b, where: x > 5}\n")
	failure := errors.New("no such folder")
	_, set, report := compile.Load(path, nil, func(survey string) (*filter.Schema, error) {
		if survey != "mine" {
			t.Errorf("asked for survey %q", survey)
		}
		return nil, failure
	})
	if set != nil || len(report.Mistakes) != 1 || !errors.Is(report.Mistakes[0], failure) || report.Mistakes[0].Line != 3 {
		t.Errorf("report: %+v", report)
	}
}

func TestSurveyNoneLeavesNamesUnchecked(t *testing.T) {
	text := "version: 1\nstream:\n  survey: none\nfilters:\n  - {name: a, class: b, where: telescope.dome.open}\n"
	if got := told(t, file(t, t.TempDir(), "filters.yaml", text)); got != "" {
		t.Error(got)
	}
}

func TestTheRepositorysFiltersAreRightOnTheirSurveys(t *testing.T) {
	files, err := filepath.Glob("../../examples/*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(files, "../../filters.yaml") {
		doc, _ := spec.Read(path, noVariables)
		if strings.HasSuffix(path, "_test.yaml") || doc.Stream.Format != "" { // a facility's own messages
			continue
		}
		surveys := []string{doc.Stream.Survey}
		if doc.Stream.Survey == "" || doc.Stream.Survey == "ztf" { // Fink's alerts have ZTF's fields, and more
			surveys = []string{"ztf", "fink"}
		}
		for _, survey := range surveys {
			_, set, report := compile.Load(path, nil, func(string) (*filter.Schema, error) { return schemas.Load(survey) })
			for _, found := range append(report.Mistakes, report.Warnings...) {
				t.Errorf("%s: %s", survey, found.Drawn())
			}
			if set == nil {
				t.Errorf("%s: no set of %s", survey, path)
			}
		}
	}
}

func TestADocumentWithoutFilesGivesNoSet(t *testing.T) {
	set, report := compile.Set(&spec.Document{}, nil)
	if set != nil || len(report.Mistakes) > 0 {
		t.Errorf("set %v, report %+v", set, report)
	}
}

func TestMistakesWithoutEndAreCutOff(t *testing.T) {
	text := "version: 1\nfilters:\n  - name: a\n    class: b\n    where: [" + strings.Repeat("magpfs < 19, ", 3000) + "x]\n"
	_, _, report := compile.Load(file(t, t.TempDir(), "filters.yaml", text), nil, schemas.Load)
	if len(report.Mistakes) != 100 {
		t.Errorf("%d mistakes", len(report.Mistakes))
	}
}

func TestFiltersOfTwoFilesThatAreAlikeAreWarnedOfOnce(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"a.yaml": "version: 1\ndefine: {bright: candidate.magpsf < 18}\nfilters:\n  - {name: a, class: c, where: bright}\n  - {name: b, class: d, where: bright}\n",
		"b.yaml": "version: 1\nfilters:\n  - {name: e, class: c, where: candidate.magpsf < 18}\n  - {name: f, class: e, where: candidate.magpsf < 18, plugin: {}}\n",
	} {
		file(t, folder, name, text)
	}
	doc, _ := spec.Read(folder, nil)
	_, report := compile.Set(doc, nil)
	var got []string
	for _, w := range report.Warnings {
		got = append(got, fmt.Sprintf("%s:%d: %s: %v", filepath.Base(w.Path), w.Line, w.Filter, w.Err))
	}
	want := []string{
		`a.yaml:5: b: its clauses are those of filter "a"`,
		`b.yaml:3: e: its clauses are those of filter "a"`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func noVariables(string) (string, bool) { return "", false }

// TestAFilterSaysWhichWarningsItMeans in one file, and in a folder, where
// filters are compared that stand in different files.
func TestAFilterSaysWhichWarningsItMeans(t *testing.T) {
	first := "version: 1\ndefine:\n  bright: candidate.magpsf < 19\nfilters:\n  - {name: a, class: c, where: bright}\n"
	second := "version: 1\ndefine:\n  bright: candidate.magpsf < 19\nfilters:\n  - {name: b, class: c, where: bright%s}\n"
	for ignore, want := range map[string]int{"": 1, ", ignore_warnings: covered": 1, ", ignore_warnings: duplicate": 0, `, ignore_warnings: [covered, "duplicate"]`: 0} {
		dir := t.TempDir()
		file(t, dir, "1.yaml", first)
		file(t, dir, "2.yaml", fmt.Sprintf(second, ignore))
		_, set, report := compile.Load(dir, nil, schemas.Load)
		if set == nil || len(report.Warnings) != want {
			t.Errorf("%q: warnings %v, want %d", ignore, report.Warnings, want)
		}
	}
}

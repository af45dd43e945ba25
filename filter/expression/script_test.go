package expression

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/schemas"
)

// TestScripts runs testdata/*.test. A line "alert {…}" sets the alert, a line
// that is not indented is an expression, and the indented line below it its
// value as JSON, or "fails: why". Lines with # are comments. Each expression is
// compiled with the schema that the alert gives and without any; below a line
// "survey NAME" with that survey's, view and all.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.test")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".test"), func(t *testing.T) { runScript(t, file) })
	}
}

func runScript(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	root, expression := tree{}, ""
	var survey *filter.Schema
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "survey "):
			if survey, err = schemas.Load(line[len("survey "):]); err != nil {
				t.Fatal(err)
			}
		case strings.HasPrefix(line, "alert "):
			root = parseTree(t, line[len("alert "):])
		case strings.HasPrefix(line, "    ") && survey != nil:
			checkLine(t, survey, expression, strings.TrimSpace(line), root)
		case strings.HasPrefix(line, "    "):
			checkLine(t, schemaOf(root), expression, strings.TrimSpace(line), root)
			checkLine(t, nil, expression, strings.TrimSpace(line), root)
		default:
			expression = line
		}
	}
}

func checkLine(t *testing.T, schema *filter.Schema, expression, want string, root tree) {
	t.Helper()
	if why, fails := strings.CutPrefix(want, "fails: "); fails {
		checkFails(t, schema, expression, why, root)
		return
	}
	if got := string(valueOf(t, schema, expression, root).AppendJSON(nil)); got != want {
		t.Errorf("%s\n    is %s, want %s (schema: %v)", expression, got, want, schema != nil)
	}
}

func checkFails(t *testing.T, schema *filter.Schema, expression, why string, root tree) {
	t.Helper()
	set := compiled(t, Program{Schema: schema, Filters: []Filter{{Name: "f", Class: "c", Where: []string{expression}}}})
	var a filter.Alert
	fill(&a, set.Fields, root)
	verdicts, err := set.NewEvaluator().Evaluate(&a)
	var failure *Error
	if err != nil || len(verdicts) != 1 || !errors.As(verdicts[0].Err, &failure) || !strings.Contains(failure.Error(), why) {
		t.Errorf("%s: %v, %v; want it to fail: %s", expression, verdicts, err, why)
	}
}

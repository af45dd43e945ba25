// Package published tests the filters of this folder.
package published

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/skysift/skysift/internal/skysifttest"
)

// enough is longer than anything here takes on a busy machine.
const enough = 2 * time.Minute

var skysift skysifttest.Shared

func TestMain(m *testing.M) {
	code := m.Run()
	skysift.Remove()
	os.Exit(code)
}

// filterFiles are the files of filters in this folder.
func filterFiles(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, file := range all {
		if !strings.HasSuffix(file, "_test.yaml") {
			files = append(files, file)
		}
	}
	if len(files) < 11 {
		t.Fatalf("only %v", files)
	}
	return files
}

func TestEveryFilterIsValidWithoutAWarning(t *testing.T) {
	for _, file := range filterFiles(t) {
		run := skysift.Binary(t).Run(t, enough, "validate", absolute(t, file))
		if strings.Contains(run.Log(), "warning") {
			t.Errorf("%s: %s", file, run.Log())
		}
	}
}

// Each clause of each filter is seen to hold and not to hold.
func TestEveryFiltersTestsPassAndCoverEachClause(t *testing.T) {
	for _, file := range filterFiles(t) {
		tests := strings.TrimSuffix(file, ".yaml") + "_test.yaml"
		run := skysift.Binary(t).Run(t, enough, "test", "--coverage", absolute(t, tests))
		if unseen.MatchString(run.Stdout()) || !strings.Contains(run.Stdout(), "seen both true and false") {
			t.Errorf("%s: %s", file, run.Stdout())
		}
	}
}

// unseen is what the coverage says of a clause that no test has tried.
var unseen = regexp.MustCompile(`clause \d+ never seen`)

func absolute(t *testing.T, path string) string {
	t.Helper()
	full, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return full
}

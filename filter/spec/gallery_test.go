package spec_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter/spec"
)

var update = flag.Bool("update", false, "write the .txt files of testdata")

// environment is what the gallery's variables hold.
func environment(name string) (string, bool) {
	value, set := map[string]string{
		"TEST_SECRET": secretValue,
		"TEST_EMPTY":  "",
		"TEST_LINES":  "one\ntwo",
		"TEST_TOPIC":  "hidden_topic",
		"TEST_GROUP":  "night-7",
	}[name]
	return value, set
}

const secretValue = "hunter2-is-nobody's-business"

// TestGallery reads each *.bad.yaml and compares what a person is told with
// the .txt beside it. go test -update writes the .txt files.
func TestGallery(t *testing.T) {
	files, err := filepath.Glob("testdata/*.bad.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no gallery: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".bad.yaml"), func(t *testing.T) {
			got := told(t, file)
			golden := strings.TrimSuffix(file, ".bad.yaml") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// told returns the mistakes and warnings of a file as a person reads them.
func told(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc, mistakes := spec.Parse("filters.yaml", text, environment)
	var b strings.Builder
	for _, m := range mistakes {
		b.WriteString(m.Drawn() + "\n")
		if strings.Contains(m.Error()+m.Drawn(), secretValue) {
			t.Errorf("an error repeats a variable's value: %s", m.Drawn())
		}
	}
	for _, w := range doc.Warnings {
		b.WriteString("warning: " + w.Drawn() + "\n")
	}
	if len(mistakes) == 0 && len(doc.Warnings) == 0 {
		t.Error("nothing is wrong with it")
	}
	return b.String()
}

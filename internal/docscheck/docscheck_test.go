//go:build unix

package docscheck

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const repository = "../.."

// documents are README.md and all of docs.
func documents(t *testing.T) []Document {
	t.Helper()
	var found []Document
	read := func(name string) {
		text, err := os.ReadFile(filepath.Join(repository, name))
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, Parse(filepath.ToSlash(name), string(text)))
	}
	read("README.md")
	err := fs.WalkDir(os.DirFS(repository), "docs", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(name) == ".md" {
			read(name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestLinksLeadSomewhere(t *testing.T) {
	found := documents(t)
	for _, problem := range CheckLinks(os.DirFS(repository), found) {
		t.Error(problem)
	}
	for _, document := range found {
		for _, problem := range document.Problems {
			t.Error(problem)
		}
	}
}

// Each file of testdata is a document; what must be found in it stands at its
// end, below the heading Problems, each line the beginning of one problem.
func TestAnUntrueDocumentFails(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.md")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".md"), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			body, want, _ := strings.Cut(string(text), "\n# Problems\n")
			document := Parse(filepath.Base(path), body)
			checker := &Checker{Root: repository, Path: fakes(t) + ":" + os.Getenv("PATH"), Log: t.Logf, Patience: 3 * time.Second}
			problems := checker.Check(document, t.TempDir())
			problems = append(problems, CheckLinks(os.DirFS("testdata"), []Document{document})...)
			compare(t, problems, strings.TrimSpace(want))
		})
	}
}

func compare(t *testing.T, problems []Problem, want string) {
	t.Helper()
	var expected []string
	if want != "" {
		expected = strings.Split(want, "\n")
	}
	if len(problems) != len(expected) {
		t.Fatalf("found %v, want %d problems", problems, len(expected))
	}
	for i, problem := range problems {
		got := strings.Join(strings.Fields(problem.String()), " ")
		if !strings.HasPrefix(got, expected[i]) {
			t.Errorf("found\n  %s\nwant\n  %s", got, expected[i])
		}
	}
}

// fakes returns a folder with a skysift that only knows validate, and refuses
// files that say wrong.
func fakes(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	script := "#!/bin/sh\n[ \"$1\" = validate ] && ! grep -q wrong \"$2\" || { echo \"$2: wrong\"; exit 2; }\n"
	if err := os.WriteFile(filepath.Join(dir, "skysift"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Package testdata finds the real alerts and messages that tests run on. They
// are not ours to redistribute, so they lie outside the repository.
package testdata

import (
	"os"
	"path/filepath"
	goruntime "runtime"
	"testing"
)

// Dir returns the folder of the real data: $SKYSIFT_TESTDATA, or
// ../shared/data beside the repository. Where it is absent the test is
// skipped, and fails in CI.
func Dir(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("SKYSIFT_TESTDATA")
	if dir == "" {
		dir = filepath.Join(root(), "..", "shared", "data")
	}
	if _, err := os.Stat(filepath.Join(dir, "manifest.json")); err == nil {
		return dir
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("real alerts are needed in CI and are not in %s: set SKYSIFT_TESTDATA", dir)
	}
	t.Skipf("real alerts are not in %s: set SKYSIFT_TESTDATA to the folder that holds them", dir)
	return ""
}

// Files returns the files with the ending ext below the named groups, in
// lexical order.
func Files(t testing.TB, ext string, groups ...string) []string {
	t.Helper()
	var files []string
	for _, group := range groups {
		err := filepath.WalkDir(filepath.Join(Dir(t), group), func(path string, entry os.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && filepath.Ext(path) == ext {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(files) == 0 {
		t.Fatalf("no %s files below %v", ext, groups)
	}
	return files
}

func root() string {
	_, file, _, _ := goruntime.Caller(0)
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}

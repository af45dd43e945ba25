// Package skysifttest builds the skysift command and runs it as its users do,
// as a process of its own, for tests from outside.
package skysifttest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"sync"
	"testing"
)

// Binary is a skysift that was built.
type Binary struct{ path string }

// Build builds cmd/skysift as it stands, with build tags if any are given.
// Where nothing has changed since the last build, Go's cache makes it quick.
func Build(t testing.TB, tags ...string) Binary {
	t.Helper()
	b, err := build(t.TempDir(), tags)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Shared is one binary for all tests of a package, built for the first that
// asks for it. TestMain removes it.
type Shared struct {
	mu     sync.Mutex
	dir    string
	binary Binary
	err    error
}

// Binary returns the package's binary.
func (s *Shared) Binary(t testing.TB) Binary {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dir == "" && s.err == nil {
		if s.dir, s.err = os.MkdirTemp("", "skysift-test-*"); s.err == nil {
			s.binary, s.err = build(s.dir, nil)
		}
	}
	if s.err != nil {
		t.Fatal(s.err)
	}
	return s.binary
}

// Remove removes the binary.
func (s *Shared) Remove() {
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
}

func build(dir string, tags []string) (Binary, error) {
	path := filepath.Join(dir, "skysift")
	cmd := exec.Command("go", "build", "-tags", strings.Join(tags, ","), "-o", path, "./cmd/skysift")
	cmd.Dir = Root()
	if out, err := cmd.CombinedOutput(); err != nil {
		return Binary{}, fmt.Errorf("building skysift: %w\n%s", err, out)
	}
	return Binary{path}, nil
}

// Root is the repository's folder.
func Root() string {
	_, file, _, _ := goruntime.Caller(0)
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}

// environment is ours without the variables that would set skysift's flags.
func environment() (kept []string) {
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "SKYSIFT_") {
			kept = append(kept, variable)
		}
	}
	return kept
}

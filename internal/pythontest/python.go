// Package pythontest runs Python programs with packages from PyPI, for tests
// that compare us with, or are read by, what others use.
package pythontest

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/skysift/skysift/internal/cache"
	"github.com/skysift/skysift/internal/skysifttest"
)

// Requirements is the file, below the repository's folder, that pins the
// packages of the clients that people use.
const Requirements = "internal/interop/requirements.txt"

// Interpreter returns the Python of an environment that has the packages of
// Requirements.
func Interpreter(t testing.TB) string {
	t.Helper()
	return InterpreterWith(t, Requirements)
}

// InterpreterWith returns the Python of an environment that has the packages
// which a file below the repository's folder pins, kept between runs. Where
// Python is missing the test is skipped, and fails in CI.
func InterpreterWith(t testing.TB, requirements string) string {
	t.Helper()
	if _, err := exec.LookPath("python3"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("python3 is needed in CI: install Python 3.11 or newer")
		}
		t.Skip("python3 is not installed")
	}
	file := filepath.Join(skysifttest.Root(), requirements)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("python/%x", sha256.Sum256(text))[:len("python/")+12]
	dir, err := cache.Folder(name, func(dir string) error { return install(dir, file) })
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "bin", "python")
}

func install(dir, requirements string) error {
	for _, command := range [][]string{
		{"python3", "-m", "venv", dir},
		{filepath.Join(dir, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements},
	} {
		if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("preparing Python (%v): %w\n%s", command, err, out)
		}
	}
	return nil
}

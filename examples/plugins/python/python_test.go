//go:build interop || bench

package python

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/skysift/skysift/internal/pythontest"
	"github.com/skysift/skysift/internal/skysifttest"
)

const requirements = "examples/plugins/python/requirements.txt"

// python runs Python with the SDK's pinned packages, in its folder, with a
// simulated night to read.
func python(t testing.TB, arguments ...string) {
	t.Helper()
	night := filepath.Join(t.TempDir(), "night")
	skysifttest.Build(t).Run(t, time.Minute, "simulate", "--out", night, "--alerts", "300")
	command := exec.Command(pythontest.InterpreterWith(t, requirements), arguments...)
	command.Env = append(os.Environ(), "SKYSIFT_NIGHT="+night, "PYTHONDONTWRITEBYTECODE=1")
	out, err := command.CombinedOutput()
	t.Logf("python %v:\n%s", arguments, out)
	if err != nil {
		t.Error(err)
	}
}

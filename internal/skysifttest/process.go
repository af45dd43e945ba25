package skysifttest

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/skysift/skysift/internal/child"
)

// Process is a skysift that was started.
type Process struct {
	*child.Process
	stdout, stderr stream
}

// Summary is what `run --output json` says on its end.
type Summary struct {
	Consumed        int64   `json:"consumed"`
	Delivered       int64   `json:"delivered"`
	Dropped         int64   `json:"dropped"`
	Rejected        int64   `json:"rejected"`
	Outputs         int64   `json:"outputs"`
	Seconds         float64 `json:"seconds"`
	AlertsPerSecond float64 `json:"alerts_per_second"`
	Filters         map[string]struct {
		Passed int64 `json:"passed"`
		Errors int64 `json:"errors"`
	} `json:"filters"`
}

// Start starts the binary. When the test ends, the process is killed if it
// still runs, and its log is shown if the test has failed.
func (b Binary) Start(t testing.TB, args ...string) *Process {
	t.Helper()
	p := &Process{}
	cmd := exec.Command(b.path, args...)
	cmd.Env = environment()
	cmd.Dir = t.TempDir()
	cmd.Stdout, cmd.Stderr = &p.stdout, &p.stderr
	var err error
	if p.Process, err = child.Start(cmd); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Kill()
		if t.Failed() {
			t.Logf("skysift %s\n%v\n%s", strings.Join(args, " "), p.State(), p.Log())
		}
	})
	return p
}

// Run starts the binary, waits for its end, and fails the test unless that is
// good.
func (b Binary) Run(t testing.TB, timeout time.Duration, args ...string) *Process {
	t.Helper()
	p := b.Start(t, args...)
	if code := p.ExitCode(t, timeout); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	return p
}

// ExitCode waits for the end and returns the exit code; -1: ended by a signal.
func (p *Process) ExitCode(t testing.TB, timeout time.Duration) int {
	t.Helper()
	select {
	case <-p.Done():
		return p.State().ExitCode()
	case <-time.After(timeout):
		_ = p.Signal(syscall.SIGQUIT) // its goroutines, into the log
		time.Sleep(time.Second)
		t.Fatalf("skysift has not ended within %v", timeout)
		return 0
	}
}

// Log is what the process has written to stderr so far.
func (p *Process) Log() string { return p.stderr.String() }

// Stdout is what the process has written to stdout so far.
func (p *Process) Stdout() string { return p.stdout.String() }

// Summary reads stdout as the summary of a run.
func (p *Process) Summary(t testing.TB) Summary {
	t.Helper()
	var s Summary
	decoder := json.NewDecoder(strings.NewReader(p.Stdout()))
	if err := decoder.Decode(&s); err != nil {
		t.Fatalf("stdout is not one JSON object: %v\n%s", err, p.Stdout())
	}
	if decoder.More() {
		t.Fatalf("stdout holds more than one JSON object:\n%s", p.Stdout())
	}
	if ended := s.Delivered + s.Dropped + s.Rejected; ended != s.Consumed {
		t.Errorf("of %d records consumed %d have an end: %+v", s.Consumed, ended, s)
	}
	return s
}

// AwaitLog waits until the log holds text.
func (p *Process) AwaitLog(t testing.TB, text string, timeout time.Duration) {
	t.Helper()
	p.AwaitLogAfter(t, 0, text, timeout)
}

// AwaitLogAfter waits until the log holds text beyond its first bytes.
func (p *Process) AwaitLogAfter(t testing.TB, first int, text string, timeout time.Duration) {
	t.Helper()
	for deadline := time.Now().Add(timeout); !strings.Contains(p.Log()[first:], text); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) || p.Ended() && !strings.Contains(p.Log()[first:], text) {
			t.Fatalf("the log does not say %q", text)
		}
	}
}

// Usage is what a process that has ended used: CPU time and peak memory.
type Usage struct {
	CPU      time.Duration
	PeakRSS  int64 // bytes
	ExitCode int
}

// Usage returns what the process used until its end.
func (p *Process) Usage() Usage { return UsageOf(p.State()) }

// UsageOf returns what a process used until its end.
func UsageOf(state *os.ProcessState) Usage {
	u := Usage{CPU: state.UserTime() + state.SystemTime(), ExitCode: state.ExitCode()}
	if r, ok := state.SysUsage().(*syscall.Rusage); ok {
		u.PeakRSS = int64(r.Maxrss) * maxrssUnit
	}
	return u
}

// stream is a buffer that is read while it is written.
type stream struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *stream) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// maxrssUnit is the unit of getrusage's ru_maxrss on Linux.
const maxrssUnit = 1024

package plugincheck

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// run checks this binary as a plug-in with a fault.
func run(t *testing.T, fault string, change ...func(*Config)) *Report {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	alerts, err := Simulated()
	if err != nil {
		t.Fatal(err)
	}
	config := Config{
		Command: []string{self, "misbehave", fault}, Alerts: alerts, Timeout: 20 * time.Second,
		warm: 50 * time.Millisecond, watched: 50 * time.Millisecond,
	}
	for _, c := range change {
		c(&config)
	}
	var told []Result
	report, err := Run(t.Context(), config, func(r Result) { told = append(told, r) })
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(told, report.Results) || len(told) != len(Names()) {
		t.Errorf("told %v, reported %v", told, report.Results)
	}
	return report
}

// failed returns the checks that failed.
func failed(r *Report) (names []string) {
	for _, result := range r.Results {
		if result.Outcome == Failed {
			names = append(names, result.Check)
		}
	}
	return names
}

func resultFor(r *Report, check string) Result {
	i := slices.IndexFunc(r.Results, func(result Result) bool { return result.Check == check })
	return r.Results[i]
}

func TestAPluginWithoutFaultPasses(t *testing.T) {
	report := run(t, "none", func(c *Config) { c.Golden = filepath.Join(t.TempDir(), "golden.json") })
	for _, result := range report.Results {
		if result.Outcome != OK {
			t.Errorf("%s: %s %s", result.Check, result.Outcome, result.Found)
		}
	}
	if !report.OK() || report.Plugin.GetName() != "misbehaving" {
		t.Errorf("OK %v, plug-in %v", report.OK(), report.Plugin)
	}
}

// A plug-in of the previous version is checked by what that version is: a call for each
// batch.
func TestAPluginOfThePreviousVersionIsCheckedToo(t *testing.T) {
	report := run(t, "previous", func(c *Config) { c.Golden = filepath.Join(t.TempDir(), "golden.json") })
	for _, result := range report.Results {
		if result.Outcome != OK || result.Check == "version" && result.Found != "1" {
			t.Errorf("%s: %s %s", result.Check, result.Outcome, result.Found)
		}
	}
	if got := failed(run(t, "previous-thousand")); !slices.Equal(got, []string{"thousand"}) {
		t.Errorf("of one that gives too few verdicts failed %v", got)
	}
}

func TestEachFaultFailsItsCheckAlone(t *testing.T) {
	for _, test := range []struct{ fault, check, found string }{
		{"dumb", "handshake", "no licence found"},
		{"handshake", "handshake", `the first line on stdout is "hello"`},
		{"version", "version", "version 9 of the protocol"},
		{"describe", "describe", "Description.name is empty"},
		{"health", "health", "asked for its health"},
		{"by-hand", "by-hand", "exits with 0"},
		{"empty", "empty", "segmentation fault"},
		{"one", "one", "exit status 7"},
		{"thousand", "thousand", "a batch of 1000 alerts got a reply about 999"},
		{"order", "order", "got a reply to batch"},
		{"missing", "missing", "candidate.magpsf is missing: no magnitude"},
		{"integers", "integers", "the last bits are lost"},
		{"cutouts", "cutouts", "large"},
		{"kinds", "kinds", "it ended while it judged"},
		{"cancel", "cancel", "it ended"},
		{"determinism", "determinism", "by another process and got another verdict"},
		{"memory", "memory", "its memory grew from"},
		{"shutdown", "shutdown", "still runs after 2s"},
		{"leftovers", "shutdown", "1 of its processes run on"},
		{"sigterm", "sigterm", "still runs 2s after SIGTERM"},
	} {
		t.Run(test.fault, func(t *testing.T) {
			t.Parallel()
			report := run(t, test.fault)
			if got := failed(report); !slices.Equal(got, []string{test.check}) {
				t.Errorf("failed: %v", got)
			}
			result := resultFor(report, test.check)
			if !strings.Contains(result.Found, test.found) {
				t.Errorf("found %q", result.Found)
			}
			if result.Mend == "" {
				t.Error("it does not say how to mend it")
			}
		})
	}
}

func TestAPluginThatWritesMuchOnStderrIsRead(t *testing.T) {
	t.Parallel()
	report := run(t, "panics")
	if got := failed(report); !slices.Equal(got, []string{"missing"}) {
		t.Errorf("failed: %v", got)
	}
	if found := resultFor(report, "missing").Found; !strings.Contains(found, "panicked: no magnitude") {
		t.Errorf("found %q", found)
	}
}

func TestAPluginThatHangsIsGivenUpAndStartedAnew(t *testing.T) {
	t.Parallel()
	report := run(t, "hangs", func(c *Config) { c.Timeout = 3 * time.Second })
	if got := failed(report); !slices.Equal(got, []string{"one"}) {
		t.Errorf("failed: %v", got)
	}
	if found := resultFor(report, "one").Found; !strings.Contains(found, "no reply within 3s") {
		t.Errorf("found %q", found)
	}
}

func TestWhatCannotBeStartedSaysWhy(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, test := range []struct{ path, found string }{
		{write("text", "#!/bin/sh\n", 0o644), "may not be executed"},
		{write("noise", "no shebang", 0o755), "is no program that this machine can run"},
		{write("lost", "#!/no/such/interpreter\n", 0o755), "cannot be started"},
	} {
		report := run(t, "none", func(c *Config) { c.Command = []string{test.path} })
		if found := resultFor(report, "start"); found.Outcome != Failed || !strings.Contains(found.Found, test.found) || found.Mend == "" {
			t.Errorf("%s: %+v", test.path, found)
		}
		if rest := report.Results[len(report.Results)-1]; rest.Outcome != Skipped || rest.Found != "not reached: start failed" {
			t.Errorf("%s: %+v", test.path, rest)
		}
	}
}

func TestOtherVerdictsThanGoldenOnesAreNamed(t *testing.T) {
	folder := t.TempDir()
	in := func(c *Config) { c.Golden = filepath.Join(folder, "golden.json") }
	if found := resultFor(run(t, "none", in), "golden"); found.Outcome != OK || !strings.Contains(found.Found, "is new") {
		t.Errorf("%+v", found)
	}
	if found := resultFor(run(t, "none", in), "golden"); found.Outcome != OK || found.Found != "200 alerts" {
		t.Errorf("%+v", found)
	}
	report := run(t, "verdicts", in)
	if got := failed(report); !slices.Equal(got, []string{"golden"}) {
		t.Errorf("failed: %v", got)
	}
	if found := resultFor(report, "golden").Found; !strings.Contains(found, "was a match id=") || !strings.Contains(found, "is no match") {
		t.Errorf("found %q", found)
	}
	if err := os.WriteFile(filepath.Join(folder, "golden.json"), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if found := resultFor(run(t, "none", in), "golden"); found.Outcome != Failed || !strings.Contains(found.Found, "no file of verdicts") {
		t.Errorf("%+v", found)
	}
}

func TestStoppingLeavesNoProcess(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	self, _ := os.Executable()
	alerts, _ := Simulated()
	_, err := Run(ctx, Config{Command: []string{self, "misbehave", "none"}, Alerts: alerts, Timeout: time.Minute}, func(r Result) {
		if r.Check == "one" {
			cancel()
		}
	})
	if err == nil {
		t.Error("it went on")
	}
}

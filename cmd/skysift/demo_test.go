package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/skysift/skysift/internal/simulate"
)

func TestDemoFiltersAreTheRepositorys(t *testing.T) {
	root, err := os.ReadFile("../../filters.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(root, demoFilters) {
		t.Error("demo_filters.yaml differs from filters.yaml: copy that over it")
	}
}

// demo runs skysift demo, which must end well.
func demo(t *testing.T, args ...string) (report demoReport, stderr string) {
	t.Helper()
	code, stdout, stderr := typed(t, t.Context(), append([]string{"demo", "--seconds", "0", "--output", "json"}, args...)...)
	if code != exitGood {
		t.Fatalf("demo %v: exit %d: %s", args, code, stderr)
	}
	if err := json.Unmarshal([]byte(stdout), &report); err != nil {
		t.Fatalf("demo %v: %v in %s", args, err, stdout)
	}
	return report, stderr
}

func TestDemoFiltersArePureAndComplete(t *testing.T) {
	report, stderr := demo(t, "--alerts", "1500")
	if report.Alerts != 1500 || report.Delivered+report.Dropped != 1500 || report.Rejected != 0 {
		t.Errorf("%d alerts: %d delivered, %d dropped, %d rejected", report.Alerts, report.Delivered, report.Dropped, report.Rejected)
	}
	judged := map[string]bool{}
	for _, s := range report.Filters {
		if s.Errors != 0 {
			t.Errorf("%s failed on %d alerts", s.Filter, s.Errors)
		}
		if s.Purity == nil {
			continue
		}
		judged[s.Class] = true
		if *s.Purity < 0.8 || *s.Completeness < 0.8 {
			t.Errorf("%s: purity %.2f, completeness %.2f", s.Filter, *s.Purity, *s.Completeness)
		}
	}
	for _, kind := range []simulate.Kind{simulate.Supernova, simulate.Variable, simulate.Asteroid} {
		if !judged[string(kind)] {
			t.Errorf("no filter for %s", kind)
		}
	}
	if strings.Contains(stderr, "\x1b") {
		t.Errorf("drawn on what is no terminal: %q", stderr)
	}
}

func TestDemoTakesOtherFilters(t *testing.T) {
	t.Chdir(t.TempDir())
	const mine = "version: 1\nstream: {survey: ztf}\nfilters:\n  - {name: all, class: everything, where: candidate.jd > 0}\n"
	if err := os.WriteFile("mine.yaml", []byte(mine), 0o644); err != nil {
		t.Fatal(err)
	}
	report, _ := demo(t, "--alerts", "50", "--filters", "mine.yaml")
	if len(report.Filters) != 1 || report.Filters[0].Passed != 50 || report.Filters[0].Purity != nil {
		t.Errorf("%+v", report.Filters)
	}
}

func TestDemoRefusesWrongFlags(t *testing.T) {
	for args, says := range map[string]string{
		"--alerts 0": "give 1 to", "--alerts 1000000": "simulate and run have no such limit", "--seconds -1": "--seconds -1", "--seconds NaN": "--seconds NaN",
		"--filters nowhere.yaml": "nowhere.yaml",
	} {
		code, _, stderr := typed(t, t.Context(), append([]string{"demo"}, strings.Fields(args)...)...)
		if code != exitWrong || !strings.Contains(stderr, says) {
			t.Errorf("%s: exit %d, %q", args, code, stderr)
		}
	}
}

// Each command that the demo ends with works as printed, one after the other.
func TestWhatTheDemoSaysToTryWorks(t *testing.T) {
	t.Chdir(t.TempDir())
	tried := 0
	for line := range strings.Lines(next) {
		command, _, _ := strings.Cut(strings.TrimSpace(line), "   ")
		rest, found := strings.CutPrefix(command, "skysift ")
		if !found {
			continue
		}
		tried++
		rest, file, redirected := strings.Cut(rest, " > ")
		args := strings.Fields(rest)
		if strings.HasPrefix(rest, "demo --filters") { // the same, but shorter
			args = append(args, "--seconds", "0", "--alerts", "100")
		}
		code, stdout, stderr := typed(t, t.Context(), args...)
		if code != exitGood {
			t.Errorf("%s: exit %d: %s", command, code, stderr)
		}
		if redirected {
			if err := os.WriteFile(file, []byte(stdout), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if tried != 6 {
		t.Errorf("%d commands tried", tried)
	}
}

func TestScores(t *testing.T) {
	kinds := map[string]simulate.Kind{"1": simulate.Supernova, "2": simulate.Supernova, "3": simulate.Variable, "4": simulate.Bogus}
	truth := map[simulate.Kind]int{simulate.Supernova: 2, simulate.Variable: 1, simulate.Bogus: 1}
	for _, test := range []struct {
		class, passed        string
		purity, completeness string
	}{
		{"supernova", "1 2", "100.0 %", "100.0 %"},
		{"supernova", "1 3", "50.0 %", "50.0 %"},
		{"supernova", "", "-", "0.0 %"},
		{"asteroid", "4", "0.0 %", "-"},
		{"transient", "1 2 3", "-", "-"},
	} {
		passed := map[string]bool{}
		for _, id := range strings.Fields(test.passed) {
			passed[id] = true
		}
		s := newScore("f", test.class, passed, kinds, truth)
		if percent(s.Purity) != test.purity || percent(s.Completeness) != test.completeness {
			t.Errorf("%s passing %q: purity %s, completeness %s", test.class, test.passed, percent(s.Purity), percent(s.Completeness))
		}
	}
}

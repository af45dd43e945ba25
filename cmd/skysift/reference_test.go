package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/skysift/skysift/internal/testdata"
)

const referenceFilters = "../../examples/reference/filters.yaml"

// noEnvironment has no variable set.
func noEnvironment(string) (string, bool) { return "", false }

// command runs a command line in this process.
func command(args ...string) (code int, stdout, stderr string) {
	var out, story bytes.Buffer
	code = execute(context.Background(), streams{in: &bytes.Buffer{}, out: &out, err: &story, env: noEnvironment}, args)
	return code, out.String(), story.String()
}

// TestReplayGivesTheVerdictsOfAnIndependentComputation compares replay on the
// real alerts with what fastavro and plain Python made of them.
func TestReplayGivesTheVerdictsOfAnIndependentComputation(t *testing.T) {
	dir := testdata.Dir(t)
	want := expectedCandids(t, filepath.Join(dir, "expected_filters.json"))
	out := filepath.Join(t.TempDir(), "out")
	code, stdout, stderr := command("replay", "--filters", referenceFilters, "--output", "json", "--sink", "dir:"+out,
		filepath.Join(dir, "ztf"), filepath.Join(dir, "ztf_fink"), filepath.Join(dir, "ztf_multi"))
	if code != exitGood {
		t.Fatalf("exit code %d\n%s", code, stderr)
	}
	got := map[string][]string{}
	for line := range bytes.Lines([]byte(stdout)) {
		var match struct {
			ID      string
			Class   string
			Filters []string
		}
		if err := json.Unmarshal(line, &match); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		for _, filter := range match.Filters {
			got[filter] = append(got[filter], match.ID)
		}
		if _, err := os.Stat(filepath.Join(out, match.Class, match.ID+".avro")); err != nil {
			t.Errorf("the sink has no file of %s in class %s", match.ID, match.Class)
		}
	}
	for name, candids := range want {
		slices.Sort(got[name])
		slices.Sort(candids)
		if !slices.Equal(got[name], candids) {
			t.Errorf("filter %s passed %v\nwant %v", name, got[name], candids)
		}
	}
	if len(want) < 6 || len(got) != len(want) {
		t.Errorf("%d filters matched, of %d that are expected", len(got), len(want))
	}
}

// expectedCandids reads the candids that each filter passes.
func expectedCandids(t *testing.T, path string) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var expected struct {
		Filters map[string]struct {
			Candids []int64
		}
	}
	if err := json.Unmarshal(text, &expected); err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for name, f := range expected.Filters {
		for _, candid := range f.Candids {
			all[name] = append(all[name], strconv.FormatInt(candid, 10))
		}
	}
	return all
}

// TestReplayGivesEveryRealFileItsEnd goes through old schema versions, other
// surveys and damaged files: each is judged or rejected with a reason, and the
// replay goes on.
func TestReplayGivesEveryRealFileItsEnd(t *testing.T) {
	dir := testdata.Dir(t)
	for group, want := range map[string]string{
		"ztf_versions": "4 delivered, 0 dropped, 0 rejected", "ztf_legacy": "5 delivered, 0 dropped, 0 rejected",
		"other_surveys": "9 delivered, 0 dropped, 0 rejected", "malformed": "3 delivered, 1 dropped, 5 rejected",
	} {
		t.Run(group, func(t *testing.T) {
			code, _, stderr := command("replay", "--filters", "testdata/all.yaml", filepath.Join(dir, group))
			if code != exitGood || !strings.Contains(stderr, want) || strings.Count(stderr, "rejected: ") > maxReasons {
				t.Errorf("exit code %d, want %s:\n%s", code, want, stderr)
			}
		})
	}
}

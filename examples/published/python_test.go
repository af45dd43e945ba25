//go:build interop

package published

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/skysift/skysift/internal/pythontest"
	"github.com/skysift/skysift/internal/testdata"
)

// onZTF are the files whose filters are about ZTF's fields, so that real alerts
// tell whether they are right.
var onZTF = []string{"ztf.yaml", "bts.yaml", "boom.yaml", "ampel.yaml", "fink.yaml", "fink-catalogues.yaml"}

// TestEachClauseHoldsOfTheRealAlertsOfWhichPythonSaysSo makes a filter of each
// clause and compares which real alerts it passes with what plain Python makes of it.
func TestEachClauseHoldsOfTheRealAlertsOfWhichPythonSaysSo(t *testing.T) {
	folders := []string{}
	for _, group := range []string{"ztf", "ztf_fink", "ztf_multi"} {
		folders = append(folders, filepath.Join(testdata.Dir(t), group))
	}
	want := pythonsVerdicts(t, folders)
	got := map[string][]string{} // candid → clauses that hold
	clauses := 0
	for _, file := range onZTF {
		filters, n := eachClauseAFilter(t, file)
		clauses += n
		args := append([]string{"replay", "--filters", filters, "--survey", "fink", "--output", "json"}, folders...)
		run := skysift.Binary(t).Run(t, enough, args...)
		for line := range bytes.Lines([]byte(run.Stdout())) {
			var match struct {
				ID      string
				Filters []string
			}
			if err := json.Unmarshal(line, &match); err != nil {
				t.Fatal(err)
			}
			got[match.ID] = append(got[match.ID], match.Filters...)
		}
	}
	if len(want) != 102 || clauses < 110 {
		t.Fatalf("%d alerts and %d clauses were compared", len(want), clauses)
	}
	compare(t, got, want)
}

func compare(t *testing.T, got, want map[string][]string) {
	t.Helper()
	held := map[string]int{}
	for id, clauses := range want {
		slices.Sort(got[id])
		slices.Sort(clauses)
		for _, clause := range clauses {
			held[clause]++
			if !slices.Contains(got[id], clause) {
				t.Errorf("alert %s: %s holds in Python alone", id, clause)
			}
		}
		for _, clause := range got[id] {
			if !slices.Contains(clauses, clause) {
				t.Errorf("alert %s: %s holds here alone", id, clause)
			}
		}
	}
	t.Logf("%d clauses hold of some alert", len(held))
}

// eachClauseAFilter writes a copy of a file in which clause 2 of filter "a" is
// filter "a.2", in the folder of the file so that its catalogues are found.
func eachClauseAFilter(t *testing.T, file string) (path string, clauses int) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var document map[string]any
	if err := yaml.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	var single []any
	for _, f := range document["filters"].([]any) {
		filter := f.(map[string]any)
		where, isList := filter["where"].([]any)
		if !isList {
			where = []any{filter["where"]}
		}
		for i, clause := range where {
			single = append(single, map[string]any{"name": fmt.Sprint(filter["name"], ".", i+1), "class": "any", "where": clause})
		}
	}
	if file == "fink-catalogues.yaml" { // no real alert fades that fast, and thirteen fade
		single = append(single, map[string]any{"name": "fades.1", "class": "any", "where": "slope(times, mags, errors) > 0.01"})
	}
	document["filters"] = single
	made, err := yaml.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(absolute(t, "catalogues"), filepath.Join(dir, "catalogues")); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(dir, file)
	if err := os.WriteFile(path, made, 0o644); err != nil {
		t.Fatal(err)
	}
	return path, len(single)
}

// pythonsVerdicts are the clauses that hold of each alert, by its candid.
func pythonsVerdicts(t *testing.T, folders []string) map[string][]string {
	t.Helper()
	command := exec.Command(pythontest.Interpreter(t), append([]string{absolute(t, "testdata/verdicts.py")}, folders...)...)
	var complaints bytes.Buffer
	command.Stderr = &complaints
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, complaints.Bytes())
	}
	verdicts := map[string][]string{}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var v struct {
			Candid int64
			Holds  []string
		}
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		verdicts[strconv.FormatInt(v.Candid, 10)] = v.Holds
	}
	return verdicts
}

//go:build interop

package interop

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/skysift/skysift/internal/skysifttest"
	"github.com/skysift/skysift/internal/testdata"
)

// classesOfRubin are those of examples/rubin.
var classesOfRubin = []string{"transient", "variable", "moving", "bright", "sample"}

// verdictOfPython is what fastavro and Python make of one file.
type verdictOfPython struct {
	File   string
	ID     json.Number
	Passed map[string]map[string]any
}

// rubinFolders are the folders of schemas, and one that has them all.
func rubinFolders(t *testing.T) (folders []string, together string) {
	t.Helper()
	together = t.TempDir()
	for _, name := range []string{"alert_packet_schema", "pittgoogle_schema"} {
		folder := filepath.Join(testdata.Dir(t), "lsst", name)
		folders = append(folders, folder)
		if err := os.CopyFS(filepath.Join(together, name), os.DirFS(folder)); err != nil {
			t.Fatal(err)
		}
	}
	return folders, together
}

func rubinFiles(t *testing.T, folders ...string) (files []string) {
	t.Helper()
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(testdata.Dir(t), "lsst", folder), func(path string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// TestPythonSaysTheSameOfRubinsAlerts judges every message there is of Rubin's
// stream, in three encodings, on a real broker.
func TestPythonSaysTheSameOfRubinsAlerts(t *testing.T) {
	folders, together := rubinFolders(t)
	t.Run("framed and in containers", func(t *testing.T) {
		judgedAlike(t, folders, rubinFiles(t, "wire", "wire_derived", "wire_fake", "fink_spark"), classesOfRubin, "--schemas", together)
	})
	t.Run("bare", func(t *testing.T) {
		judgedAlike(t, folders, rubinFiles(t, "bare"), []string{"sample"}, "--format", "avro", "--schemas", filepath.Join(folders[0], "5/0"))
	})
}

// judgedAlike compares what came to which class, by which filters and with
// which annotations, with what Python says. Of each of the classes in some there must be an alert.
func judgedAlike(t *testing.T, folders, files, some []string, flags ...string) {
	cluster := kafka.Cluster(t)
	topic := cluster.Topic(t, 2)
	said := map[string]verdictOfPython{} // by source
	inputs := map[string]*kgo.Record{}
	for i, verdict := range python[verdictOfPython](t, "judge_rubin.py", append(append(append([]string{}, folders...), "--"), files...)...) {
		value, err := os.ReadFile(verdict.File)
		if err != nil {
			t.Fatal(err)
		}
		r := &kgo.Record{Key: []byte(verdict.ID), Value: value}
		cluster.Produce(t, topic, i%2, r)
		source := fmt.Sprintf("%s/%d/%d", topic, r.Partition, r.Offset)
		said[source], inputs[source] = verdict, r
	}
	summary := skysift.Binary(t).Run(t, enough, append([]string{"run", "--filters", filepath.Join(skysifttest.Root(), "examples/rubin/filters.yaml"),
		"--brokers", cluster.Bootstrap(), "--topics", topic, "--group", topic, "--until-end", "--listen", "off",
		"--output-topic", topic + "-out.{class}", "--output", "json"}, flags...)...).Summary(t)
	if len(said) != len(files) || summary.Consumed != int64(len(files)) || summary.Rejected != 0 {
		t.Errorf("%d files, %d judged by Python, by us: %+v", len(files), len(said), summary)
	}
	for _, class := range classesOfRubin {
		records := []*kgo.Record{}
		if cluster.HasTopic(t, topic+"-out."+class) {
			records = cluster.ReadAll(t, topic+"-out."+class)
		}
		for _, r := range records {
			source := headerOf(r, "skysift-source")
			input := inputs[source]
			if input == nil || !bytes.Equal(input.Value, r.Value) || !bytes.Equal(input.Key, r.Key) {
				t.Fatalf("an output of %s, from %q, is not what was read", class, source)
			}
			takeMatches(t, r, said[source].Passed, source)
		}
	}
	for source, verdict := range said {
		for filter := range verdict.Passed {
			t.Errorf("%s (%s): Python passes it by %s, we do not", verdict.File, source, filter)
		}
	}
	for _, class := range some {
		if !cluster.HasTopic(t, topic+"-out."+class) || len(cluster.ReadAll(t, topic+"-out."+class)) == 0 {
			t.Errorf("no alert shows that class %s works", class)
		}
	}
}

// takeMatches takes an output's filters from what Python passes.
func takeMatches(t *testing.T, r *kgo.Record, passed map[string]map[string]any, source string) {
	t.Helper()
	var matches []struct {
		Name        string
		Annotations map[string]any
	}
	if err := json.Unmarshal([]byte(headerOf(r, "skysift-filters")), &matches); err != nil || len(matches) == 0 {
		t.Fatalf("%s: filters %q, %v", source, headerOf(r, "skysift-filters"), err)
	}
	for _, m := range matches {
		want, ok := passed[m.Name]
		if !ok || len(want) != len(m.Annotations) {
			t.Errorf("%s: we pass it by %s with %v, Python says %v, %v", source, m.Name, m.Annotations, ok, want)
		}
		for name, value := range want {
			if !alike(value, m.Annotations[name]) {
				t.Errorf("%s: %s of %s is %v, in Python %v", source, name, m.Name, m.Annotations[name], value)
			}
		}
		delete(passed, m.Name)
	}
}

// alike compares values of JSON; numbers to the last bit but three, for
// logarithms.
func alike(a, b any) bool {
	x, isNumber := a.(float64)
	y, also := b.(float64)
	if isNumber && also {
		return math.Abs(x-y) <= 1e-15*math.Abs(x)
	}
	return a == b
}

func headerOf(r *kgo.Record, key string) string {
	for _, h := range r.Headers {
		if h.Key == key {
			return string(h.Value)
		}
	}
	return ""
}

//go:build interop

package interop

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/skysift/skysift/internal/kafkatest"
	"github.com/skysift/skysift/internal/pythontest"
	"github.com/skysift/skysift/internal/simulate"
	"github.com/skysift/skysift/internal/skysifttest"
	"github.com/skysift/skysift/internal/testdata"
)

const enough = 5 * time.Minute

var (
	kafka   kafkatest.Shared
	skysift skysifttest.Shared
)

func TestMain(m *testing.M) { kafka.Main(m, skysift.Remove) }

// everything passes all alerts, through two filters and with an annotation.
const everything = `version: 1
stream: {survey: ztf}
filters:
  - name: everything
    class: everything
    where: candid > 0
    annotate:
      magnitude: candidate.magpsf
  - {name: again, class: everything, where: candid > 0}
`

// passedOn is an output topic, and by source the inputs that are in it.
type passedOn struct {
	cluster *kafkatest.Cluster
	topic   string
	inputs  map[string]*kgo.Record
}

// passOn lets skysift pass on these records.
func passOn(t *testing.T, values [][]byte) passedOn {
	t.Helper()
	p := passedOn{cluster: kafka.Cluster(t), inputs: map[string]*kgo.Record{}}
	topic := p.cluster.Topic(t, 4)
	p.topic = topic + "-out.everything"
	for i, value := range values {
		r := &kgo.Record{Value: value, Key: fmt.Appendf(nil, "key %d", i)}
		p.cluster.Produce(t, topic, i%4, r)
		p.inputs[fmt.Sprintf("%s/%d/%d", topic, r.Partition, r.Offset)] = r
	}
	file := filepath.Join(t.TempDir(), "filters.yaml")
	if err := os.WriteFile(file, []byte(everything), 0o644); err != nil {
		t.Fatal(err)
	}
	run := skysift.Binary(t).Run(t, enough, "run", "--filters", file, "--brokers", p.cluster.Bootstrap(), "--topics", topic,
		"--group", topic, "--until-end", "--listen", "off", "--output-topic", topic+"-out.{class}", "--output", "json")
	if s := run.Summary(t); s.Delivered != int64(len(values)) {
		t.Fatalf("of %d records: %+v", len(values), s)
	}
	return p
}

func realAlerts(t *testing.T, groups ...string) (values [][]byte) {
	t.Helper()
	for _, file := range testdata.Files(t, ".avro", groups...) {
		value, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, value)
	}
	return values
}

func simulatedAlerts(t *testing.T, n int) (values [][]byte) {
	t.Helper()
	night, err := simulate.New(simulate.Options{Seed: 3, Alerts: n})
	if err != nil {
		t.Fatal(err)
	}
	for alert, more := night.Next(); more; alert, more = night.Next() {
		values = append(values, alert.Value)
	}
	return values
}

// python runs one of this folder's programs and decodes each line it prints.
func python[T any](t *testing.T, script string, args ...string) (lines []T) {
	t.Helper()
	return pythonOf[T](t, pythontest.Interpreter(t), script, args...)
}

// pythonOf is python with an interpreter of its own.
func pythonOf[T any](t *testing.T, interpreter, script string, args ...string) (lines []T) {
	t.Helper()
	cmd := exec.Command(interpreter, append([]string{filepath.Join(skysifttest.Root(), "internal", "interop", script)}, args...)...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "PYTHONDONTWRITEBYTECODE=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, stderr.Bytes())
	}
	for line := range strings.Lines(string(out)) {
		var v T
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatalf("%s says %q: %v", script, line, err)
		}
		lines = append(lines, v)
	}
	return lines
}

type confluentRecord struct {
	Source, Class, Format, SHA256, Key string
	Filters                            []struct {
		Name, Version string
		Annotations   map[string]float64
	}
	Candids    []string
	Magnitudes []float64
	Fields     int
}

func TestConfluentKafkaAndFastavroReadTheOutput(t *testing.T) {
	tests := map[string]func(*testing.T) [][]byte{
		"simulated alerts": func(t *testing.T) [][]byte { return simulatedAlerts(t, 40) },
		"real alerts":      func(t *testing.T) [][]byte { return realAlerts(t, "ztf") },
	}
	for name, alerts := range tests {
		t.Run(name, func(t *testing.T) {
			p := passOn(t, alerts(t))
			read := python[confluentRecord](t, "read_confluent.py", p.cluster.Bootstrap(), p.topic)
			if len(read) != len(p.inputs) {
				t.Errorf("%d records are read of %d", len(read), len(p.inputs))
			}
			for _, r := range read {
				p.check(t, r)
			}
		})
	}
}

func (p passedOn) check(t *testing.T, r confluentRecord) {
	t.Helper()
	input := p.inputs[r.Source]
	if input == nil {
		t.Fatalf("source %q was never produced", r.Source)
	}
	if want := fmt.Sprintf("%x", sha256.Sum256(input.Value)); r.SHA256 != want || r.Key != string(input.Key) {
		t.Errorf("%s: the value or the key has changed", r.Source)
	}
	if r.Format != "avro" || r.Class != "everything" || len(r.Candids) != 1 || r.Fields < 50 {
		t.Errorf("%s: %+v", r.Source, r)
	}
	if len(r.Filters) != 2 || r.Filters[1].Name != "again" || r.Filters[0].Version == "" {
		t.Errorf("%s: filters %+v", r.Source, r.Filters)
		return
	}
	if got := r.Filters[0].Annotations["magnitude"]; got != r.Magnitudes[0] {
		t.Errorf("%s: annotated with magnitude %v, fastavro reads %v", r.Source, got, r.Magnitudes[0])
	}
}

func TestFastavroReadsAlertsTakenOutOfARecord(t *testing.T) {
	p := passOn(t, realAlerts(t, "ztf_multi"))
	read := python[confluentRecord](t, "read_confluent.py", p.cluster.Bootstrap(), p.topic)
	if len(read) <= len(p.inputs) {
		t.Errorf("%d outputs of %d records that hold several alerts", len(read), len(p.inputs))
	}
	seen := map[string]bool{}
	for _, r := range read {
		if len(r.Candids) != 1 || seen[r.Candids[0]] {
			t.Errorf("%s: candids %v", r.Source, r.Candids)
			continue
		}
		seen[r.Candids[0]] = true
	}
}

func TestHopClientReadsTheOutputAsAvro(t *testing.T) {
	p := passOn(t, append(simulatedAlerts(t, 20), realAlerts(t, "ztf", "ztf_multi")...))
	want := len(p.cluster.ReadAll(t, p.topic))
	read := python[struct {
		Source, Model string
		Candids       []string
	}](t, "read_hop.py", p.cluster.Bootstrap(), p.topic)
	if len(read) != want {
		t.Errorf("%d records are read of %d", len(read), want)
	}
	for _, r := range read {
		if r.Model != "AvroBlob" || len(r.Candids) != 1 {
			t.Errorf("%s is read as %s with candids %v", r.Source, r.Model, r.Candids)
		}
	}
}

func TestAstropyOpensSimulatedCutouts(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "night")
	skysift.Binary(t).Run(t, enough, "simulate", "--out", dir, "--alerts", "40")
	files, err := filepath.Glob(filepath.Join(dir, "*.avro"))
	if err != nil || len(files) != 40 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	type cutout struct {
		File, Cutout, Type string
		Shape              []int
		Finite             int
		Spread             float64
	}
	read := python[cutout](t, "open_cutouts.py", files...)
	if len(read) != 3*len(files) {
		t.Errorf("%d cutouts of %d alerts", len(read), len(files))
	}
	for _, c := range read {
		if len(c.Shape) != 2 || c.Shape[0] != 63 || c.Shape[1] != 63 || c.Type != "float32" || c.Finite == 0 || c.Spread == 0 {
			t.Errorf("%+v", c)
		}
	}
}

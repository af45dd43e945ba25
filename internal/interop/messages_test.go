//go:build interop

package interop

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/skysift/skysift/internal/kafkatest"
	"github.com/skysift/skysift/internal/pythontest"
	"github.com/skysift/skysift/internal/skysifttest"
	"github.com/skysift/skysift/internal/testdata"
)

// blueskyRequirements pins bluesky-kafka with msgpack and msgpack-numpy.
const blueskyRequirements = "internal/interop/requirements-bluesky.txt"

// stream is one kind of messages on topics of their own.
type stream struct {
	filters string // an example's file
	more    string // filters that are added to it
	topics  string // a pattern
	// files by topic
	files map[string][]string
}

// blueskyFilters are on what the real documents measured.
const blueskyFilters = `
  - {name: image, class: arrays, where: 'abs(mean(data.image) + 0.0325) < 0.1 and max(data.image) > 2'}
  - {name: spectrum, class: arrays, where: 'sum(data.spectrum) > 7300 and median(data.spectrum) > 350'}
  - {name: mask, class: arrays, where: 'sum(data.mask) == 2'}
  - {name: page, class: pages, where: 'name == "event_page" and len(seq_num) > 0 and max(time) > 1.5e9'}
  - {name: odd, class: odd, where: 'name == "event" and seq_num % 2 == 1'}
`

// TestRealMessagesAreJudgedAsPythonJudgesThem puts real messages on topics, runs
// the examples' filters on them, and compares every message's verdicts with what
// Python makes of it, and every value with the message.
func TestRealMessagesAreJudgedAsPythonJudgesThem(t *testing.T) {
	python := pythontest.InterpreterWith(t, blueskyRequirements)
	gcn, lasair, bluesky := map[string][]string{}, map[string][]string{}, map[string][]string{}
	for _, path := range testdata.Files(t, ".json", "gcn_json") {
		topic := "gcn.circulars"
		if parts := strings.Split(filepath.Base(path), "__"); len(parts) > 1 {
			topic = "gcn.notices." + parts[1]
		}
		gcn[topic] = append(gcn[topic], path)
	}
	lasair["lasair.alerts"] = testdata.Files(t, ".json", "json_alerts")
	for _, path := range testdata.Files(t, ".msgpack", "bluesky") {
		topic := "bluesky." + filepath.Base(filepath.Dir(path))
		bluesky[topic] = append(bluesky[topic], path)
	}
	for name, s := range map[string]stream{
		"gcn":     {filters: example(t, "gcn"), topics: "gcn.*", files: gcn},
		"lasair":  {filters: example(t, "lasair"), topics: "lasair.*", files: lasair},
		"bluesky": {filters: withoutSchemas(example(t, "bluesky")), more: blueskyFilters, topics: "bluesky.*", files: bluesky},
	} {
		t.Run(name, func(t *testing.T) { s.compare(t, python) })
	}
}

// example returns an example's file of filters, to be used from another folder.
func example(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(skysifttest.Root(), "examples", name, "filters.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	samples := filepath.Join(skysifttest.Root(), "examples", name, "samples")
	return strings.Replace(string(text), "schemas: samples", "schemas: "+samples, 1)
}

// withoutSchemas lets filters ask for fields that the samples do not have.
func withoutSchemas(text string) string {
	lines := strings.Split(text, "\n")
	return strings.Join(slices.DeleteFunc(lines, func(line string) bool { return strings.Contains(line, "schemas: ") }), "\n")
}

// compare runs the stream's filters on its messages and holds the verdicts
// against Python's.
func (s stream) compare(t *testing.T, python string) {
	cluster := kafka.Cluster(t)
	want := s.judgedByPython(t, python)
	sent, paths := map[string]*kgo.Record{}, map[string]string{}
	total := 0
	for topic, files := range s.files {
		cluster.CreateTopic(t, topic, 1, 1, nil)
		for _, path := range files {
			value, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			r := &kgo.Record{Value: value}
			cluster.Produce(t, topic, 0, r)
			source := fmt.Sprintf("%s/0/%d", topic, r.Offset)
			sent[source], paths[source] = r, path
			total++
		}
	}
	prefix := "passed." + t.Name()[strings.LastIndexByte(t.Name(), '/')+1:] + "."
	summary := runFilters(t, cluster, s.filters+s.more, s.topics, prefix)
	if summary.Consumed != int64(total) || summary.Rejected != 0 {
		t.Errorf("of %d messages: %+v", total, summary)
	}
	got := map[string][]string{}
	for _, class := range classesOf(s.filters + s.more) {
		if !cluster.HasTopic(t, prefix+class) {
			continue
		}
		for _, r := range cluster.ReadAll(t, prefix+class) {
			source := header(r, "skysift-source")
			if in := sent[source]; in == nil || !bytes.Equal(in.Value, r.Value) {
				t.Errorf("%s: the value is not the message's, byte for byte", source)
			}
			got[paths[source]] = append(got[paths[source]], filtersOf(t, r)...)
		}
	}
	passed := 0
	for path, verdicts := range want {
		slices.Sort(got[path])
		if !slices.Equal(got[path], verdicts[0]) {
			t.Errorf("%s: passed by %v, by Python's %v", filepath.Base(path), got[path], verdicts[0])
		}
		passed += len(verdicts[0])
	}
	if len(want) != total || passed < 3 {
		t.Errorf("Python judged %d messages of %d and passed %d times", len(want), total, passed)
	}
}

// judgedByPython returns, for each file, the filters that pass its messages.
func (s stream) judgedByPython(t *testing.T, python string) map[string][][]string {
	t.Helper()
	var in strings.Builder
	for topic, files := range s.files {
		for _, path := range files {
			fmt.Fprintf(&in, "%s\t%s\n", topic, path)
		}
	}
	command := exec.Command(python, "judge_messages.py")
	command.Stdin, command.Stderr = strings.NewReader(in.String()), os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	verdicts := map[string][][]string{}
	if err := json.Unmarshal(out, &verdicts); err != nil {
		t.Fatal(err)
	}
	return verdicts
}

// runFilters runs filters on all there is on the topics.
func runFilters(t *testing.T, cluster *kafkatest.Cluster, filters, topics, prefix string) skysifttest.Summary {
	t.Helper()
	file := filepath.Join(t.TempDir(), "filters.yaml")
	if err := os.WriteFile(file, []byte(filters), 0o644); err != nil {
		t.Fatal(err)
	}
	return skysift.Binary(t).Run(t, enough, "run", "--filters", file, "--brokers", cluster.Bootstrap(), "--topics", topics,
		"--group", prefix, "--start", "earliest", "--until-end", "--listen", "off",
		"--output-topic", prefix+"{class}", "--reject-topic", prefix+"rejected", "--output", "json").Summary(t)
}

func classesOf(filters string) []string {
	var classes []string
	for _, line := range strings.FieldsFunc(filters, func(r rune) bool { return r == '\n' || r == ',' || r == '{' }) {
		if class, ok := strings.CutPrefix(strings.TrimSpace(line), "class: "); ok {
			classes = append(classes, strings.TrimSpace(class))
		}
	}
	slices.Sort(classes)
	return slices.Compact(classes)
}

func header(r *kgo.Record, key string) string {
	for _, h := range r.Headers {
		if h.Key == key {
			return string(h.Value)
		}
	}
	return ""
}

func filtersOf(t *testing.T, r *kgo.Record) (names []string) {
	t.Helper()
	var matches []struct{ Name string }
	if err := json.Unmarshal([]byte(header(r, "skysift-filters")), &matches); err != nil {
		t.Fatal(err)
	}
	for _, m := range matches {
		names = append(names, m.Name)
	}
	return names
}

// TestBlueskyKafkaIsRead runs the example's filters on what bluesky-kafka's own
// publisher puts on a topic, with the broker from IBEX's variable.
func TestBlueskyKafkaIsRead(t *testing.T) {
	python := pythontest.InterpreterWith(t, blueskyRequirements)
	cluster := kafka.Cluster(t)
	const topic = "bluesky.published"
	cluster.CreateTopic(t, topic, 1, 1, nil)
	if out, err := exec.Command(python, "publish_bluesky.py", cluster.Bootstrap(), topic).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Setenv("IBEX_BLUESKY_CORE_KAFKA_BROKER", cluster.Bootstrap())
	file := filepath.Join(skysifttest.Root(), "examples", "bluesky", "filters.yaml")
	summary := skysift.Binary(t).Run(t, enough, "run", "--filters", file, "--topics", topic, "--group", "published", "--start", "earliest",
		"--until-end", "--listen", "off", "--output-topic", "published.{class}", "--output", "json").Summary(t)
	if summary.Consumed != 6 || summary.Rejected != 0 {
		t.Fatalf("%+v", summary)
	}
	var got []string
	for _, class := range []string{"quality", "runs"} {
		for _, r := range cluster.ReadAll(t, "published."+class) {
			got = append(got, fmt.Sprint(header(r, "skysift-source"), " ", header(r, "skysift-filters")))
		}
	}
	for i, want := range []string{
		topic + `/0/2 [{"name":"saturated"`, topic + `/0/3 [{"name":"beam-lost"`, topic + `/0/4 [{"name":"beam-lost"`,
		topic + `/0/1 [{"name":"primary-stream"`, topic + `/0/5 [{"name":"failed-run"`,
	} {
		if len(got) <= i || !strings.HasPrefix(got[i], want) {
			t.Fatalf("output %d: %v, want %s", i, got, want)
		}
	}
	if !strings.Contains(got[0], `"shape":[4,6],"saturated":2`) {
		t.Errorf("the annotations are %s", got[0])
	}
}

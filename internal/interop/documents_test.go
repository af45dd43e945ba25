//go:build interop

package interop

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/skysift/skysift/internal/pythontest"
	"github.com/skysift/skysift/internal/testdata"
)

// documentFilters pass every document to two classes, one of which is JSON.
const documentFilters = `version: 1
stream: {format: msgpack}
output:
  classes:
    asjson: {encoding: json}
filters:
  - {name: a, class: packed, where: 'len(name) > 0'}
  - {name: b, class: asjson, where: 'len(name) > 0'}
`

// TestDocumentsBecomeJSON encodes a run engine's documents as JSON, real ones
// and such as hold whatever msgpack-numpy can pack, and lets Python compare every
// value with what msgpack and msgpack-numpy read of the document itself.
func TestDocumentsBecomeJSON(t *testing.T) {
	python := pythontest.InterpreterWith(t, blueskyRequirements)
	cluster := kafka.Cluster(t)
	const topic = "documents"
	cluster.CreateTopic(t, topic, 1, 1, nil)
	publish := exec.Command(python, "publish_documents.py", cluster.Bootstrap(), topic)
	publish.Stderr = os.Stderr
	out, err := publish.Output()
	if err != nil {
		t.Fatal(err)
	}
	total, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range testdata.Files(t, ".msgpack", "bluesky") {
		value, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		cluster.Produce(t, topic, 0, &kgo.Record{Value: value, Key: []byte("real")})
		total++
	}
	if summary := runFilters(t, cluster, documentFilters, topic, "documents."); summary.Delivered != int64(total) || summary.Rejected != 0 {
		t.Fatalf("of %d documents: %+v", total, summary)
	}
	read := pythonOf[struct {
		Source, Said string
		Key          bool
		Different    []string
		Arrays, Told int
	}](t, python, "read_documents.py", cluster.Bootstrap(), "documents.packed", "documents.asjson")
	arrays, told := 0, 0
	for _, r := range read {
		if len(r.Different) > 0 || r.Said != "json" || !r.Key {
			t.Errorf("%s: other values at %v; said to be %q, key kept: %v", r.Source, r.Different, r.Said, r.Key)
		}
		arrays, told = arrays+r.Arrays, told+r.Told
	}
	if len(read) != total || told < 20 || arrays < 100 {
		t.Errorf("Python read %d documents of %d, with %d arrays, %d of them told of", len(read), total, arrays, told)
	}
}

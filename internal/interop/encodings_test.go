//go:build interop

package interop

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/skysift/skysift/internal/pythontest"
)

const encodingRequirements = "internal/interop/requirements-encodings.txt"

// everyEncoding passes all alerts to four classes, each encoded otherwise.
const everyEncoding = `version: 1
stream: {survey: ztf}
output:
  registry: %s
  classes:
    asjson: {encoding: json}
    confluent: {encoding: confluent}
    fink: {encoding: fink}
filters:
  - {name: a, class: passthrough, where: candid > 0}
  - {name: b, class: asjson, where: candid > 0}
  - {name: c, class: confluent, where: candid > 0}
  - {name: d, class: fink, where: candid > 0}
`

// schemaRegistry is as much of Confluent's registry as its client asks for.
type schemaRegistry struct {
	mu      sync.Mutex
	schemas []string
}

func (r *schemaRegistry) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	w.Header().Set("Content-Type", "application/vnd.schemaregistry.v1+json")
	if request.Method == http.MethodPost {
		var body struct{ Schema string }
		_ = json.NewDecoder(request.Body).Decode(&body)
		for i, known := range r.schemas {
			if known == body.Schema {
				fmt.Fprintf(w, `{"id": %d}`, i+1)
				return
			}
		}
		r.schemas = append(r.schemas, body.Schema)
		fmt.Fprintf(w, `{"id": %d}`, len(r.schemas))
		return
	}
	id, err := strconv.Atoi(request.URL.Path[strings.LastIndexByte(request.URL.Path, '/')+1:])
	if err != nil || id < 1 || id > len(r.schemas) {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]string{"schema": r.schemas[id-1]})
}

// passOnEncoded lets skysift pass these records on in every encoding and
// returns what the output topics' names begin with.
func passOnEncoded(t *testing.T, registry string, values [][]byte) (prefix string) {
	t.Helper()
	cluster := kafka.Cluster(t)
	topic := cluster.Topic(t, 4)
	for i, value := range values {
		cluster.Produce(t, topic, i%4, &kgo.Record{Value: value, Key: []byte("key"), Headers: []kgo.RecordHeader{{Key: "_format", Value: []byte("avro")}}})
	}
	file := filepath.Join(t.TempDir(), "filters.yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, everyEncoding, registry), 0o644); err != nil {
		t.Fatal(err)
	}
	prefix = topic + "-out."
	run := skysift.Binary(t).Run(t, enough, "run", "--filters", file, "--brokers", cluster.Bootstrap(), "--topics", topic,
		"--group", topic, "--until-end", "--listen", "off", "--output-topic", prefix+"{class}", "--output", "json")
	if s := run.Summary(t); s.Delivered != int64(len(values)) || s.Rejected != 0 {
		t.Fatalf("of %d records: %+v", len(values), s)
	}
	return prefix
}

func TestEachClientReadsTheEncodingThatIsMadeForIt(t *testing.T) {
	interpreter := pythontest.InterpreterWith(t, encodingRequirements)
	for name, alerts := range map[string]func(*testing.T) [][]byte{
		"simulated alerts": func(t *testing.T) [][]byte { return simulatedAlerts(t, 20) },
		"real alerts":      func(t *testing.T) [][]byte { return realAlerts(t, "ztf", "ztf_multi") },
	} {
		t.Run(name, func(t *testing.T) {
			registry := httptest.NewServer(&schemaRegistry{})
			defer registry.Close()
			prefix := passOnEncoded(t, registry.URL, alerts(t))
			want := len(kafka.Cluster(t).ReadAll(t, prefix+"passthrough"))
			read := pythonOf[struct {
				Encoding, Source, Said, Format string
				Same                           bool
			}](t, interpreter, "read_encodings.py", kafka.Cluster(t).Bootstrap(), registry.URL,
				prefix+"passthrough", prefix+"asjson", prefix+"confluent", prefix+"fink")
			counts := map[string]int{}
			for _, r := range read {
				counts[r.Encoding]++
				if !r.Same {
					t.Errorf("%s as %s is not the same alert", r.Source, r.Encoding)
				}
				if r.Said != r.Encoding || r.Format != map[string]string{"json": "json"}[r.Encoding] {
					t.Errorf("%s as %s: its headers say %q and format %q", r.Source, r.Encoding, r.Said, r.Format)
				}
			}
			for _, encoding := range []string{"json", "confluent", "fink"} {
				if counts[encoding] != want {
					t.Errorf("%d alerts of %d are read as %s", counts[encoding], want, encoding)
				}
			}
		})
	}
}

func TestHopClientReadsJSON(t *testing.T) {
	registry := httptest.NewServer(&schemaRegistry{})
	defer registry.Close()
	prefix := passOnEncoded(t, registry.URL, simulatedAlerts(t, 10))
	read := python[struct {
		Source, Model string
		Candids       []string
	}](t, "read_hop.py", kafka.Cluster(t).Bootstrap(), prefix+"asjson")
	if len(read) != 10 {
		t.Errorf("%d records are read of 10", len(read))
	}
	for _, r := range read {
		if r.Model != "JSONBlob" || len(r.Candids) != 1 {
			t.Errorf("%s is read as %s with candids %v", r.Source, r.Model, r.Candids)
		}
	}
}

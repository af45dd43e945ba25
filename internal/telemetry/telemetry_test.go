package telemetry_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/skysift/skysift/internal/telemetry"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/runtimetest"
)

// judged is the ledger of a small stream: three alerts in three records, a
// tombstone, and a record that cannot be decoded.
func judged(t *testing.T) *runtime.Ledger {
	t.Helper()
	ledger := runtime.NewLedger()
	pipeline := runtime.New(runtime.Config{
		Source: &runtimetest.Source{Topic: "night", Values: [][][]byte{{[]byte("mag=17"), []byte("mag=21"), []byte("mag=18"), nil, []byte("broken")}}},
		Format: runtimetest.Format{}, Sink: &runtimetest.Sink{}, Ledger: ledger,
		Set: runtimetest.Set(runtimetest.Brighter{Name: "bright", Class: "sn", Limit: 20}),
	})
	if err := pipeline.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return ledger
}

func get(t *testing.T, handler http.Handler, path string) (code int, body string) {
	t.Helper()
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
	return recorder.Code, recorder.Body.String()
}

func TestMetricsSayWhatTheLedgerAndTheSourceKnow(t *testing.T) {
	status := &telemetry.Status{
		Build: telemetry.Build{Version: "v1", Revision: "abc", Go: "go1"}, Ledger: judged(t),
		Stream: func() telemetry.Stream {
			return telemetry.Stream{
				Joined: true, Generations: 3, Jumps: 2,
				Partitions: []telemetry.Partition{{Topic: "night", Number: 0, Lag: 7}, {Topic: "night", Number: 1}},
				Alarms:     []telemetry.Alarm{{About: "night/1", Reason: "no permission"}, {About: "commit", Reason: "no coordinator"}},
			}
		},
	}
	status.Reloaded(time.Unix(100, 0), nil)
	_, body := get(t, telemetry.NewHandler(status), "/metrics")
	lines := strings.Split(body, "\n")
	for _, want := range []string{
		`skysift_alerts_consumed_total 3`,
		`skysift_records_consumed_total 5`,
		`skysift_records_total{end="delivered"} 2`,
		`skysift_records_total{end="dropped"} 2`,
		`skysift_records_total{end="rejected"} 1`,
		`skysift_records_total{end="abandoned"} 0`,
		`skysift_outputs_total{class="sn"} 2`,
		`skysift_filter_matches_total{filter="bright"} 2`,
		`skysift_filter_errors_total{filter="bright"} 0`,
		`skysift_consumer_lag{partition="0",topic="night"} 7`,
		`skysift_partition_stopped{partition="0",topic="night"} 0`,
		`skysift_partition_stopped{partition="1",topic="night"} 1`,
		`skysift_alarms 2`,
		`skysift_group_generations_total 3`,
		`skysift_offset_jumps_total 2`,
		`skysift_config_last_reload_successful 1`,
		`skysift_config_last_reload_success_timestamp_seconds 100`,
		`skysift_build_info{go="go1",revision="abc",version="v1"} 1`,
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if !strings.Contains(body, "go_goroutines ") {
		t.Error("the Go process's own metrics are missing")
	}
}

func TestMetricsAreNamedAsPrometheusWants(t *testing.T) {
	_, body := get(t, telemetry.NewHandler(&telemetry.Status{Ledger: judged(t)}), "/metrics")
	var ours []string
	for line := range strings.Lines(body) {
		if strings.Contains(line, "skysift_") {
			ours = append(ours, line)
		}
	}
	problems, err := promlint.New(strings.NewReader(strings.Join(ours, ""))).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range problems {
		t.Errorf("%s: %s", problem.Metric, problem.Text)
	}
}

func TestReadinessNamesEveryCause(t *testing.T) {
	var stream telemetry.Stream
	status := &telemetry.Status{Ledger: runtime.NewLedger(), Stream: func() telemetry.Stream { return stream }}
	handler := telemetry.NewHandler(status)
	expect := func(step string, code int, lines ...string) {
		t.Helper()
		got, body := get(t, handler, "/readyz")
		if got != code || body != strings.Join(lines, "\n")+"\n" {
			t.Errorf("%s: %d\n%swant %d\n%s", step, got, body, code, strings.Join(lines, "\n"))
		}
	}
	expect("at the start", 503, "not ready: the consumer group has not been joined yet: no topic is there to read, or the group is being put together; the log says which")
	stream.Joined = true
	expect("joined", 200, "ready")
	stream.Alarms = []telemetry.Alarm{{About: "a/3", Reason: "no permission to write to sn", Since: time.Unix(0, 0)}}
	expect("with an alarm", 503, "not ready: a/3: no permission to write to sn (since 1970-01-01T00:00:00Z)")
	stream.Alarms = nil
	status.Reloaded(time.Unix(0, 0), errors.New("filters.yaml:3:1: unknown key"))
	expect("after a reload that failed", 200, "ready", "the filters could not be reloaded at 1970-01-01T00:00:00Z; the set before them runs on: filters.yaml:3:1: unknown key")
	if _, body := get(t, handler, "/metrics"); !strings.Contains(body, "\nskysift_config_last_reload_successful 0\n") {
		t.Error("the metric does not say that the reload failed")
	}
	status.Reloaded(time.Unix(1, 0), nil)
	expect("after it was mended", 200, "ready")
}

func TestServeAnswersUntilClosed(t *testing.T) {
	server, err := telemetry.Serve("127.0.0.1:0", telemetry.NewHandler(&telemetry.Status{Ledger: runtime.NewLedger()}))
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + server.Address()
	var group sync.WaitGroup
	for _, path := range []string{"/livez", "/readyz", "/metrics"} {
		group.Go(func() {
			answer, err := http.Get(url + path)
			if err != nil {
				t.Error(err)
				return
			}
			defer answer.Body.Close()
			if body, err := io.ReadAll(answer.Body); err != nil || answer.StatusCode != 200 || len(body) == 0 {
				t.Errorf("%s: %d %q %v", path, answer.StatusCode, body, err)
			}
		})
	}
	group.Wait()
	if _, err := telemetry.Serve(server.Address(), nil); err == nil || !strings.Contains(err.Error(), server.Address()) {
		t.Errorf("a taken address gives %v", err)
	}
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	if _, err := http.Get(url + "/livez"); err == nil {
		t.Error("it still answers after Close")
	}
}

package telemetry

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// NewHandler serves /metrics, /livez and /readyz from status.
//
// /livez says 200 as long as the process answers. /readyz says 503 until the
// group has been joined and while an alarm stands (a partition is stopped, a commit fails);
// its body names every cause. A reload that failed is in the body too, but with 200: the set before
// it runs on.
func NewHandler(status *Status) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		&collector{metrics: newMetrics(), status: status},
		newCosts(status),
		newPlugins(status.Plugins),
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "alive") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		code, lines := readiness(status)
		answer(w, code, lines...)
	})
	return mux
}

func readiness(status *Status) (code int, lines []string) {
	stream := status.stream()
	if !stream.Joined {
		lines = append(lines, "not ready: the consumer group has not been joined yet: no topic is there to read, or the group is being put together; the log says which")
	}
	for _, alarm := range stream.Alarms {
		lines = append(lines, fmt.Sprintf("not ready: %s: %s (since %s)", alarm.About, alarm.Reason, alarm.Since.UTC().Format(time.RFC3339)))
	}
	code = http.StatusServiceUnavailable
	if len(lines) == 0 {
		code, lines = http.StatusOK, []string{"ready"}
	}
	if last := status.lastReload(); last.failure != nil {
		lines = append(lines, fmt.Sprintf("the filters could not be reloaded at %s; the set before them runs on: %v", last.failedAt.UTC().Format(time.RFC3339), last.failure))
	}
	return code, slices.Concat(lines, status.pluginTroubles(), status.suspensions(), status.breaks())
}

func answer(w http.ResponseWriter, code int, lines ...string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(code)
	_, _ = io.WriteString(w, strings.Join(lines, "\n")+"\n") // the asker has gone: nobody to tell
}

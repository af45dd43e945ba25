package telemetry_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skysift/skysift/internal/pluginhost"
	"github.com/skysift/skysift/internal/telemetry"
	"github.com/skysift/skysift/runtime"
)

func TestPluginsAreInTheMetricsAndTheirTroublesInReadyz(t *testing.T) {
	figures := []pluginhost.Figures{
		{Filter: "lens", Calls: 3, Alerts: 40, Failures: 1, Time: 1500 * time.Millisecond, Restarts: 2, Queued: 5},
		{Filter: "nova", Open: true, Trouble: "it ended: no model found", Since: time.Unix(0, 0)},
	}
	status := &telemetry.Status{Ledger: runtime.NewLedger(), Plugins: func() []pluginhost.Figures { return figures }}
	handler := telemetry.NewHandler(status)
	_, body := get(t, handler, "/metrics")
	lines := strings.Split(body, "\n")
	for _, want := range []string{
		`skysift_plugin_calls_total{filter="lens"} 3`,
		`skysift_plugin_alerts_total{filter="lens"} 40`,
		`skysift_plugin_failures_total{filter="lens"} 1`,
		`skysift_plugin_seconds_total{filter="lens"} 1.5`,
		`skysift_plugin_restarts_total{filter="lens"} 2`,
		`skysift_plugin_breaker_open{filter="lens"} 0`,
		`skysift_plugin_queue{filter="lens"} 5`,
		`skysift_plugin_calls_total{filter="nova"} 0`,
		`skysift_plugin_breaker_open{filter="nova"} 1`,
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("%s is missing", want)
		}
	}

	// The other filters go on: the run stays ready.
	const trouble = "ready\nfilter nova is in trouble: it ended: no model found (since 1970-01-01T00:00:00Z)\n"
	if code, body := get(t, handler, "/readyz"); code != 200 || body != trouble {
		t.Errorf("%d %s", code, body)
	}
	figures = figures[:1]
	if code, body := get(t, handler, "/readyz"); code != 200 || body != "ready\n" {
		t.Errorf("when all are well: %d %s", code, body)
	}
	if _, body := get(t, handler, "/metrics"); strings.Contains(body, `filter="nova"`) {
		t.Error("a plug-in that is no longer in use is in the metrics")
	}
}

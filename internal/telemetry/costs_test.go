package telemetry_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/telemetry"
	"github.com/skysift/skysift/runtime"
)

func TestFilterCostsAreServed(t *testing.T) {
	status := &telemetry.Status{Ledger: runtime.NewLedger(), Costs: func() []runtime.FilterCost {
		return []runtime.FilterCost{
			{Filter: "good", Account: filter.Account{CPU: 1500 * time.Millisecond, Evaluations: 7, Reached: 2}},
			{Filter: "dear", Suspended: "it took too long"},
		}
	}, Broken: func() []runtime.BrokenFilter {
		return []runtime.BrokenFilter{{Filter: "dear", Schema: "lsst.v12_0.alert id:1200", Reason: "text is compared with a number", Since: time.Unix(1800000000, 0)}}
	}}
	handler := telemetry.NewHandler(status)
	for path, wanted := range map[string][]string{
		"/metrics": {
			`skysift_filter_cpu_seconds_total{filter="good"} 1.5`, `skysift_filter_evaluations_total{filter="good"} 7`,
			`skysift_filter_lazy_evaluations_total{filter="good"} 2`,
			`skysift_filter_suspended{filter="good"} 0`, `skysift_filter_suspended{filter="dear"} 1`,
			`skysift_filter_broken{filter="good"} 0`, `skysift_filter_broken{filter="dear"} 1`,
		},
		"/readyz": {"ready", "filter dear is suspended: it took too long",
			"filter dear does not judge alerts of schema lsst.v12_0.alert id:1200, since 2027-01-15T08:00:00Z: text is compared with a number"},
	} {
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequest("GET", path, nil))
		for _, line := range wanted {
			if answer.Code != 200 || !strings.Contains(answer.Body.String(), line+"\n") {
				t.Errorf("%s lacks %s (%d)", path, line, answer.Code)
			}
		}
	}
}

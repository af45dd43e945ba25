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
	}}
	handler := telemetry.NewHandler(status)
	for path, wanted := range map[string][]string{
		"/metrics": {
			`skysift_filter_cpu_seconds_total{filter="good"} 1.5`, `skysift_filter_evaluations_total{filter="good"} 7`,
			`skysift_filter_lazy_evaluations_total{filter="good"} 2`,
			`skysift_filter_suspended{filter="good"} 0`, `skysift_filter_suspended{filter="dear"} 1`,
		},
		"/readyz": {"ready", "filter dear is suspended: it took too long"},
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

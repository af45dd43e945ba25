package telemetry

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/skysift/skysift/runtime"
)

// costs reads what the filters cost at each scrape.
type costs struct {
	of                          func() []runtime.FilterCost
	cpu, evaluations, suspended *prometheus.Desc
	reached                     *prometheus.Desc
}

func newCosts(of func() []runtime.FilterCost) *costs {
	return &costs{
		of:          of,
		cpu:         describe("filter_cpu_seconds_total", "CPU time that the filter took, estimated from one alert in 64.", "filter"),
		evaluations: describe("filter_evaluations_total", "Alerts on which the index could not rule the filter out.", "filter"),
		reached:     describe("filter_lazy_evaluations_total", "Alerts on which the filter came to its clauses that read the history or other lazy fields.", "filter"),
		suspended:   describe("filter_suspended", "1 while the filter sits out because it took more time than its budget; /readyz and the log name it.", "filter"),
	}
}

func (c *costs) Describe(out chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{c.cpu, c.evaluations, c.reached, c.suspended} {
		out <- desc
	}
}

func (c *costs) Collect(out chan<- prometheus.Metric) {
	if c.of == nil {
		return
	}
	send := sender(out)
	for _, cost := range c.of() {
		send <- prometheus.MustNewConstMetric(c.cpu, prometheus.CounterValue, cost.CPU.Seconds(), cost.Filter)
		send.counter(c.evaluations, cost.Evaluations, cost.Filter)
		send.counter(c.reached, cost.Reached, cost.Filter)
		send.gauge(c.suspended, truth(cost.Suspended != ""), cost.Filter)
	}
}

// suspensions are lines of /readyz: the stream goes on, so it stays ready.
func (s *Status) suspensions() (lines []string) {
	if s.Costs == nil {
		return nil
	}
	for _, cost := range s.Costs() {
		if cost.Suspended != "" {
			lines = append(lines, "filter "+cost.Filter+" is suspended: "+cost.Suspended)
		}
	}
	return lines
}

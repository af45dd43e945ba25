package telemetry

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/skysift/skysift/runtime"
)

// costs reads what the filters cost at each scrape.
type costs struct {
	of                          func() []runtime.FilterCost
	broken                      func() map[string]bool
	cpu, evaluations, suspended *prometheus.Desc
	reached, breaks             *prometheus.Desc
}

func newCosts(status *Status) *costs {
	return &costs{
		of: status.Costs, broken: status.broken,
		cpu:         describe("filter_cpu_seconds_total", "CPU time that the filter took, estimated from one alert in 64.", "filter"),
		evaluations: describe("filter_evaluations_total", "Alerts on which the index could not rule the filter out.", "filter"),
		reached:     describe("filter_lazy_evaluations_total", "Alerts on which the filter came to its clauses that read the history or other lazy fields.", "filter"),
		suspended:   describe("filter_suspended", "1 while the filter sits out because it took more time than its budget; /readyz and the log name it.", "filter"),
		breaks:      describe("filter_broken", "1 where the filter does not judge the alerts of a schema that has arrived, which breaks it; /readyz and the log say why.", "filter"),
	}
}

func (c *costs) Describe(out chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{c.cpu, c.evaluations, c.reached, c.suspended, c.breaks} {
		out <- desc
	}
}

func (c *costs) Collect(out chan<- prometheus.Metric) {
	if c.of == nil {
		return
	}
	send, broken := sender(out), c.broken()
	for _, cost := range c.of() {
		send <- prometheus.MustNewConstMetric(c.cpu, prometheus.CounterValue, cost.CPU.Seconds(), cost.Filter)
		send.counter(c.evaluations, cost.Evaluations, cost.Filter)
		send.counter(c.reached, cost.Reached, cost.Filter)
		send.gauge(c.suspended, truth(cost.Suspended != ""), cost.Filter)
		send.gauge(c.breaks, truth(broken[cost.Filter]), cost.Filter)
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

// broken are the filters that a schema breaks.
func (s *Status) broken() map[string]bool {
	names := map[string]bool{}
	if s.Broken != nil {
		for _, b := range s.Broken() {
			names[b.Filter] = true
		}
	}
	return names
}

// toldBroken bounds the lines about filters that schemas break.
const toldBroken = 100

// breaks are lines of /readyz: the stream goes on, so it stays ready.
func (s *Status) breaks() (lines []string) {
	if s.Broken == nil {
		return nil
	}
	all := s.Broken()
	for _, b := range all[:min(len(all), toldBroken)] {
		lines = append(lines, fmt.Sprintf("filter %s does not judge alerts of schema %s, since %s: %s", b.Filter, b.Schema, b.Since.UTC().Format(time.RFC3339), b.Reason))
	}
	if len(all) > toldBroken {
		lines = append(lines, fmt.Sprintf("and %d more", len(all)-toldBroken))
	}
	return lines
}

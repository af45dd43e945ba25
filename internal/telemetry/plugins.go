package telemetry

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/skysift/skysift/internal/pluginhost"
)

// plugins reads what plug-ins do at each scrape.
type plugins struct {
	of                               func() []pluginhost.Figures
	calls, alerts, failures, seconds *prometheus.Desc
	restarts, open, queue            *prometheus.Desc
}

func newPlugins(of func() []pluginhost.Figures) *plugins {
	return &plugins{
		of:       of,
		calls:    describe("plugin_calls_total", "Batches that the filter's plug-in was sent.", "filter"),
		alerts:   describe("plugin_alerts_total", "Alerts in the batches that the filter's plug-in was sent.", "filter"),
		failures: describe("plugin_failures_total", "Batches that the plug-in failed on; they were judged again.", "filter"),
		seconds:  describe("plugin_seconds_total", "Time from sending batches to the plug-in to its replies.", "filter"),
		restarts: describe("plugin_restarts_total", "How often the plug-in was started again after a failure.", "filter"),
		open:     describe("plugin_breaker_open", "1 while the plug-in fails again and again, and only now and then is tried; /readyz and the log say why.", "filter"),
		queue:    describe("plugin_queue", "Batches that wait for the plug-in, or are with it.", "filter"),
	}
}

func (p *plugins) Describe(out chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{p.calls, p.alerts, p.failures, p.seconds, p.restarts, p.open, p.queue} {
		out <- desc
	}
}

func (p *plugins) Collect(out chan<- prometheus.Metric) {
	if p.of == nil {
		return
	}
	send := sender(out)
	for _, f := range p.of() {
		send.counter(p.calls, f.Calls, f.Filter)
		send.counter(p.alerts, f.Alerts, f.Filter)
		send.counter(p.failures, f.Failures, f.Filter)
		send <- prometheus.MustNewConstMetric(p.seconds, prometheus.CounterValue, f.Time.Seconds(), f.Filter)
		send.counter(p.restarts, f.Restarts, f.Filter)
		send.gauge(p.open, truth(f.Open), f.Filter)
		send.gauge(p.queue, float64(f.Queued), f.Filter)
	}
}

// pluginTroubles are lines of /readyz: the other filters go on, so the run
// stays ready.
func (s *Status) pluginTroubles() (lines []string) {
	if s.Plugins == nil {
		return nil
	}
	for _, f := range s.Plugins() {
		if f.Trouble != "" {
			lines = append(lines, fmt.Sprintf("filter %s is in trouble: %s (since %s)", f.Filter, f.Trouble, f.Since.UTC().Format(time.RFC3339)))
		}
	}
	return lines
}

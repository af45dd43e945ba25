package telemetry

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics describes every metric of our own. A counter's sum over its labels
// is the whole: the ends of skysift_records_total add up to
// skysift_records_consumed_total whenever no batch is in hand.
type metrics struct {
	alerts, consumed, records, trailing *prometheus.Desc
	outputs, matches, errors            *prometheus.Desc
	held, unjudged                      *prometheus.Desc
	lag, stopped, alarms                *prometheus.Desc
	generations, jumps                  *prometheus.Desc
	reloadGood, reloadTime, build       *prometheus.Desc
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("skysift_"+name, help, labels, nil)
}

func newMetrics() *metrics {
	return &metrics{
		alerts:      describe("alerts_consumed_total", "Alerts judged by the filters; a record may hold several or none."),
		consumed:    describe("records_consumed_total", "Records fetched."),
		records:     describe("records_total", "Records by their end: delivered to at least one class, dropped (no filter matched), rejected (undecodable), or abandoned to the partition's next owner.", "end"),
		trailing:    describe("records_with_trailing_bytes_total", "Records that had bytes after their last alert, which were ignored."),
		outputs:     describe("outputs_total", "Alerts written, by class.", "class"),
		matches:     describe("filter_matches_total", "Alerts that the filter passed.", "filter"),
		held:        describe("records_held", "Records that wait for the verdict of a filter that cannot be asked now."),
		unjudged:    describe("filter_unjudged_total", "Alerts that went on without the filter, as it could not be asked and its on_failure is skip or reject.", "filter"),
		errors:      describe("filter_errors_total", "Alerts that the filter could not judge, and so did not pass.", "filter"),
		lag:         describe("consumer_lag", "Records between the settled offset and the partition's end.", "topic", "partition"),
		stopped:     describe("partition_stopped", "1 where the partition does not move because of an error, which /readyz and the log give.", "topic", "partition"),
		alarms:      describe("alarms", "Troubles that stand; /readyz and the log name them."),
		generations: describe("group_generations_total", "Generations of the consumer group that this member took part in."),
		jumps:       describe("offset_jumps_total", "Offsets out of the log's range that were left by policy."),
		reloadGood:  describe("config_last_reload_successful", "1 when the filters were last read without a mistake, 0 while an older set runs on."),
		reloadTime:  describe("config_last_reload_success_timestamp_seconds", "When the filters in force were read."),
		build:       describe("build_info", "1; which build runs is in the labels.", "version", "revision", "go"),
	}
}

// collector reads a Status at each scrape.
type collector struct {
	*metrics
	status *Status
}

func (c *collector) Describe(out chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{
		c.alerts, c.consumed, c.records, c.trailing, c.outputs, c.matches, c.errors,
		c.held, c.unjudged, c.lag, c.stopped, c.alarms, c.generations, c.jumps, c.reloadGood, c.reloadTime, c.build,
	} {
		out <- desc
	}
}

func (c *collector) Collect(out chan<- prometheus.Metric) {
	send := sender(out)
	b := c.status.Build
	send.gauge(c.build, 1, b.Version, b.Revision, b.Go)
	c.collectCounts(send)
	c.collectStream(send)
	c.collectReload(send)
}

func (c *collector) collectCounts(send sender) {
	counts := c.status.Ledger.Counts()
	send.counter(c.alerts, counts.Alerts)
	send.counter(c.consumed, counts.Consumed)
	send.counter(c.records, counts.Delivered, "delivered")
	send.counter(c.records, counts.Dropped, "dropped")
	send.counter(c.records, counts.Rejected, "rejected")
	send.counter(c.records, counts.Abandoned, "abandoned")
	send.counter(c.trailing, counts.Trailing)
	send.gauge(c.held, float64(counts.Held))
	for class, n := range counts.Outputs {
		send.counter(c.outputs, n, string(class))
	}
	for name, n := range counts.Filters {
		send.counter(c.matches, n.Passed, name)
		send.counter(c.errors, n.Errors, name)
		send.counter(c.unjudged, n.Unjudged, name)
	}
}

func (c *collector) collectStream(send sender) {
	stream := c.status.stream()
	alarmed := map[string]bool{}
	for _, alarm := range stream.Alarms {
		alarmed[alarm.About] = true
	}
	for _, p := range stream.Partitions {
		number := strconv.Itoa(p.Number)
		send.gauge(c.lag, float64(p.Lag), p.Topic, number)
		send.gauge(c.stopped, truth(alarmed[p.Topic+"/"+number]), p.Topic, number)
	}
	send.gauge(c.alarms, float64(len(stream.Alarms)))
	send.counter(c.generations, stream.Generations)
	send.counter(c.jumps, stream.Jumps)
}

func (c *collector) collectReload(send sender) {
	last := c.status.lastReload()
	send.gauge(c.reloadGood, truth(last.failure == nil))
	if !last.succeeded.IsZero() {
		send.gauge(c.reloadTime, float64(last.succeeded.UnixMilli())/1000)
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// sender sends metrics of one scrape.
type sender chan<- prometheus.Metric

func (s sender) counter(desc *prometheus.Desc, n int64, labels ...string) {
	s <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, float64(n), labels...)
}

func (s sender) gauge(desc *prometheus.Desc, v float64, labels ...string) {
	s <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, v, labels...)
}

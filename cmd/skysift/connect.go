package main

import (
	"log/slog"

	"github.com/skysift/skysift/internal/telemetry"
	"github.com/skysift/skysift/runtime/kafka"
)

// connect makes the source and the sink of a run. Nothing is sent yet.
func connect(s settings, log *slog.Logger) (*kafka.Source, *kafka.Sink, error) {
	cluster := kafka.Cluster{Brokers: s.brokers, TLS: s.security.TLS, SASL: s.security.SASL}
	outputs := cluster
	if len(s.outputBrokers) > 0 {
		outputs = kafka.Cluster{Brokers: s.outputBrokers, TLS: s.outputSecurity.TLS, SASL: s.outputSecurity.SASL, Name: "output cluster"}
	}
	if inTheClear(s.security) || inTheClear(s.outputSecurity) {
		log.Warn("a password or token goes to the brokers without encryption: give tls where they have it")
	}
	source, err := kafka.NewSource(kafka.SourceConfig{
		Cluster: cluster, Group: s.group, Topics: s.topics, Start: s.start, OutOfRange: s.outOfRange, UntilEnd: s.untilEnd,
		ReadCommitted:  true, // what a producer took back is no alert
		SessionTimeout: s.flags.sessionTimeout, CommitInterval: s.flags.commit, MetadataInterval: s.flags.metadata, Log: log,
	})
	if err != nil {
		return nil, nil, err
	}
	sink, err := kafka.NewSink(kafka.SinkConfig{
		Cluster: outputs, Topic: s.outputTopic, Topics: s.classTopics, RejectTopic: s.rejectTopic,
		Partitions: s.outputPartitions, Like: source.Layout, Log: log,
	})
	if err != nil {
		_ = source.Close() // it has no connection yet
		return nil, nil, err
	}
	return source, sink, nil
}

// newStatus is what telemetry says of a run.
func newStatus(j *job) *telemetry.Status {
	b := readBuild()
	return &telemetry.Status{
		Build:  telemetry.Build{Version: b.Version, Revision: b.Revision, Go: b.Go},
		Ledger: j.pipeline.Ledger(),
		Broken: j.arrivals.Broken,
		Stream: func() telemetry.Stream {
			stream := streamOf(j.source, j.sink)
			stream.Alarms = append(append(stream.Alarms, j.input.alarms()...), j.encodings.alarms()...)
			for _, still := range j.pipeline.Standstills() {
				stream.Alarms = append(stream.Alarms, telemetry.Alarm{About: still.About(), Reason: still.Reason(), Since: still.Since})
			}
			return stream
		},
		Plugins: j.io.plugins.Figures,
	}
}

func streamOf(source *kafka.Source, sink *kafka.Sink) telemetry.Stream {
	counters := source.Counters()
	stream := telemetry.Stream{Joined: counters.Generations > 0, Generations: counters.Generations, Jumps: counters.Jumps}
	for _, lag := range source.Lag() {
		stream.Partitions = append(stream.Partitions, telemetry.Partition{Topic: lag.Topic, Number: lag.Partition, Lag: lag.Lag})
	}
	for _, alarm := range append(source.Alarms(), sink.Alarms()...) {
		stream.Alarms = append(stream.Alarms, telemetry.Alarm{About: alarm.About, Reason: alarm.Reason, Since: alarm.Since})
	}
	return stream
}

// serve begins to serve telemetry. The default address is only a wish: a
// second run on one machine goes on without it, and says so.
func serve(address string, wanted bool, status *telemetry.Status, log *slog.Logger) (stop func(), err error) {
	if address == "off" {
		return func() {}, nil
	}
	server, err := telemetry.Serve(address, telemetry.NewHandler(status))
	if err != nil && !wanted {
		log.Warn("no metrics: choose another address with --listen, or off", "error", err)
		return func() {}, nil
	}
	if err != nil {
		return nil, err
	}
	log.Info("metrics and health", "url", "http://"+server.Address())
	return func() {
		if err := server.Close(); err != nil {
			log.Warn("metrics ended badly", "error", err)
		}
	}, nil
}

package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"github.com/skysift/skysift/filter/compile"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/kafka"
)

const runHelp = `Read alerts from Kafka as a member of a consumer group, judge each by the
filters, and pass the matching ones on, byte for byte, to a topic per class.

At least once: an offset is committed when everything before it is settled,
that is passed on and acknowledged by all in-sync replicas, dropped because no
filter matched, or rejected because it could not be decoded. Start as many
processes as you like, up to the number of partitions; they share the work.

Settings come from flags, else from the environment (--output-topic is
SKYSIFT_OUTPUT_TOPIC), else from the stream and output sections of the file.

The file of filters is watched. A changed one, or SIGHUP, is checked whole and
takes over between two batches; one with mistakes leaves the running filters in
force and says so on the log, in /readyz and in the metric
skysift_config_last_reload_successful.

SIGTERM and SIGINT settle what is in hand, commit, and exit with 0 within 10 s;
a second signal leaves at once. On exit stdout has a table of what each filter
passed or, with --output json, one object: consumed, delivered, dropped,
rejected, outputs, seconds, alerts_per_second and filters.`

const runExample = `  skysift run --filters filters.yaml --brokers localhost:9092 --topics 'ztf_*_programid1'
  skysift run --filters filters/ --start 2026-03-14T00:00:00Z --output-topic 'mysurvey.{class}'
  skysift run --filters filters.yaml --until-end --output json`

// drainTime is how long a worker may settle its last batch, well within
// drainLimit.
const drainTime = 4 * time.Second

// drainLimit is how long a stopping run may take: 10 s are promised, with the process on its way out. What is not settled by then
// is read again by the next owner.
const drainLimit = 8 * time.Second

func newRunCommand(io streams) *cobra.Command {
	flags := &runFlags{}
	command := &cobra.Command{
		Use:     "run --filters FILE",
		Short:   "Judge a Kafka stream and pass matches on to a topic per class",
		Long:    runHelp,
		Example: runExample,
	}
	flags.add(command.Flags())
	command.RunE = func(c *cobra.Command, _ []string) error {
		return run(c.Context(), io, flags)
	}
	return command
}

// job is one run with all that it needs.
type job struct {
	io        streams
	flags     *runFlags
	settings  settings
	loader    compile.Loader
	loaded    *filters
	input     *input
	encodings *encodings
	read      [sha256.Size]byte // fingerprint of the files just before they were loaded
	log       *slog.Logger
	source    *kafka.Source
	sink      *kafka.Sink
	warden    *runtime.Warden
	arrivals  *runtime.Arrivals
	pipeline  *runtime.Pipeline
}

func run(ctx context.Context, io streams, flags *runFlags) error {
	j := &job{io: io, flags: flags, read: fingerprint(flags.filters)}
	var err error
	if j.loaded, err = loadFiltersWith(&j.loader, flags.filters, flags.survey, flags.input, io); err != nil {
		return err
	}
	if j.settings, err = settle(flags, j.loaded, io.env); err != nil {
		return asWrong(err)
	}
	j.log = newLogger(io.err, j.settings.logFormat, j.settings.logLevel)
	io.plugins.Log(j.log)
	logWarnings(j.log, j.loaded)
	logUnbound(j.log, j.loaded, j.settings.topics)
	if j.input, err = openInput(io, j.log, flags.input, j.loaded.Document); err != nil {
		return err
	}
	if j.encodings, err = newEncodings(flags.encoding, flags.registry, j.loaded, j.settings.routes(), j.input, io.env, j.log); err != nil {
		return asWrong(err)
	}
	if j.source, j.sink, err = connect(j.settings, j.log); err != nil {
		return asWrong(err)
	}
	defer j.source.Close()
	defer j.sink.Close()
	if len(j.settings.outputBrokers) > 0 { // the source finds out for itself
		if err := j.sink.Check(ctx); err != nil {
			return err
		}
	}
	j.arrivals = runtime.NewArrivals(j.input, j.log)
	j.pipeline = runtime.New(runtime.Config{
		Source: j.source, Format: j.input, Sink: &rejectLog{sink: j.sink, log: j.log}, Set: j.loaded.set, Arrivals: j.arrivals, Log: j.log,
		NewEncoder: j.encodings.encoder,
		Drain:      min(drainTime, j.flags.sessionTimeout*2/5), // the source gives a worker half of it
	})
	return j.run(ctx)
}

// run runs the pipeline with its telemetry and its reloads.
func (j *job) run(ctx context.Context) error {
	status := newStatus(j)
	defer j.keepBudgets(ctx, status)()
	reloads := newReloader(j, status)
	stopServing, err := serve(j.settings.listen, j.flags.given("listen"), status, j.log)
	if err != nil {
		return err
	}
	defer stopServing()
	ctx, stop := untilSignal(ctx, j.io, "settling what is in hand; once more to leave at once")
	defer stop()
	defer reloads.start(ctx)()
	j.log.Info("running", "filters", len(j.loaded.set.Filters), "brokers", j.settings.brokers, "topics", j.settings.topics, "group", j.settings.group)
	began := time.Now()
	err = drained(ctx, j.pipeline)
	return errors.Join(err, j.tell(reloads.current(), time.Since(began)))
}

// tell writes what the run came to.
func (j *job) tell(last *filters, took time.Duration) error {
	counts := j.pipeline.Ledger().Counts()
	s := newSummary(counts, took)
	if j.flags.output.json() {
		return writeJSON(j.io.out, s)
	}
	fmt.Fprintln(j.io.err, s.line(counts.Alerts))
	return writeTable(j.io.out, last.set.Filters, counts)
}

// drained runs the pipeline, and gives up waiting drainLimit after ctx ended.
func drained(ctx context.Context, pipeline *runtime.Pipeline) error {
	done := make(chan error, 1)
	go func() { done <- pipeline.Run(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(drainLimit):
		return fmt.Errorf("not all was settled within %v of stopping: what is left is read again by the next owner", drainLimit)
	}
}

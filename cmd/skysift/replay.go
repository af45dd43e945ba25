package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/archive"
)

const replayHelp = `Judge the alerts in files by a set of filters, without a broker.

A PATH is a file of one message or an Avro file of many alerts, a folder (read in
lexical order, to any depth), or a night's archive: .tar, .tar.gz, .avro.gz. In
folders and archives only what is named as its format is read: .avro, or .bin
for Confluent's framing; with --format json or msgpack .json, .jsonl or
.msgpack. Archives are not unpacked.

A filter with topics judges the files of folders that are named as one of them:
telemetry/0001.json is of the topic telemetry. --topic says another.

stdout has a table of what each filter passed or, with --output json, a line
per match and class:

  {"source": "night.tar.gz/1.avro#0", "id": "1041", "class": "transient",
   "filters": ["bright"], "annotations": {"bright": {"rate": -0.2}}}

annotations has a key for each filter that annotated. The id is a string: it
has more digits than many readers of JSON keep.

--sink dir:OUT writes each passing alert, byte for byte, to OUT/<class>/, and
what cannot be decoded to OUT/rejected/ with the reason beside it. tar:OUT and
tar.gz:OUT write an archive per class, avro:OUT an Avro container; they have
their names when they are whole. OUT must be new or empty.

--sink kafka passes alerts on to a topic per class, as run does, at most as many
as --rate says.

--funnel tells instead, for each filter, how many alerts each clause and those
before it left standing, how many alerts failed on that clause alone (its near
misses), and how many alerts and bytes a night the filter would have sent.

--compare OLD.yaml tells instead, for each filter, which alerts it passes that
the filter of that name in OLD.yaml does not, and which it no longer passes. Up
to 10 of each are named; --output json, a line per filter, has all.

A filter with max_pass_rate: 0.01 in its file that passes a larger share of the
alerts makes the exit code 3, if there are at least 100 of them.

A record that cannot be decoded is counted as rejected, with its reason on
stderr, and the others go on: the exit code stays 0. It is 1 when a file cannot
be read or an archive is damaged; what could be read has been judged.`

const replayExample = `  skysift replay --filters filters.yaml night/
  skysift replay --filters filters.yaml ztf_public_20260314.tar.gz --sink dir:passing
  skysift replay --filters filters.yaml night/ --sink kafka --brokers localhost:9092 --rate 500/s
  skysift replay --filters filters.yaml night/ --funnel
  skysift replay --filters filters.yaml night/ --compare old.yaml
  skysift replay --filters filters.yaml alert.avro --output json`

// replayFlags are what replay was asked for.
type replayFlags struct {
	filters, survey string
	compare         string
	funnel          bool
	sink            sinkFlags
	input           inputFlags
	output          *outputFlag
}

func newReplayCommand(io streams) *cobra.Command {
	var flags replayFlags
	command := &cobra.Command{
		Use:     "replay --filters FILE PATH...",
		Short:   "Judge the alerts in files and archives",
		Long:    replayHelp,
		Example: replayExample,
		Args:    somePaths("which alerts? Give the files, folders or archives to read"),
	}
	command.Flags().StringVar(&flags.filters, "filters", "", "the `FILE` of filters, or a folder of such files")
	command.Flags().StringVar(&flags.survey, "survey", "", "the survey whose fields the filters use, a `NAME` such as ztf; none leaves names unchecked")
	command.Flags().BoolVar(&flags.funnel, "funnel", false, "tell how many alerts each clause left standing, and how many failed only it")
	command.Flags().StringVar(&flags.compare, "compare", "", "tell which alerts are gained and lost against the filters in `OLD.yaml`")
	flags.input.add(command.Flags())
	flags.input.addTopic(command.Flags())
	flags.sink.add(command.Flags())
	flags.output = addOutput(command.Flags())
	command.RunE = func(c *cobra.Command, paths []string) error {
		return replay(c.Context(), io, flags, paths)
	}
	return command
}

// somePaths wants at least one argument.
func somePaths(complaint string) cobra.PositionalArgs {
	return func(_ *cobra.Command, paths []string) error {
		if len(paths) == 0 {
			return errors.New(complaint)
		}
		return nil
	}
}

func replay(ctx context.Context, io streams, flags replayFlags, paths []string) error {
	loaded, err := loadFilters(flags.filters, flags.survey, flags.input, io)
	if err != nil {
		return err
	}
	log := newLogger(io.err, logText, logWarn)
	in, err := openInput(io, log, flags.input, loaded.Document)
	if err != nil {
		return err
	}
	source, err := archive.NewSource(paths...)
	if err != nil {
		return asWrong(err)
	}
	source.Accept(in.endings...)
	why := &reasons{}
	studied, err := newStudy(io, flags, loaded)
	if err != nil {
		return asWrong(err)
	}
	out, err := openOutlet(ctx, io, log, &flags.sink, loaded, in)
	if err != nil {
		return asWrong(err)
	}
	sink := studied.sinks()
	if flags.output.json() && !flags.studies() {
		sink = append(sink, archive.NewLines(io.out))
	}
	if out != nil {
		sink = append(sink, out)
	}
	pipeline := runtime.New(runtime.Config{
		Source: source, Format: in, Sink: append(sink, why), Set: loaded.set, Arrivals: runtime.NewArrivals(in, log),
		IDPath: loaded.idPath(), Patience: filePatience, Log: log, Topic: flags.input.topic, NewEncoder: out.encoder(),
	})
	ctx, stop := untilSignal(ctx, io, "stopping: what has been judged so far is counted below")
	defer stop()
	bar := startBar(io, source)
	began := time.Now()
	err = pipeline.Run(ctx)
	if out != nil {
		err = errors.Join(err, out.end(ctx))
	}
	took := time.Since(began)
	bar.stop()
	tell := tellReplay(io, flags, loaded, source, pipeline, why, took, studied)
	if ctx.Err() != nil {
		err = errors.Join(errors.New("stopped before the end"), err)
	}
	return errors.Join(err, tell)
}

// tellReplay writes what the replay came to: the table is the answer unless
// the lines were, all else is the story.
func tellReplay(io streams, flags replayFlags, loaded *filters, source *archive.Source, pipeline *runtime.Pipeline, why *reasons, took time.Duration, studied study) error {
	counts := pipeline.Ledger().Counts()
	fmt.Fprintln(io.err, newSummary(counts, took).line(counts.Alerts))
	if n := source.Skipped(); n > 0 {
		fmt.Fprintf(io.err, "skipped: %s not named %s\n", count(n, "file"), source.Endings())
	}
	why.tell(io)
	var err error
	switch {
	case studied.any():
		err = studied.tell(io, flags.output, loaded)
	case !flags.output.json():
		err = writeTable(io.out, loaded.set.Filters, counts)
	}
	return errors.Join(err, checkRates(io, loaded, counts))
}

// tell writes the first reasons why records were rejected.
func (r *reasons) tell(io streams) {
	for _, reason := range r.first {
		fmt.Fprintf(io.err, "rejected: %s\n", reason)
	}
	if more := r.count - len(r.first); more > 0 {
		fmt.Fprintf(io.err, "rejected: %d more\n", more)
	}
}

package main

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/spf13/cobra"

	"github.com/skysift/skysift/internal/simulate"
)

const simulateHelp = `Make a synthetic night of alerts in the shape of ZTF's schema 4.02, of which
the truth is known: supernovae, variable stars, asteroids and bogus detections,
with light curves, histories, missing values and FITS cutouts like real ones.
Nothing in it was observed, and each alert says so.

Equal flags give equal bytes, on every machine.

--out DIR writes a file per alert, --out NAME.avro one file of all alerts, and
--out NAME.tar.gz an archive like ZTF's. Nothing is overwritten: DIR must be new
or empty. truth.csv (NAME.truth.csv) says what each alert really shows.

--topic NAME produces to Kafka instead, each alert acknowledged by all in-sync
replicas. A topic that does not exist is created with --partitions.`

const simulateExample = `  skysift simulate --out night --alerts 500
  skysift simulate --out night.tar.gz --alerts 20000 --seed 7
  skysift simulate --topic ztf_20261121_programid1 --brokers localhost:9092 --alerts 5000 --rate 100 --truth truth.csv`

// simulateFlags are what simulate was asked for.
type simulateFlags struct {
	out, topic, truth string
	brokers           []string
	partitions        int
	alerts            int
	rate              float64
	seed              uint64
	night             string
	cutouts           string
	output            *outputFlag
}

func newSimulateCommand(io streams) *cobra.Command {
	var f simulateFlags
	command := &cobra.Command{
		Use:     "simulate --out PATH | --topic NAME",
		Short:   "Make a synthetic night of alerts with known truth",
		Long:    simulateHelp,
		Example: simulateExample,
	}
	flags := command.Flags()
	flags.StringVar(&f.out, "out", "", "write to `PATH`: a folder, NAME.avro, NAME.tar.gz or NAME.tgz")
	flags.StringVar(&f.topic, "topic", "", "produce to the topic `NAME`")
	flags.StringSliceVar(&f.brokers, "brokers", nil, "with --topic: brokers to begin with, `HOST:PORT`,...")
	flags.IntVar(&f.partitions, "partitions", 16, "with --topic: how many partitions the topic is created with")
	flags.StringVar(&f.truth, "truth", "", "write the truth to `FILE` (with --out beside it by default, with --topic nowhere)")
	flags.IntVar(&f.alerts, "alerts", 1000, "how many alerts")
	flags.Float64Var(&f.rate, "rate", 0, "alerts a second; 0: as fast as it goes")
	flags.Uint64Var(&f.seed, "seed", 1, "which of all possible nights")
	flags.StringVar(&f.night, "night", "2026-11-21", "the night's UT `DATE`")
	flags.StringVar(&f.cutouts, "cutouts", "full", "full or none")
	f.output = addOutput(flags)
	command.RunE = func(c *cobra.Command, _ []string) error { return runSimulate(c.Context(), io, f) }
	return command
}

// plan checks the flags and plans the night.
func (f *simulateFlags) plan() (*simulate.Night, error) {
	switch {
	case f.out == "" && f.topic == "":
		return nil, wrong("where to? Give --out PATH or --topic NAME")
	case f.out != "" && f.topic != "":
		return nil, wrong("--out and --topic exclude each other: simulate twice, equal flags give equal alerts")
	case f.topic != "" && len(f.brokers) == 0:
		return nil, wrong("--topic needs --brokers, such as --brokers localhost:9092")
	case f.out != "" && len(f.brokers) > 0:
		return nil, wrong("--brokers goes with --topic, not with --out")
	case f.alerts < 1:
		return nil, wrong("--alerts %d: give 1 or more", f.alerts)
	case f.partitions < 1 || f.partitions > 10_000:
		return nil, wrong("--partitions %d: give 1 to 10000", f.partitions)
	case !(f.rate >= 0) || math.IsInf(f.rate, 0):
		return nil, wrong("--rate %v: give alerts a second, or 0 for as fast as it goes", f.rate)
	}
	date, err := time.Parse(time.DateOnly, f.night)
	if err != nil {
		return nil, wrong("--night %q: write the date as 2026-11-21", f.night)
	}
	night, err := simulate.New(simulate.Options{Seed: f.seed, Alerts: f.alerts, Night: simulate.NightOf(date), Cutouts: simulate.Cutouts(f.cutouts)})
	return night, asWrong(err)
}

// simulated is what simulate says it did.
type simulated struct {
	Alerts          int                   `json:"alerts"`
	Bytes           int64                 `json:"bytes"`
	Seconds         float64               `json:"seconds"`
	AlertsPerSecond float64               `json:"alerts_per_second"`
	Seed            uint64                `json:"seed"`
	Night           string                `json:"night"`
	To              string                `json:"to"`
	Truth           string                `json:"truth,omitempty"`
	Kinds           map[simulate.Kind]int `json:"kinds"`
}

func runSimulate(ctx context.Context, io streams, f simulateFlags) error {
	night, err := f.plan()
	if err != nil {
		return err
	}
	ctx, stop := untilSignal(ctx, io, "stopping: what has been written so far stays")
	defer stop()
	destination, err := openDestination(ctx, &f)
	if err != nil {
		return err
	}
	done := simulated{Seed: f.seed, Night: f.night, To: f.out + f.topic, Truth: f.truth, Kinds: map[simulate.Kind]int{}}
	began := time.Now()
	err = tell(ctx, io, night, destination, f.rate, &done)
	if closing := destination.close(); err == nil {
		err = closing
	}
	done.Seconds = time.Since(began).Seconds()
	done.AlertsPerSecond = float64(done.Alerts) / done.Seconds
	if ctx.Err() != nil {
		err = fmt.Errorf("stopped after %d of %d alerts", done.Alerts, f.alerts)
	}
	if err != nil {
		return err
	}
	if f.output.json() {
		return writeJSON(io.out, done)
	}
	_, err = fmt.Fprintln(io.out, done)
	return err
}

// String is the summary for people.
func (s simulated) String() string {
	text := fmt.Sprintf("%s of a simulated night to %s in %.1f s (%.0f/s, %.1f MB):", count(s.Alerts, "alert"), s.To, s.Seconds, s.AlertsPerSecond, float64(s.Bytes)/1e6)
	for i, kind := range simulate.Kinds() {
		if i > 0 {
			text += ","
		}
		text += fmt.Sprintf(" %d %s", s.Kinds[kind], kind)
	}
	if s.Truth != "" {
		text += "; the truth is in " + s.Truth
	}
	return text
}

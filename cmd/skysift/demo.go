package main

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/skysift/skysift/filter/compile"
	"github.com/skysift/skysift/filter/spec"
	"github.com/skysift/skysift/internal/simulate"
	"github.com/skysift/skysift/schemas"
)

// demoFilters are the repository's filters.yaml, so that the demo runs
// wherever the binary is.
//
//go:embed demo_filters.yaml
var demoFilters []byte

const demoHelp = `Show all of Skysift with nothing installed: a small Kafka broker inside this
process, a simulated night of alerts produced to a topic, and the filters
reading it as they would read a telescope's stream.

What was simulated is known, so in the end the demo says of each filter how pure
it was (the share of what it passed that it was meant for) and how complete (the
share of what it was meant for that it passed). It lasts less than a minute and
leaves nothing behind. Its broker keeps all in memory, so the alerts come without
their cutouts.`

const demoExample = `  skysift demo
  skysift demo --filters filters.yaml --seed 7
  skysift demo --print-filters > filters.yaml`

// demoFlags are what the demo was asked for.
type demoFlags struct {
	filters      string
	printFilters bool
	alerts       int
	seconds      float64
	seed         uint64
	output       *outputFlag
}

func newDemoCommand(io streams) *cobra.Command {
	var f demoFlags
	command := &cobra.Command{
		Use:     "demo",
		Short:   "Filter a simulated night, with nothing to install",
		Long:    demoHelp,
		Example: demoExample,
	}
	flags := command.Flags()
	flags.StringVar(&f.filters, "filters", "", "the `FILE` of filters, instead of those built in")
	flags.BoolVar(&f.printFilters, "print-filters", false, "print the filters built in, and do nothing else")
	flags.IntVar(&f.alerts, "alerts", 3000, "how many alerts the night has")
	flags.Float64Var(&f.seconds, "seconds", 20, "how long the night takes")
	flags.Uint64Var(&f.seed, "seed", 1, "which of all possible nights")
	f.output = addOutput(flags)
	command.RunE = func(c *cobra.Command, _ []string) error {
		if f.printFilters {
			_, err := io.out.Write(demoFilters)
			return err
		}
		return runDemo(c.Context(), io, f)
	}
	return command
}

// demoLimit bounds what a demo may be asked for: its broker keeps everything
// in memory.
const demoLimit = 20_000

func (f *demoFlags) check() error {
	if f.alerts < 1 || f.alerts > demoLimit {
		return wrong("--alerts %d: give 1 to %d; simulate and run have no such limit", f.alerts, demoLimit)
	}
	if !(f.seconds >= 0 && f.seconds <= 3600) {
		return wrong("--seconds %v: give 0 to 3600", f.seconds)
	}
	return nil
}

// rate is in alerts a second; 0 is as fast as it goes.
func (f *demoFlags) rate() float64 {
	if f.seconds == 0 {
		return 0
	}
	return float64(f.alerts) / f.seconds
}

func runDemo(ctx context.Context, io streams, f demoFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	loaded, err := demoFiltersOf(f.filters, io)
	if err != nil {
		return err
	}
	today := time.Now().UTC()
	night, err := simulate.New(simulate.Options{Seed: f.seed, Alerts: f.alerts, Night: simulate.NightOf(today), Cutouts: simulate.CutoutsNone})
	if err != nil {
		return asWrong(err)
	}
	stage, err := newStage(io, loaded, today, night)
	if err != nil {
		return err
	}
	defer stage.close()
	ctx, stop := untilSignal(ctx, io, "leaving the demo")
	defer stop()
	fmt.Fprintf(io.err, "A simulated night of %s to topic %s of a broker inside this process, through %s of %s.\n",
		count(f.alerts, "alert"), stage.topic, count(len(loaded.set.Filters), "filter"), cmp.Or(f.filters, "the filters.yaml built in"))
	took, err := stage.play(ctx, f.rate())
	if err != nil {
		return err
	}
	report := newDemoReport(stage, f.seed, took)
	if f.output.json() {
		return writeJSON(io.out, report)
	}
	return report.write(io.out)
}

// demoFiltersOf loads the filters at path, or those built in.
func demoFiltersOf(path string, io streams) (*filters, error) {
	if path != "" {
		return loadFilters(path, "", inputFlags{}, io)
	}
	schema, err := schemas.Load(schemas.Default)
	if err != nil {
		return nil, err
	}
	document, found := spec.Parse("filters.yaml", demoFilters, io.env)
	set, report := compile.Set(document, schema)
	if found = append(found, report.Mistakes...); len(found) > 0 {
		return nil, asWrong(mistakes(found))
	}
	return &filters{Document: document, set: set, schema: schema}, nil
}

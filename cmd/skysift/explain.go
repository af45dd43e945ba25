package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/archive"
)

const explainHelp = explainAlertHelp + `Say how a set of filters is evaluated, and what each of them costs.

Filters are not tried one by one. Values that many filters compare with limits
of their own (candidate.magpsf < 19.2) are looked up in an index, which answers for
all filters at once; what filters have in common is evaluated once an alert;
and the history is read only for an alert on which a filter still needs it.

--plan lists the values in the index, what is shared, and for each filter the
clauses that the index answers and those that are left, in their order, with an
estimate of their cost.

With PATHs, which are read as replay reads them, each filter also has the share of
alerts on which it had to be evaluated, the share on which it came to clauses
that read the history, the alerts it passed, and its time per alert. Times are
estimated from one alert in 64.`

const explainExample = explainAlertExample + `  skysift explain --plan --filters filters.yaml
  skysift explain --plan --filters filters/ night/
  skysift explain --plan --filters filters.yaml --output json`

// explainFlags are what explain was asked for.
type explainFlags struct {
	filters, survey, filter string
	index                   int // of the alert in its file; -1: every alert
	plan                    bool
	brokers                 []string
	security                securityFlags
	timeout                 time.Duration
	input                   inputFlags
	output                  *outputFlag
}

func newExplainCommand(io streams) *cobra.Command {
	var flags explainFlags
	command := &cobra.Command{
		Use:     "explain --filters FILE --filter NAME ALERT | --plan --filters FILE [PATH...]",
		Short:   "Say why an alert passes a filter or does not, or how filters are evaluated",
		Long:    explainHelp,
		Example: explainExample,
		Args:    cobra.ArbitraryArgs,
	}
	command.Flags().StringVar(&flags.filter, "filter", "", "explain this filter, a `NAME`; all if it is left out")
	command.Flags().IntVar(&flags.index, "index", -1, "explain only the file's alert `N`, 0 being the first; -1: all")
	command.Flags().BoolVar(&flags.plan, "plan", false, "explain the plan of evaluation")
	command.Flags().StringVar(&flags.filters, "filters", "", "the `FILE` of filters, or a folder of such files")
	command.Flags().StringVar(&flags.survey, "survey", "", "the survey whose fields the filters use, a `NAME` such as ztf; none leaves names unchecked")
	command.Flags().StringSliceVar(&flags.brokers, "brokers", nil, "for topic/partition/offset: brokers to begin with, `HOST:PORT`,...")
	command.Flags().DurationVar(&flags.timeout, "timeout", 15*time.Second, "for topic/partition/offset: how long the brokers may take")
	flags.security.add(command.Flags(), "", " the brokers")
	flags.input.add(command.Flags())
	flags.input.addTopic(command.Flags())
	flags.output = addOutput(command.Flags())
	command.RunE = func(c *cobra.Command, paths []string) error {
		switch {
		case !flags.plan && len(paths) != 1:
			return wrong("which alert? Give one file, topic/partition/offset, or --plan")
		case !flags.plan:
			return explainAlert(c.Context(), io, flags, paths[0])
		}
		return explain(c.Context(), io, flags, paths)
	}
	return command
}

func explain(ctx context.Context, io streams, flags explainFlags, paths []string) error {
	loaded, err := loadFilters(flags.filters, flags.survey, flags.input, io)
	if err != nil {
		return err
	}
	e := newExplanation(loaded.set)
	if len(paths) > 0 {
		err = e.measure(ctx, io, flags, loaded, paths)
	}
	if flags.output.json() {
		return errors.Join(err, writeJSON(io.out, e))
	}
	return errors.Join(err, e.write(io.out))
}

// measure judges the alerts at paths and notes what each filter came to.
func (e *explanation) measure(ctx context.Context, io streams, flags explainFlags, loaded *filters, paths []string) error {
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
	pipeline := runtime.New(runtime.Config{
		Source: source, Format: in, Sink: why, Set: loaded.set, Arrivals: runtime.NewArrivals(in, log), Log: log, Topic: flags.input.topic,
	})
	ctx, stop := untilSignal(ctx, io, "stopping: what has been judged so far is told below")
	defer stop()
	bar := startBar(io, source)
	began := time.Now()
	err = pipeline.Run(ctx)
	took := time.Since(began)
	bar.stop()
	why.tell(io)
	e.note(loaded.set.Accounts, took)
	if ctx.Err() != nil && err == nil {
		err = errors.New("stopped before the end")
	}
	return err
}

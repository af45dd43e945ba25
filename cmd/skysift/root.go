package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/skysift/skysift/internal/spelling"
)

const rootHelp = `Skysift filters streams of telescope alerts.

Filters are expressions over the alert's own fields in a YAML file. Each alert
that a filter passes goes on, byte for byte, to the topic or folder of the
filter's class.`

const rootExample = `  skysift demo                                      a simulated night, nothing to install
  skysift init my-filters                           filters, tests and sample alerts to begin with
  skysift fields alert.avro                         what a filter can ask about
  skysift validate filters.yaml                     is my file right?
  skysift replay --filters filters.yaml night/      what would have passed?
  skysift run --filters filters.yaml --brokers localhost:9092 --topics 'ztf_*'`

// execute runs one command line and returns its exit code.
func execute(ctx context.Context, io streams, args []string) int {
	io.plugins = newPluginHost(io)
	defer io.plugins.Close()
	root := newRootCommand(io)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err != nil && err.Error() != "" {
		fmt.Fprintf(io.err, "skysift: %s\n", strings.TrimRight(err.Error(), "\n"))
	}
	return exitCode(err)
}

func newRootCommand(io streams) *cobra.Command {
	root := &cobra.Command{
		Use:               "skysift",
		Short:             "Filter streams of telescope alerts",
		Long:              rootHelp,
		Example:           rootExample,
		Args:              unknownVerb,
		RunE:              func(c *cobra.Command, _ []string) error { return c.Help() },
		SilenceUsage:      true,
		SilenceErrors:     true,
		PersistentPreRunE: func(c *cobra.Command, _ []string) error { return fromEnvironment(c.Flags(), io.env) },
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.SetIn(io.in)
	root.SetOut(io.out)
	root.SetErr(io.err)
	root.SetFlagErrorFunc(flagError)
	for _, command := range commands(io) {
		command.Args = wrongArgs(command.Args)
		command.DisableFlagsInUseLine = true
		root.AddCommand(command)
	}
	return root
}

// wrongArgs gives the errors of check the exit code of wrong usage.
func wrongArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	if check == nil {
		check = cobra.NoArgs
	}
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return wrong("%w\ntry: %s --help", err, c.CommandPath())
		}
		return nil
	}
}

func unknownVerb(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var verbs []string
	for _, verb := range c.Commands() {
		verbs = append(verbs, verb.Name())
	}
	if near := spelling.Nearest(args[0], verbs); near != "" {
		return wrong("unknown verb %q: did you mean %s?", args[0], near)
	}
	return wrong("unknown verb %q: %s --help lists them", args[0], c.CommandPath())
}

// flagError adds to pflag's words the flag that was probably meant.
func flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return wrong("%w\ntry: %s --help", err, c.CommandPath())
	}
	names := []string{}
	c.Flags().VisitAll(func(flag *pflag.Flag) { names = append(names, flag.Name) })
	if near := spelling.Nearest(unknown.GetSpecifiedName(), names); near != "" {
		return wrong("%w: did you mean --%s?", err, near)
	}
	return wrong("%w: %s --help lists them", err, c.CommandPath())
}

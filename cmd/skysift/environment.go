package main

import (
	"strings"

	"github.com/spf13/pflag"
)

// fromEnvironment gives each flag that was not on the command line the value
// of its variable: --output-topic is SKYSIFT_OUTPUT_TOPIC. An empty variable
// is none.
func fromEnvironment(flags *pflag.FlagSet, env func(string) (string, bool)) error {
	var first error
	flags.VisitAll(func(flag *pflag.Flag) {
		if flag.Changed || flag.Name == "help" || first != nil {
			return
		}
		name := variable(flag.Name)
		value, set := env(name)
		if !set || value == "" {
			return
		}
		if err := flags.Set(flag.Name, value); err != nil {
			first = wrong("environment variable %s: %w", name, err)
		}
	})
	return first
}

// variable is the environment's name of a flag.
func variable(flag string) string {
	return "SKYSIFT_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

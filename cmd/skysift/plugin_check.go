package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/plugincheck"
	"github.com/skysift/skysift/runtime/decode/avro"
)

const pluginCheckHelp = `Check that a plug-in keeps to the protocol (schemas/plugin.proto), before it is
let near a stream. Each check says what it found and, where it failed, how to
mend it:

  start, handshake, version, describe, health   does it come up, as what?
  by-hand       does it tell a person who starts it what it is?
  empty, one, thousand, order   batches of 0, 1 and 1,000 alerts, many in hand
  missing       does it take it that any value may be missing?
  integers      do identifiers keep their 64 bits?
  cutouts, kinds   do damaged images and unexpected values leave it alive?
  cancel        does it serve on when the host breaks off a stream?
  determinism   does it say the same of an alert again, and in another process?
  golden        are the verdicts those of a file? (--golden)
  memory        does it keep what it should forget?
  shutdown, sigterm   does it end when told, with all that it started?

The alerts are 200 of a simulated night, the same on every machine, or those of
the files and folders given with --alerts. What stands after -- are arguments
for the program; one that begins with ./ or ../ is a path. Like under run, it
starts in an empty folder, and its environment has nothing but what the protocol
says and --env names.

The exit code is 0 when all checks passed and 1 when one failed.`

const pluginCheckExample = `  skysift plugin check ./microlensing
  skysift plugin check .venv/bin/python --alerts night/ -- -m skysift_plugin ./filter.py
  skysift plugin check ./microlensing --golden verdicts.json --output json`

// pluginCheckFlags are what plugin check was asked for.
type pluginCheckFlags struct {
	alerts, env []string
	golden      string
	timeout     time.Duration
	output      *outputFlag
}

func newPluginCheckCommand(io streams) *cobra.Command {
	var f pluginCheckFlags
	command := &cobra.Command{
		Use:     "check PROGRAM [-- ARGUMENT...]",
		Short:   "Check that a plug-in keeps to the protocol",
		Long:    pluginCheckHelp,
		Example: pluginCheckExample,
		Args:    somePaths("which plug-in? Give the program to check"),
	}
	flags := command.Flags()
	flags.StringSliceVar(&f.alerts, "alerts", nil, "judge the alerts of these Avro files and folders, `PATH`,...")
	flags.StringSliceVar(&f.env, "env", nil, "give the program these variables of the environment, `NAME` or NAME=VALUE,...")
	flags.StringVar(&f.golden, "golden", "", "the verdicts must be those in this `FILE`; it is written if it is not there")
	flags.DurationVar(&f.timeout, "timeout", 30*time.Second, "how long the program may take to start, and for a batch")
	f.output = addOutput(flags)
	command.RunE = func(c *cobra.Command, args []string) error { return runPluginCheck(c.Context(), io, f, args) }
	return command
}

func runPluginCheck(ctx context.Context, io streams, f pluginCheckFlags, args []string) error {
	config, err := f.config(io, args)
	if err != nil {
		return asWrong(err)
	}
	ctx, stop := untilSignal(ctx, io, "stopping")
	defer stop()
	report, err := plugincheck.Run(ctx, config, func(r plugincheck.Result) {
		if !f.output.json() {
			writeCheck(io, r)
		}
	})
	if err != nil {
		return err
	}
	if f.output.json() {
		err = writeJSON(io.out, newCheckReport(args, report))
	} else {
		_, err = fmt.Fprintln(io.out, checkSummary(report))
	}
	if err == nil && !report.OK() {
		err = &exitError{code: exitFailed, err: fmt.Errorf("%s does not keep to the protocol", args[0])}
	}
	return err
}

func (f *pluginCheckFlags) config(io streams, args []string) (plugincheck.Config, error) {
	config := plugincheck.Config{Timeout: f.timeout, Golden: f.golden}
	if f.timeout <= 0 {
		return config, fmt.Errorf("--timeout %s: give a time such as 30s", f.timeout)
	}
	program, err := filepath.Abs(args[0])
	if err != nil {
		return config, err
	}
	if info, err := os.Stat(program); err != nil || !info.Mode().IsRegular() {
		return config, fmt.Errorf("%s: there is no such program; give its path, such as ./microlensing", args[0])
	}
	config.Command = []string{program}
	for _, word := range args[1:] {
		if strings.HasPrefix(word, "./") || strings.HasPrefix(word, "../") { // as in filters.yaml
			if word, err = filepath.Abs(word); err != nil {
				return config, err
			}
		}
		config.Command = append(config.Command, word)
	}
	for _, name := range f.env {
		if value, set := io.env(name); set {
			name += "=" + value
		} else if !strings.Contains(name, "=") {
			return config, fmt.Errorf("--env %s: there is no such variable in the environment", name)
		}
		config.Environment = append(config.Environment, name)
	}
	if len(f.alerts) == 0 {
		config.Alerts, err = plugincheck.Simulated()
	} else {
		config.Alerts, err = checkedAlerts(f.alerts)
	}
	return config, err
}

// mostChecked is how many alerts of --alerts are judged, the first ones.
const mostChecked = 1000

// checkedAlerts reads alerts from files, and from what is named .avro in
// folders.
func checkedAlerts(paths []string) ([]plugincheck.Alert, error) {
	var alerts []plugincheck.Alert
	for _, path := range paths {
		files := []string{path}
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			files, _ = filepath.Glob(filepath.Join(path, "*.avro"))
		}
		for _, file := range files {
			value, err := readSample(file)
			if err != nil {
				return nil, err
			}
			if alerts, err = appendAlerts(alerts, file, value); err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
		}
	}
	if len(alerts) == 0 {
		return nil, fmt.Errorf("--alerts %s: there is no alert in it", strings.Join(paths, ","))
	}
	return alerts[:min(len(alerts), mostChecked)], nil
}

// appendAlerts appends each alert of a container as one of its own.
func appendAlerts(alerts []plugincheck.Alert, path string, value []byte) ([]plugincheck.Alert, error) {
	decoder, index := avro.New().NewDecoder(nil), 0
	err := decoder.Decode(value, func(*filter.Alert) error {
		if len(alerts) >= mostChecked {
			return nil
		}
		single, err := decoder.Single()
		alerts = append(alerts, plugincheck.Alert{Source: path + "#" + strconv.Itoa(index), Value: append([]byte(nil), single...)})
		index++
		return err
	})
	return alerts, err
}

package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skysift/skysift/internal/scaffold"
)

const pluginNewHelp = `Write a new plug-in filter into the folder NAME: one that builds, with a test and
a filters.yaml that uses it, for you to change. Nothing is overwritten.

The SDK comes from the release that this skysift is. A skysift that was built
from a checkout takes it from there; --sdk names another checkout.`

const pluginNewExample = `  skysift plugin new --lang go fast-risers
  skysift plugin new --lang python fast-risers --sdk ../skysift`

// pluginNewFlags are what plugin new was asked for.
type pluginNewFlags struct {
	language, sdk string
	output        *outputFlag
}

func newPluginNewCommand(io streams) *cobra.Command {
	var f pluginNewFlags
	command := &cobra.Command{
		Use:     "new --lang LANGUAGE NAME",
		Short:   "Write a new plug-in that builds, with a test",
		Long:    pluginNewHelp,
		Example: pluginNewExample,
		Args:    cobra.ExactArgs(1),
	}
	command.Flags().StringVar(&f.language, "lang", "", "the `LANGUAGE` it is written in: "+strings.Join(scaffold.Languages(), " or "))
	command.Flags().StringVar(&f.sdk, "sdk", "", "take the SDK from the checkout of Skysift in `DIR`")
	f.output = addOutput(command.Flags())
	command.RunE = func(_ *cobra.Command, args []string) error { return runPluginNew(io, f, args[0]) }
	return command
}

// written is what plugin new says it did.
type written struct {
	Folder string   `json:"folder"`
	Files  []string `json:"files"`
	SDK    string   `json:"sdk"`
	Next   []string `json:"next"`
}

func runPluginNew(io streams, f pluginNewFlags, name string) error {
	if f.language == "" {
		return wrong("which language? Give --lang %s", strings.Join(scaffold.Languages(), " or --lang "))
	}
	p := scaffold.Plugin{Language: f.language, Name: name}
	if err := p.Check(); err != nil {
		return asWrong(err)
	}
	executable, err := os.Executable()
	if err != nil {
		return err
	}
	if p.SDK, err = scaffold.FindSDK(f.sdk, version, executable); err != nil {
		return asWrong(err)
	}
	done := written{Folder: name, SDK: p.SDK.Checkout + p.SDK.Version, Next: nextSteps(p)}
	if done.Files, err = p.Write(name); err != nil {
		return asWrong(err)
	}
	if f.output.json() {
		return writeJSON(io.out, done)
	}
	_, err = fmt.Fprintf(io.out, "%s has %s\n\nNext:\n\n    %s\n", name, strings.Join(done.Files, ", "), strings.Join(done.Next, "\n    "))
	return err
}

// nextSteps are the commands that build the plug-in, test and check it.
func nextSteps(p scaffold.Plugin) []string {
	if p.Language == "python" {
		return []string{
			"cd " + p.Name,
			"python3 -m venv .venv && .venv/bin/pip install -r requirements.txt",
			".venv/bin/python -m unittest",
			"skysift plugin check ./plugin",
		}
	}
	return []string{"cd " + p.Name, "go mod tidy", "go test", "go build", "skysift plugin check ./" + p.Name}
}

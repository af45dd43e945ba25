package main

import (
	"fmt"
	goruntime "runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is set by the release build: -ldflags "-X main.version=v1.2.3".
var version string

// build is what this binary is.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func newVersionCommand(io streams) *cobra.Command {
	command := &cobra.Command{
		Use:     "version",
		Short:   "Print which build this is",
		Example: "  skysift version --output json",
	}
	output := addOutput(command.Flags())
	command.RunE = func(*cobra.Command, []string) error {
		b := readBuild()
		if output.json() {
			return writeJSON(io.out, b)
		}
		_, err := fmt.Fprintln(io.out, b)
		return err
	}
	return command
}

func (b build) String() string {
	revision := ""
	if b.Revision != "" {
		revision = " " + b.Revision
	}
	if b.Modified {
		revision += " (modified)"
	}
	return fmt.Sprintf("skysift %s%s, %s, %s", b.Version, revision, b.Go, b.Platform)
}

// readBuild prefers the release's own words to what the Go tool recorded.
func readBuild() build {
	b := build{Version: "devel", Go: goruntime.Version(), Platform: goruntime.GOOS + "/" + goruntime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" && info.Main.Version != "(devel)" {
			b.Version = info.Main.Version
		}
		for _, setting := range info.Settings {
			switch setting.Key {
			case "vcs.revision":
				b.Revision = setting.Value[:min(12, len(setting.Value))]
			case "vcs.modified":
				b.Modified = setting.Value == "true"
			}
		}
	}
	if version != "" {
		b.Version = version
	}
	return b
}

// Command skysift filters streams of telescope alerts: it judges each alert by
// the filters of a YAML file and passes the matching ones on, byte for byte,
// to a topic or folder per class.
package main

import (
	"context"
	"os"

	"github.com/spf13/cobra"

	"github.com/skysift/skysift/internal/pluginhost/keeper"
)

func main() {
	if keeper.Called(os.Args[1:]) {
		os.Exit(keeper.Main(os.Args[1:]))
	}
	os.Exit(execute(context.Background(), systemStreams(), os.Args[1:]))
}

// commands is the one list of verbs.
func commands(io streams) []*cobra.Command {
	return []*cobra.Command{
		newInitCommand(io),
		newRunCommand(io),
		newReplayCommand(io),
		newValidateCommand(io),
		newTestCommand(io),
		newExplainCommand(io),
		newFieldsCommand(io),
		newPluginCommand(io),
		newSimulateCommand(io),
		newDemoCommand(io),
		newSchemaCommand(io),
		newVersionCommand(io),
	}
}

// Command embed judges files of alerts with Skysift's library and does with
// the matches what it likes: here it prints them.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/compile"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/archive"
	"github.com/skysift/skysift/runtime/decode/avro"
	"github.com/skysift/skysift/schemas"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: embed FILTERS ALERTS...")
		os.Exit(2)
	}
	if err := judge(context.Background(), os.Stdout, os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// judge prints which alerts at the paths the filters pass.
func judge(ctx context.Context, out io.Writer, filters string, paths []string) error {
	set, err := load(filters)
	if err != nil {
		return err
	}
	source, err := archive.NewSource(paths...)
	if err != nil {
		return err
	}
	pipeline := runtime.New(runtime.Config{
		Source: source, Format: avro.New(), Sink: printer{out}, Set: set, IDPath: "candid",
	})
	if err := pipeline.Run(ctx); err != nil {
		return err
	}
	counts := pipeline.Ledger().Counts()
	_, err = fmt.Fprintf(out, "%d alerts: %d delivered, %d dropped\n", counts.Alerts, counts.Delivered, counts.Dropped)
	return err
}

// load compiles a file of filters. All its mistakes are in the error.
func load(path string) (*filter.Set, error) {
	_, set, report := compile.Load(path, os.LookupEnv, schemas.Load)
	var mistakes []error
	for _, mistake := range report.Mistakes {
		mistakes = append(mistakes, mistake)
	}
	return set, errors.Join(mistakes...)
}

// printer is a runtime.Sink. Write returns nil when the outputs are durable,
// or as good as that.
type printer struct{ out io.Writer }

func (p printer) Write(_ context.Context, outputs []runtime.Output) error {
	for _, output := range outputs {
		if output.Rejection != nil {
			fmt.Fprintln(p.out, "rejected:", output.Rejection)
			continue
		}
		for _, match := range output.Matches {
			fmt.Fprintln(p.out, output.ID, output.Class, match.Filter)
		}
	}
	return nil
}

package main

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skysift/skysift/filter/filtertest"
	"github.com/skysift/skysift/filter/spec"
	"github.com/skysift/skysift/internal/simulate"
)

const initHelp = `Make what it takes to write filters, in this folder or in DIR:

  filters.yaml              two filters for ZTF's alerts, to change into yours
  filters_test.yaml         what must come of alerts that are known; skysift test
                            runs it
  filters.schema.json       by which an editor completes and explains filters.yaml
  filters_test.schema.json  the same for filters_test.yaml
  night.avro                200 simulated alerts to try filters on; none was observed
  night.truth.csv           what each of them really shows

Nothing is overwritten: where one of these is there already, nothing is made.`

const initExample = `  skysift init
  skysift init my-filters`

// The night that init makes is too small to have rare things and large enough
// for a pass rate. Its tests name alerts by their position.
const (
	initNight  = "night.avro"
	initAlerts = 200
)

//go:embed init
var initTexts embed.FS

// made is a file that init writes.
type made struct {
	Path string `json:"path"`
	Is   string `json:"is"`

	content []byte
}

func newInitCommand(io streams) *cobra.Command {
	command := &cobra.Command{
		Use:     "init [DIR]",
		Short:   "Make filters, tests and sample alerts to begin with",
		Long:    initHelp,
		Example: initExample,
		Args:    cobra.MaximumNArgs(1),
	}
	output := addOutput(command.Flags())
	command.RunE = func(c *cobra.Command, args []string) error {
		dir := "."
		if len(args) > 0 {
			dir = args[0]
		}
		files, err := initFiles(c.Context(), dir)
		if err != nil {
			return err
		}
		if err := writeNew(dir, files); err != nil {
			return err
		}
		if output.json() {
			return writeJSON(io.out, map[string]any{"folder": dir, "files": files})
		}
		return tellInit(io, dir, files)
	}
	return command
}

// initFiles are the files that a folder of filters begins with.
func initFiles(ctx context.Context, dir string) ([]made, error) {
	alerts, truth, err := simulated200(ctx)
	if err != nil {
		return nil, err
	}
	files := []made{
		{Path: "filters.yaml", Is: "two filters, to change into yours"},
		{Path: "filters_test.yaml", Is: "what must come of known alerts"},
		{Path: "filters.schema.json", Is: "by which editors complete and explain filters.yaml", content: spec.JSONSchema()},
		{Path: "filters_test.schema.json", Is: "the same for filters_test.yaml", content: filtertest.JSONSchema()},
		{Path: initNight, Is: fmt.Sprintf("%d simulated alerts; none was observed", initAlerts), content: alerts},
		{Path: strings.TrimSuffix(initNight, ".avro") + ".truth.csv", Is: "what each of them really shows", content: truth},
	}
	for i := range files {
		f := &files[i]
		if f.content == nil {
			if f.content, err = initTexts.ReadFile("init/" + f.Path); err != nil {
				return nil, err
			}
		}
		f.Path = filepath.Join(dir, f.Path)
	}
	return files, nil
}

// simulated200 makes the night in memory, and its truth.
func simulated200(ctx context.Context) (alerts, truth []byte, err error) {
	night, err := simulate.New(simulate.Options{Seed: 1, Alerts: initAlerts, Cutouts: simulate.CutoutsNone})
	if err != nil {
		return nil, nil, err
	}
	var file, table bytes.Buffer
	container, rows := newAvroFile(nil, &file), simulate.NewTruthWriter(&table)
	for alert, more := night.Next(); more; alert, more = night.Next() {
		if err := container.write(ctx, alert); err != nil {
			return nil, nil, err
		}
		rows.Write(alert.Truth)
	}
	if err := errors.Join(container.flush(ctx), rows.Flush()); err != nil {
		return nil, nil, err
	}
	return file.Bytes(), table.Bytes(), nil
}

// writeNew writes files that must all be new, or none of them.
func writeNew(dir string, files []made) error {
	var there []string
	for _, f := range files {
		if _, err := os.Lstat(f.Path); err == nil {
			there = append(there, f.Path)
		}
	}
	if len(there) > 0 {
		return wrong("nothing was made, as there is %s already: name another folder, as in skysift init my-filters", strings.Join(there, ", "))
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return asWrong(err)
	}
	for i, f := range files {
		if err := writeOne(f); err != nil {
			for _, done := range files[:i] {
				_ = os.Remove(done.Path) // what is left of it says no more than the error
			}
			return err
		}
	}
	return nil
}

func writeOne(f made) error {
	file, err := create(f.Path)
	if err != nil {
		return err
	}
	_, err = file.Write(f.content)
	if err = errors.Join(err, file.Close()); err != nil {
		_ = os.Remove(f.Path)
	}
	return err
}

// tellInit says what was made, and what to do with it.
func tellInit(io streams, dir string, files []made) error {
	for _, f := range files {
		fmt.Fprintf(io.out, "%-*s  %s\n", len(filepath.Join(dir, "filters_test.schema.json")), f.Path, f.Is)
	}
	fmt.Fprint(io.out, "\nNext:\n\n")
	steps := [][2]string{
		{"skysift validate filters.yaml", "is it right?"},
		{"skysift test", "do the filters do what their tests say?"},
		{"skysift replay --filters filters.yaml night.avro", "what would have passed?"},
		{"skysift fields night.avro", "what can a filter ask about?"},
		{"skysift explain --filters filters.yaml night.avro --index 29", "why does an alert pass, or not?"},
	}
	if dir != "." {
		fmt.Fprintf(io.out, "  cd %s\n", dir)
	}
	for _, step := range steps {
		fmt.Fprintf(io.out, "  %-60s # %s\n", step[0], step[1])
	}
	_, err := fmt.Fprint(io.out, initThen)
	return err
}

const initThen = `
Then write clauses of your own into filters.yaml, say in filters_test.yaml what they
must do, and replay real alerts.
`

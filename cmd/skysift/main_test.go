package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"skysift": main})
}

// TestCommands runs the scripts of testdata: what a user types, and what
// stdout, stderr and the exit code then are.
func TestCommands(t *testing.T) { runScripts(t, "testdata", nil) }

// TestRun runs the scripts of testdata/run, each with a broker of its own in
// this process at $KAFKA, and a free address for telemetry at $LISTEN.
func TestRun(t *testing.T) { runScripts(t, "testdata/run", startBroker) }

func runScripts(t *testing.T, dir string, setup func(*testscript.Env) error) {
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		Setup:               setup,
		UpdateScripts:       os.Getenv("SKYSIFT_TEST_UPDATE") != "",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"alert":  writeAlert,
			"framed": writeFramed,
			"night":  writeNight,
			"exits":  exits,
			"fifo":   fifo,
			"cut":    shorten,

			"produce": produce,
			"topic":   compareTopic,
			"until":   until,
			"freeze":  freeze,
		},
	})
}

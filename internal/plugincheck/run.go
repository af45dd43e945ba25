package plugincheck

import (
	"context"
	"os"
	"time"

	"github.com/skysift/skysift/filter/plugin/pluginpb"
)

// Config says what to check and with what.
type Config struct {
	// Command is the program and its arguments.
	Command []string
	// Environment is what the program's environment has besides what the
	// protocol puts there, as NAME=VALUE.
	Environment []string
	// Alerts are containers of one alert each. Without any a simulated night
	// is judged.
	Alerts []Alert
	// Timeout is how long the program may take to start, and for one batch.
	Timeout time.Duration
	// Golden is the file of the verdicts that the alerts must get; it is
	// written if it is not there. "": none.
	Golden string

	warm, watched time.Duration // how long checkMemory works; 0: long enough
}

// Alert is one alert to judge.
type Alert struct {
	Source string // its name in what is said: "night.avro#3"
	Value  []byte // an Avro container file that holds it alone
}

// Report is what was found.
type Report struct {
	// Plugin is what the program says of itself; nil if it was not reached.
	Plugin  *pluginpb.Description
	Results []Result
}

// OK reports whether no check failed.
func (r *Report) OK() bool {
	for _, result := range r.Results {
		if result.Outcome == Failed {
			return false
		}
	}
	return true
}

// check is one thing that a program must keep to. An essential one that fails
// leaves the others nothing to look at.
type check struct {
	name      string
	essential bool
	run       func(context.Context, *session) (found string, err error)
}

// checks are all checks in their order.
func checks() []check {
	return []check{
		{"start", true, checkStart},
		{"handshake", true, checkHandshake},
		{"version", true, checkVersion},
		{"describe", true, checkDescribe},
		{"health", false, checkHealth},
		{"by-hand", false, checkByHand},
		{"empty", false, checkEmpty},
		{"one", false, checkOne},
		{"thousand", false, checkThousand},
		{"order", false, checkOrder},
		{"missing", false, checkMissing},
		{"integers", false, checkIntegers},
		{"cutouts", false, checkCutouts},
		{"kinds", false, checkKinds},
		{"cancel", false, checkCancel},
		{"determinism", false, checkDeterminism},
		{"golden", false, checkGolden},
		{"memory", false, checkMemory},
		{"shutdown", false, checkShutdown},
		{"sigterm", false, checkSigterm},
	}
}

// Names are the names of the checks, in their order.
func Names() []string {
	var names []string
	for _, c := range checks() {
		names = append(names, c.name)
	}
	return names
}

// Run checks a program, and tells each result as it comes. The error is about
// the checking itself.
func Run(ctx context.Context, config Config, tell func(Result)) (*Report, error) {
	folder, err := os.MkdirTemp("", "skysift-check-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	s := &session{config: config, folder: folder}
	defer s.close()
	report := &Report{}
	unreached := ""
	for _, c := range checks() {
		result := Result{Check: c.name, Outcome: Skipped, Found: unreached}
		if unreached == "" {
			began := time.Now()
			found, err := c.run(ctx, s)
			result = resultOf(c.name, found, err, time.Since(began))
		}
		if err := ctx.Err(); err != nil {
			return report, err
		}
		if c.essential && result.Outcome == Failed {
			unreached = "not reached: " + c.name + " failed"
		}
		report.Results = append(report.Results, result)
		tell(result)
	}
	report.Plugin = s.description
	return report, nil
}

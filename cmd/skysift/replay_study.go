package main

import (
	"fmt"

	"github.com/skysift/skysift/filter/difference"
	"github.com/skysift/skysift/runtime"
)

// study is what a replay finds out beside the verdicts; nil is what was not
// asked for.
type study struct {
	funnel  *funnelStudy
	compare *difference.Difference
}

// studies reports whether the answer is what was studied, not the matches.
func (f replayFlags) studies() bool { return f.funnel || f.compare != "" }

// newStudy makes loaded's set one that is watched.
func newStudy(io streams, flags replayFlags, loaded *filters) (study, error) {
	var s study
	var err error
	if flags.funnel && flags.compare != "" {
		return s, wrong("--funnel and --compare are two answers: give one of them")
	}
	if flags.funnel {
		s.funnel, err = studyFunnel(loaded)
	}
	if flags.compare != "" {
		s.compare, err = studyCompare(io, flags, loaded)
	}
	return s, err
}

func (s study) any() bool { return s.funnel != nil || s.compare != nil }

func (s study) sinks() tee {
	if s.funnel == nil {
		return nil
	}
	return tee{s.funnel.sizes}
}

func (s study) tell(io streams, output *outputFlag, loaded *filters) error {
	if s.compare != nil {
		return tellCompared(io, output, s.compare)
	}
	return s.funnel.tell(io, output, loaded)
}

// enoughAlerts is how many alerts a rate needs to mean anything.
const enoughAlerts = 100

// checkRates returns an error if filters passed more than their files allow.
func checkRates(io streams, loaded *filters, counts runtime.Counts) error {
	tooMany := 0
	for _, f := range loaded.Filters() {
		switch passed := counts.Filters[f.Name].Passed; {
		case f.MaxPassRate == 0:
		case counts.Alerts < enoughAlerts:
			fmt.Fprintf(io.err, "max_pass_rate of filter %s is not checked: %s, and a rate needs %d\n", f.Name, count(counts.Alerts, "alert"), enoughAlerts)
		case float64(passed) > f.MaxPassRate*float64(counts.Alerts):
			tooMany++
			fmt.Fprintln(io.err, rateWords(f.Name, passed, counts.Alerts, f.MaxPassRate))
		}
	}
	if tooMany > 0 {
		return &exitError{code: exitTestsFailed, err: fmt.Errorf("%s above max_pass_rate", count(tooMany, "filter"))}
	}
	return nil
}

func rateWords(name string, passed, alerts int64, limit float64) string {
	return fmt.Sprintf("filter %s passed %d of %d alerts, a share of %.3g, and its max_pass_rate is %g", name, passed, alerts, float64(passed)/float64(alerts), limit)
}

package main

import (
	"fmt"
	"strings"

	"github.com/skysift/skysift/internal/plugincheck"
)

// checkReport is what plugin check --output json says.
type checkReport struct {
	Program []string             `json:"program"`
	OK      bool                 `json:"ok"`
	Name    string               `json:"name,omitempty"`
	Version string               `json:"version,omitempty"`
	Fields  []string             `json:"fields,omitempty"`
	Raw     bool                 `json:"raw,omitempty"`
	Checks  []plugincheck.Result `json:"checks"`
}

func newCheckReport(program []string, r *plugincheck.Report) checkReport {
	return checkReport{
		Program: program, OK: r.OK(), Name: r.Plugin.GetName(), Version: r.Plugin.GetVersion(),
		Fields: r.Plugin.GetFields(), Raw: r.Plugin.GetRaw(), Checks: r.Results,
	}
}

// writeCheck writes one check's result: a line, and more where it failed.
func writeCheck(io streams, r plugincheck.Result) {
	word := map[plugincheck.Outcome]string{plugincheck.OK: "ok", plugincheck.Failed: "FAIL", plugincheck.Skipped: "skip"}[r.Outcome]
	const hanging = "                   "
	found := strings.ReplaceAll(r.Found, "\n", "\n"+hanging)
	fmt.Fprintln(io.out, strings.TrimRight(fmt.Sprintf("%-5s %-12s %s", word, r.Check, found), " "))
	if r.Mend != "" {
		fmt.Fprintln(io.out, hanging+"→ "+r.Mend)
	}
}

func checkSummary(r *plugincheck.Report) string {
	count := map[plugincheck.Outcome]int{}
	for _, result := range r.Results {
		count[result.Outcome]++
	}
	return fmt.Sprintf("%d checks passed, %d failed, %d skipped", count[plugincheck.OK], count[plugincheck.Failed], count[plugincheck.Skipped])
}

package main

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/skysift/skysift/filter/plugin"
	"github.com/skysift/skysift/internal/plugincheck"
)

// TestMain makes this binary the plug-in where it is started with "serve".
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "serve" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestItPassesSkysiftPluginCheck(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	alerts, err := plugincheck.Simulated()
	if err != nil {
		t.Fatal(err)
	}
	config := plugincheck.Config{Command: []string{self, "serve"}, Alerts: alerts, Timeout: 30 * time.Second}
	report, err := plugincheck.Run(context.Background(), config, func(r plugincheck.Result) {
		if r.Outcome == plugincheck.Failed {
			t.Errorf("%s: %s\n%s", r.Check, r.Found, r.Mend)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if !report.OK() {
		t.Error("it does not keep to the protocol")
	}
}

func TestAListMissingFromTheHistoryIsNoError(t *testing.T) {
	for path := range observe(1, lensed(tonight-10, 8, 0.2, 500)) {
		fields := observe(1, lensed(tonight-10, 8, 0.2, 500))
		fields[path] = nil
		judged := false
		func() {
			defer func() { _ = recover() }()
			_, err := judge(plugin.NewAlert(fields))
			judged = err == nil
		}()
		if !judged {
			t.Errorf("without %s it cannot be judged", path)
		}
	}
}

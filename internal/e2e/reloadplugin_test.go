//go:build kafka

package e2e

import (
	"crypto/sha256"
	"fmt"
	"os"
	"syscall"
	"testing"
)

// One partition's candids are its alerts' numbers, so that it can be said how
// many of them are multiples.
func TestAReloadReplacesAPluginOnlyByOneThatComesUp(t *testing.T) {
	s, program := besidePlugin(t, "-of, 2", "hold")
	file, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	p := s.start()
	s.produceAlerts(0, 0, 100)
	s.awaitCommitted(100, 0)

	s.writeFilters(fmt.Sprintf(besideAPlugin, program, sha256.Sum256(file), "-of, 5", "hold"))
	p.AwaitLog(t, "filters reloaded", enough)
	s.produceAlerts(0, 100, 200)
	s.awaitCommitted(200, 0)

	for _, wrong := range []string{
		fmt.Sprintf(besideAPlugin, program, sha256.Sum256([]byte("another program")), "-of, 2", "hold"),
		fmt.Sprintf(besideAPlugin, program+"-that-is-missing", sha256.Sum256(file), "-of, 2", "hold"),
	} {
		before := len(p.Log())
		s.writeFilters(wrong)
		p.AwaitLogAfter(t, before, "the filters could not be reloaded", enough)
	}
	s.produceAlerts(0, 200, 300)
	s.awaitCommitted(300, 0)
	if err := p.Stop(syscall.SIGTERM, enough); err != nil {
		t.Fatal(err)
	}
	if sum := p.Summary(t); sum.Delivered != 300 || sum.Filters["even"].Passed != 50+20+20 || sum.Filters["even"].Errors != 0 {
		t.Errorf("%+v", sum)
	}
}

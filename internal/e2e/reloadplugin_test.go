//go:build kafka

package e2e

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
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

// The program's own file is replaced while it runs, as by a deployment.
func TestAPluginWhoseFileIsReplacedIsReplacedOnceItsDigestIsRight(t *testing.T) {
	for name, pinned := range map[string]bool{"sha256 pinned": true, "not pinned": false} {
		t.Run(name, func(t *testing.T) {
			s, program := besidePlugin(t, "", "hold")
			filters := func(digest [sha256.Size]byte) string {
				text := fmt.Sprintf(besideAPlugin, program, digest, "", "hold")
				if !pinned {
					text = strings.Replace(text, fmt.Sprintf("      sha256: %x\n", digest), "", 1)
				}
				return text
			}
			if !pinned {
				s.writeFilters(filters([sha256.Size]byte{}))
			}
			p := s.start()
			s.produceAlerts(0, 0, 100)
			s.awaitCommitted(100, 0)

			before := len(p.Log())
			digest := buildMultiples(t, program, 5)
			n, want := 100, int64(50)
			if pinned {
				p.AwaitLogAfter(t, before, "the filters could not be reloaded", enough)
				if log := p.Log()[before:]; !strings.Contains(log, fmt.Sprintf("%x", digest)) {
					t.Errorf("the log does not tell the new digest:\n%s", log)
				}
				s.produceAlerts(0, n, n+100) // by the old program, which runs on
				n += 100
				s.awaitCommitted(int64(n), 0)
				want += 50
				before = len(p.Log())
				s.writeFilters(filters(digest))
			}
			p.AwaitLogAfter(t, before, "filters reloaded", enough)
			s.produceAlerts(0, n, n+100)
			n, want = n+100, want+20
			s.awaitCommitted(int64(n), 0)
			if err := p.Stop(syscall.SIGTERM, enough); err != nil {
				t.Fatal(err)
			}
			if sum := p.Summary(t); sum.Delivered != int64(n) || sum.Filters["even"].Passed != want || sum.Filters["even"].Errors != 0 {
				t.Errorf("%d of %d should pass: %+v", want, n, sum)
			}
			if left := s.killPlugin(program); left != 0 {
				t.Errorf("%d processes of the plug-in outlive the run", left)
			}
		})
	}
}

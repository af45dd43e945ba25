//go:build kafka

package e2e

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/skysift/skysift/internal/skysifttest"
)

// Plain filters beside a plug-in; one of them shares its class.
const besideAPlugin = `version: 1
stream: {survey: ztf}
filters:
  - {name: all, class: all, where: candid >= 0}
  - {name: fiftieth, class: even, where: candid %% 50 == 0}
  - name: even
    class: even
    plugin:
      path: %s
      sha256: %x
      args: [%s]
      on_failure: %s
`

func TestAPluginKilledEveryFiveSecondsUnderLoadLosesNoVerdict(t *testing.T) {
	// It takes longer to come up than a batch waits for it.
	s, program := besidePlugin(t, "-start, 2s, -work, 1ms", "hold")
	p := s.start()
	kills := 0
	n := s.produceWhile(22*time.Second, func(since time.Duration) {
		if since > time.Duration(kills+1)*5*time.Second {
			kills += s.killPlugin(program)
		}
	})
	s.awaitCommitted(int64(n), int64(n))
	text := metrics(t, p.Log())
	restarts, failed := figure(t, text, `skysift_plugin_restarts_total{filter="even"}`), figure(t, text, `skysift_plugin_failures_total{filter="even"}`)
	if kills != 4 || restarts != 4 || failed == 0 || !strings.Contains(p.Log(), "its alerts are held and judged later") {
		t.Errorf("%d kills, %v starts after them, %v batches in hand: nothing was put to the test, or no alert had to wait", kills, restarts, failed)
	}
	if held := figure(t, text, "skysift_records_held"); held != 0 {
		t.Errorf("%v records are held at the end", held)
	}
	if err := p.Stop(syscall.SIGTERM, enough); err != nil {
		t.Fatal(err)
	}
	sum := p.Summary(t)
	if sum.Consumed != int64(2*n) || sum.Delivered != sum.Consumed || sum.Filters["even"].Passed != int64(n) || sum.Filters["even"].Errors != 0 {
		t.Errorf("of %d alerts, half of them even: %+v", 2*n, sum)
	}
	found := s.findVerdicts(n)
	t.Logf("%d alerts under %d kills, %v with a batch in hand: %d verdicts, %d in outputs of their own", 2*n, kills, failed, found.right, found.apart)
	for _, fault := range found.faults() {
		t.Error(fault)
	}
}

// The check above can fail: on_failure: skip loses verdicts, each of them
// named in the alert's other copy.
func TestAPluginKeptDownUnderOnFailureSkipLosesTheVerdictsThatAreNamed(t *testing.T) {
	// It is killed again before it is up, until its breaker opens.
	s, program := besidePlugin(t, "-start, 500ms", "skip")
	p := s.start()
	n := s.produceWhile(15*time.Second, func(since time.Duration) {
		if since > 4*time.Second && since < 10*time.Second {
			s.killPlugin(program)
		}
	})
	s.awaitCommitted(int64(n), int64(n))
	if err := p.Stop(syscall.SIGTERM, enough); err != nil {
		t.Fatal(err)
	}
	found := s.findVerdicts(n)
	if len(found.lost) == 0 {
		t.Fatal("the check sees no loss")
	}
	t.Logf("of %d verdicts %d are lost", n, len(found.lost))
	named := s.unjudged()
	for _, v := range found.lost {
		if !named[v] {
			t.Errorf("%v is lost and not named", v)
		}
	}
	if len(named) != len(found.lost) {
		t.Errorf("%d verdicts are lost, %d are named", len(found.lost), len(named))
	}
	found.lost = nil
	for _, fault := range found.faults() {
		t.Error(fault)
	}
}

// unjudged returns the verdicts that are named as not given, and would have
// been to pass the alert.
func (s *stage) unjudged() map[verdict]bool {
	s.Helper()
	all := map[verdict]bool{}
	for _, r := range s.output("all") {
		partition, number := s.sourceOf(r)
		if header(r, "skysift-unjudged") == `["even"]` && passes("even", number) {
			all[verdict{"even", "even", partition, number}] = true
		}
	}
	return all
}

// besidePlugin is a stage of two partitions with a plug-in just built.
func besidePlugin(t *testing.T, args, onFailure string) (s *stage, program string) {
	program = filepath.Join(t.TempDir(), "multiples")
	return newStage(t, 2, fmt.Sprintf(besideAPlugin, program, buildMultiples(t, program, 2), args, onFailure)), program
}

// buildMultiples builds the plug-in that passes multiples of a number where its
// arguments do not say otherwise, in place of what is there, and returns its digest.
func buildMultiples(t *testing.T, program string, of int) [sha256.Size]byte {
	t.Helper()
	build := exec.Command("go", "build", "-ldflags", fmt.Sprintf("-X main.usual=%d", of), "-o", program+".new", "./internal/multiples")
	build.Dir = skysifttest.Root()
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the plug-in: %v\n%s", err, out)
	}
	file, err := os.ReadFile(program + ".new")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(program+".new", program); err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(file)
}

// produceWhile produces some hundred alerts a second, and calls fault while
// the last of them are judged. It returns how many each partition has.
func (s *stage) produceWhile(lasting time.Duration, fault func(since time.Duration)) (each int) {
	s.Helper()
	for begun := time.Now(); time.Since(begun) < lasting; time.Sleep(70 * time.Millisecond) {
		for partition := range 2 {
			s.produceAlerts(partition, each, each+50)
		}
		each += 50
		time.Sleep(30 * time.Millisecond)
		fault(time.Since(begun))
	}
	return each
}

// killPlugin kills the process whose program this is, and says how many there
// were.
func (s *stage) killPlugin(program string) (killed int) {
	s.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/exe")
	if err != nil {
		s.Fatal(err)
	}
	for _, link := range links {
		if target, err := os.Readlink(link); err != nil || target != program {
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(link)))
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			s.Fatal(err)
		}
		killed++
	}
	return killed
}

// figure is the sum of a metric's values, by the beginnings of its lines.
func figure(t testing.TB, metrics, name string) (sum float64) {
	t.Helper()
	lines := regexp.MustCompile(`(?m)^`+regexp.QuoteMeta(name)+`.* ([0-9.e+]+)$`).FindAllStringSubmatch(metrics, -1)
	if lines == nil {
		t.Fatalf("the metrics lack %s", name)
	}
	for _, line := range lines {
		value, err := strconv.ParseFloat(line[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		sum += value
	}
	return sum
}

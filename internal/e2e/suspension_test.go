//go:build kafka

package e2e

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The clause is true of every alert, and takes a thousand steps to say so.
const spendthrift = `version: 1
stream: {survey: ztf}
filters:
  - {name: good, class: good, where: candid >= 0}
  - name: spendthrift
    class: dear
    budget: 1us
    where: 'all(1..1000, # + candid >= 0)'
`

func TestASpendthriftIsSuspendedByNameAndCostsTheOthersNothing(t *testing.T) {
	s := newStage(t, 1, spendthrift)
	p := s.start()
	produced := 0
	produce := func() {
		s.produceAlerts(0, produced, produced+500)
		produced += 500
	}
	// It is suspended for what it costs over half a minute, not for one moment.
	for deadline := time.Now().Add(enough); !strings.Contains(p.Log(), "is suspended"); time.Sleep(time.Second) {
		produce()
		if time.Now().After(deadline) {
			t.Fatal("nobody is suspended")
		}
	}
	if !regexp.MustCompile(`is suspended.*filter=spendthrift`).MatchString(p.Log()) {
		t.Error("the log does not name the filter")
	}
	text := metrics(t, p.Log())
	for _, line := range []string{`skysift_filter_suspended{filter="spendthrift"} 1`, `skysift_filter_suspended{filter="good"} 0`} {
		if !strings.Contains(text, line) {
			t.Errorf("the metrics lack %s", line)
		}
	}
	before := len(s.output("dear"))
	produce()
	s.awaitCommitted(int64(produced))
	if got := len(s.output("good")); got != produced {
		t.Errorf("the filter that keeps its budget passed %d of %d alerts", got, produced)
	}
	if got := len(s.output("dear")); got >= produced || got > before+500 {
		t.Errorf("the suspended filter passed %d of %d alerts", got, produced)
	}
	if !regexp.MustCompile(`skysift_filter_errors_total\{filter="spendthrift"\} [1-9]`).MatchString(metrics(t, p.Log())) {
		t.Error("the alerts that it sat out are not counted")
	}
}

// metrics returns what a skysift serves, whose log tells where.
func metrics(t *testing.T, log string) string {
	t.Helper()
	return served(t, log, "/metrics")
}

// served returns what a skysift answers at a path.
func served(t *testing.T, log, path string) string {
	t.Helper()
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(log)
	answer, err := http.Get(address + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

package pluginhost_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/skysift/skysift/filter"
)

// A plug-in that ends at its second alert answers each batch at the second try, so that
// no two failures follow one another.
func TestAPluginThatAnswersBetweenItsFailuresIsInTheEndNotWaitedFor(t *testing.T) {
	h, log := newHost(t)
	p := open(t, h, config("exits"))
	for asks := 0; h.Figures()[0].Trouble == ""; asks++ {
		if asks > 20 {
			t.Fatalf("it is trusted after %d failures: %+v", asks, h.Figures())
		}
		wantVerdicts(t, p, 17)
	}
	if trouble := h.Figures()[0].Trouble; !strings.Contains(trouble, "answers, and fails again and again") {
		t.Errorf("its trouble is %q", trouble)
	}
	restarts := h.Figures()[0].Restarts
	unjudged, waited := 0, time.Duration(0)
	begun := time.Now()
	for ; time.Since(begun) < 8*time.Second; time.Sleep(5 * time.Millisecond) {
		asked, began := asked(p, 17, 19), time.Now()
		if _, err := p.Ask(t.Context(), asked, false); errors.Is(err, filter.ErrUnavailable) {
			unjudged++
		}
		waited += time.Since(began)
	}
	if restarts = h.Figures()[0].Restarts - restarts; restarts > 4 {
		t.Errorf("it was started %d times in 8 s, and should rest 1, 2, 4 and 8 s", restarts)
	}
	if unjudged == 0 || waited > time.Since(begun)/2 {
		t.Errorf("%d batches went on without it, and all waited %v of %v", unjudged, waited, time.Since(begun))
	}
	t.Logf("%d batches went on without it, all waited %v, %d starts", unjudged, waited, restarts)
	if strings.Count(log.String(), "is up again") < 16 {
		t.Error("the log does not tell the restarts")
	}
}

// The first restart is waited for, and those that follow are not where alerts are held.
func TestNobodyWaitsForRestartAfterRestartWhereAlertsAreHeld(t *testing.T) {
	for _, holds := range []bool{true, false} {
		h, _ := newHost(t)
		c := config("slowly-up-and-down")
		c.Held = holds
		p := open(t, h, c)
		var waits []time.Duration
		for len(waits) < 3 { // each failure, and what is asked right after it
			if _, err := p.Ask(t.Context(), asked(p, 17), true); err != nil {
				t.Fatal(err)
			}
			killAll(t, "plugin slowly-up-and-down")
			for h.Figures()[0].Trouble == "" {
				time.Sleep(time.Millisecond)
			}
			began := time.Now()
			_, err := p.Ask(t.Context(), asked(p, 17), false)
			waits = append(waits, time.Since(began))
			if refused := errors.Is(err, filter.ErrUnavailable); refused != (holds && len(waits) > 1) {
				t.Errorf("held %v: after failure %d: %v", holds, len(waits), err)
			}
		}
		if holds && (waits[1] > waits[0]/2 || waits[2] > waits[0]/2) {
			t.Errorf("the first restart was waited for %v, the next ones %v", waits[0], waits[1:])
		}
	}
}

// Who cannot wait is not held up by the trial of a plug-in that hangs each time.
func TestATrialThatHangsHoldsUpNobodyWhoCannotWait(t *testing.T) {
	h, _ := newHost(t)
	c := config("slow", "1h")
	c.Deadline = 2 * time.Second
	p := open(t, h, c)
	began := time.Now()
	if _, err := p.Ask(t.Context(), asked(p, 17), false); !errors.Is(err, filter.ErrUnavailable) {
		t.Errorf("the first batch: %v", err)
	}
	if took := time.Since(began); took < c.Deadline {
		t.Errorf("the first batch had %v to be judged", took)
	}
	longest := time.Duration(0)
	for began := time.Now(); time.Since(began) < 5*time.Second; time.Sleep(5 * time.Millisecond) {
		begun := time.Now()
		if _, err := p.Ask(t.Context(), asked(p, 17), false); !errors.Is(err, filter.ErrUnavailable) {
			t.Fatalf("it was judged: %v", err)
		}
		longest = max(longest, time.Since(begun))
	}
	if longest > c.Deadline/2 {
		t.Errorf("a batch waited %v for a plug-in whose breaker is open", longest)
	}
	if f := h.Figures()[0]; f.Failures < 2 {
		t.Errorf("no trial was made: %+v", f)
	}
}

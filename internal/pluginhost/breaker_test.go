package pluginhost

import (
	"testing"
	"time"
)

// near reports whether a pause is the one named, a quarter more or less.
func near(pause, want time.Duration) bool {
	return pause >= want*3/4 && pause <= want*5/4
}

func TestFailuresInARowArePausedAfterEverLongerAndOpenTheBreaker(t *testing.T) {
	b, now := &breaker{}, time.Now()
	b.up(now)
	for i, want := range []time.Duration{
		50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond, 400 * time.Millisecond,
		time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second, time.Minute, time.Minute,
	} {
		pause := b.fail(now, false)
		if !near(pause, want) {
			t.Errorf("pause %v after %d failures, want about %v", pause, i+1, want)
		}
		if b.isOpen() != (i+1 >= failuresToOpen) {
			t.Errorf("after %d failures it is open: %v", i+1, b.isOpen())
		}
		now = now.Add(pause)
	}
	if !b.up(now) {
		t.Error("what failed so often is in service without a trial")
	}
	b.answer(now)
	if b.isOpen() || b.inTrouble() {
		t.Errorf("an answer leaves it in trouble: %+v", b)
	}
	if pause := b.fail(now, false); !near(pause, 13*firstPause) {
		t.Errorf("pause %v after the thirteenth failure lately", pause)
	}
}

func TestStartsThatAnswersLieBetweenFollowEverMoreSlowly(t *testing.T) {
	b, now := &breaker{}, time.Now()
	for n := 1; n <= failuresToDistrust; n++ {
		b.up(now)
		b.answer(now)
		if pause := b.fail(now, false); !near(pause, time.Duration(n)*firstPause) || b.isOpen() {
			t.Errorf("pause %v after failure %d, open %v", pause, n, b.isOpen())
		}
	}
	for range 1000 {
		b.up(now)
		b.answer(now)
		if pause := b.fail(now, false); pause > longestDistrust*5/4 {
			t.Fatalf("one that answers in between rests %v after %d failures", pause, b.lately)
		}
	}
}

// A plug-in that nobody waits for takes little of the others' time by its starts, from
// its second failure on.
func TestStartsTakeTheirShareAtMostWhereNobodyWaits(t *testing.T) {
	for start, want := range map[time.Duration]time.Duration{
		100 * time.Millisecond: 800 * time.Millisecond, 200 * time.Millisecond: 1600 * time.Millisecond, time.Second: longestRest, time.Minute: longestRest,
	} {
		b, now := &breaker{rest: restAfter(start)}, time.Now()
		if pause := b.fail(now, false); !near(pause, firstPause) {
			t.Errorf("pause %v after the first failure", pause)
		}
		for n := 2; n <= failuresToDistrust; n++ {
			b.up(now)
			b.answer(now)
			if pause := b.fail(now, false); !near(pause, max(want, time.Duration(n)*firstPause)) || b.isOpen() {
				t.Errorf("a start of %v, failure %d: pause %v, open %v", start, n, pause, b.isOpen())
			}
		}
	}
	if most := longestRest * 5 / 4; most > 3*time.Second {
		t.Errorf("one that was killed twice rests up to %v, and has to start and serve within 5 s", most)
	}
}

func TestAFailureThatTookAllItsDeadlineOpensTheBreakerAtOnce(t *testing.T) {
	b, now := &breaker{}, time.Now()
	b.up(now)
	if pause := b.fail(now, true); !b.isOpen() || !near(pause, firstOpen) {
		t.Errorf("open %v, pause %v", b.isOpen(), pause)
	}
}

// flap lets a plug-in come up, answer, live so long and fail, for some hours, and
// returns how often it was started in the last of them, and whether it is open then.
func flap(lives, starts time.Duration) (lastHour int, open bool) {
	b, begun := &breaker{}, time.Now()
	now := begun
	for now.Sub(begun) < 4*time.Hour {
		now = now.Add(starts)
		b.up(now)
		b.answer(now)
		now = now.Add(lives)
		now = now.Add(b.fail(now, false))
		if now.Sub(begun) >= 3*time.Hour {
			lastHour++
		}
	}
	return lastHour, b.isOpen()
}

func TestAnAnswerBetweenFailuresDoesNotKeepTheBreakerClosed(t *testing.T) {
	const starts = 200 * time.Millisecond
	for _, c := range []struct {
		lives time.Duration
		most  int // starts in an hour
		open  bool
	}{
		{0, 320, true},                          // one in 11 to 19 s
		{time.Second, 320, true},                //
		{5 * time.Second, 500, true},            // pauses until its times of service forgive no more than one failure each
		{forgiveness, 400, true},                // as many forgiven as there are
		{forgiveness * 3 / 2, 240, false},       // more: it is trusted
		{10 * forgiveness, 40, false},           //
		{longestPause + forgiveness, 60, false}, //
	} {
		n, open := flap(c.lives, starts)
		if n > c.most || open != c.open && c.lives != forgiveness {
			t.Errorf("one that lives %v is started %d times in an hour, want at most %d; open %v", c.lives, n, c.most, open)
		}
	}
}

func TestTimeInServiceForgivesAndRestDoesNot(t *testing.T) {
	b, now := &breaker{}, time.Now()
	b.up(now)
	for range failuresToDistrust + 1 {
		b.fail(now, false)
		b.up(now)
		b.answer(now)
	}
	if !b.isOpen() || !b.inTrouble() {
		t.Fatalf("trusted after %d failures: %+v", b.lately, b)
	}
	b.fail(now, false)
	now = now.Add(time.Hour) // at rest
	b.up(now)
	b.answer(now)
	if !b.isOpen() {
		t.Errorf("a rest was taken for service: %+v", b)
	}
	now = now.Add(2 * forgiveness)
	b.forgive(now)
	if b.isOpen() || b.inTrouble() || b.lately != failuresToDistrust {
		t.Errorf("after %v in service: %+v", 2*forgiveness, b)
	}
	now = now.Add(24 * time.Hour) // a good day is not saved up
	b.forgive(now)
	for range failuresToDistrust + 1 {
		b.fail(now, false)
		b.up(now)
		b.answer(now)
	}
	if !b.isOpen() {
		t.Errorf("trusted: %+v", b)
	}
}

// One alert that brings the plug-in down, in the largest batch, is found before the
// plug-in is distrusted: it fails on the batch twice, on each half that has the alert,
// and on the alert alone as often as must be.
func TestASearchForOneAlertIsNoReasonForDistrust(t *testing.T) {
	failures := 2 + triesAlone - 1
	for n := maxBatchSize; n > 1; n /= 2 {
		failures++
	}
	if failures > failuresToDistrust {
		t.Errorf("a search takes %d failures, and %d are distrusted", failures, failuresToDistrust)
	}
}

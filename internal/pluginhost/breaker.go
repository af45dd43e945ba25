package pluginhost

import (
	"math/rand/v2"
	"time"
)

// The times between starts.
const (
	firstPause   = 50 * time.Millisecond
	longestPause = time.Minute
	// failuresToOpen is after how many failures one after another the breaker
	// opens: nobody waits for the plug-in any more until it has answered.
	failuresToOpen = 5
	// firstOpen is how long it stays open the first time.
	firstOpen = time.Second
)

// The rule for a plug-in that answers between its failures.
const (
	// failuresToDistrust is after how many failures that are not forgiven yet
	// the breaker opens at each further one, answers or no. To find one alert in the
	// largest batch that brings the plug-in down takes no more.
	failuresToDistrust = 16
	// failuresToHold is from how many failures that are not forgiven on nobody waits for its
	// next start whose alerts can be held. The first may be chance, and to wait a moment is
	// cheaper than to judge late.
	failuresToHold = 2
	// forgiveness is how long a plug-in must serve for one failure to be
	// forgiven. What fails more often than that is in the end distrusted.
	forgiveness = 10 * time.Second
	// longestDistrust bounds the pauses of one that answers in between: it may be
	// alerts that bring it down, and a search for them starts it many times.
	longestDistrust = 15 * time.Second
)

// What starts may take from the others, where nobody waits for them.
const (
	// restEach is how many times as long as it took to start a plug-in rests, from
	// the second failure on that is not forgiven: however it fails, one that is
	// started again and again is starting a ninth of the time at most.
	restEach = 8
	// longestRest bounds that: a plug-in that is killed now and then, and slow to start,
	// is to serve again within five seconds.
	longestRest = 2 * time.Second
)

// restAfter is how long a plug-in rests at least that took so long to start.
func restAfter(start time.Duration) time.Duration { return min(restEach*start, longestRest) }

// breaker counts a plug-in's failures, and says after each how long it rests
// and whether it is waited for. It knows no clock: it is told the time.
//
// Invariants:
//   - One answer ends the failures in a row, and forgives none of those lately:
//     only time in service does.
//   - A plug-in that fails for ever is started no more often than its pauses
//     allow, however many answers it gives between: each of failuresToDistrust starts
//     a little later than the one before, then once a second, and then ever less.
//   - Where nobody waits for its starts they take no more than their share (restEach).
type breaker struct {
	row    int           // failures since the plug-in last answered
	lately int           // failures that are not forgiven
	since  time.Time     // of the first failure of the row, or of those lately
	served time.Time     // since when it has served without forgiving one; zero: it does not serve
	rest   time.Duration // at least, from failuresToHold failures lately on; 0 where somebody waits
}

// up notes that the plug-in is in service, on trial where that is returned: its
// breaker was open, and one question goes first.
func (b *breaker) up(now time.Time) (trial bool) {
	b.served = now
	return b.isOpen()
}

// answer notes that the plug-in has judged a batch.
func (b *breaker) answer(now time.Time) {
	b.row = 0
	b.forgive(now)
}

// forgive takes back what the time in service is worth.
func (b *breaker) forgive(now time.Time) {
	for b.lately > 0 && !b.served.IsZero() && now.Sub(b.served) >= forgiveness {
		b.lately--
		b.served = b.served.Add(forgiveness)
	}
	if b.lately == 0 && !b.served.IsZero() {
		b.served = now // what is good already earns nothing
	}
}

// fail notes a failure, and returns how long the plug-in rests. After one that took
// all its deadline the breaker opens at once: those who wait have lost enough.
func (b *breaker) fail(now time.Time, overdue bool) time.Duration {
	b.forgive(now)
	if b.lately == 0 {
		b.since = now
	}
	b.row, b.lately, b.served = b.row+1, b.lately+1, time.Time{}
	if overdue {
		b.row = max(b.row, failuresToOpen)
	}
	return b.pause()
}

// isOpen reports whether nobody waits for the plug-in who need not.
func (b *breaker) isOpen() bool { return b.row >= failuresToOpen || b.isDistrusted() }

func (b *breaker) isDistrusted() bool { return b.lately > failuresToDistrust }

// inTrouble reports whether there is anything to say of the plug-in.
func (b *breaker) inTrouble() bool { return b.row > 0 || b.isDistrusted() }

// pause returns how long to wait after the last failure: ever longer, also where the
// plug-in answers in between, for its starts take time from the others; and up to a
// quarter more or less, so that plug-ins that failed together do not come back
// together.
func (b *breaker) pause() time.Duration {
	wait := doubled(firstPause, b.row-1, longestPause)
	if b.row >= failuresToOpen {
		wait = doubled(firstOpen, b.row-failuresToOpen, longestPause)
	}
	wait = max(wait, time.Duration(min(b.lately, failuresToDistrust))*firstPause)
	if b.lately >= failuresToHold {
		wait = max(wait, b.rest)
	}
	if b.isDistrusted() {
		wait = max(wait, doubled(firstOpen, b.lately-failuresToDistrust-1, longestDistrust))
	}
	return time.Duration(float64(wait) * (0.75 + rand.Float64()/2))
}

// doubled is a time doubled so many times, and limit at most.
func doubled(first time.Duration, times int, limit time.Duration) time.Duration {
	for ; times > 0 && first < limit; times-- {
		first *= 2
	}
	return min(first, limit)
}

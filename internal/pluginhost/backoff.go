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

// pause returns how long to wait after so many failures one after another:
// twice as long each time, and up to a quarter more or less, so that plug-ins
// that failed together do not come back together.
func pause(failures int) time.Duration {
	base := firstPause
	if failures >= failuresToOpen {
		base, failures = firstOpen, failures-failuresToOpen+1
	}
	for range failures - 1 {
		base = min(2*base, longestPause)
	}
	return time.Duration(float64(base) * (0.75 + rand.Float64()/2))
}

//go:build bench

package python

import "testing"

// TestSpeed prints how many alerts a second a plug-in in Python judges.
func TestSpeed(t *testing.T) {
	seconds := "5"
	if testing.Short() {
		seconds = "0.5"
	}
	python(t, "benchmark.py", seconds)
}

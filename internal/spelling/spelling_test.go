package spelling_test

import (
	"strings"
	"testing"

	"github.com/skysift/skysift/internal/spelling"
)

func TestNearestIsWhatWasMeant(t *testing.T) {
	names := []string{"magpsf", "magap", "sigmapsf", "jd", "jdstarthist", "replay", "run", strings.Repeat("x", 70)}
	for word, want := range map[string]string{
		"magpfs": "magpsf", "MAGPSF": "magpsf", "magp": "magap", "sigmapf": "sigmapsf", "jdstarhist": "jdstarthist",
		"repaly": "replay", "rn": "run", "dj": "jd", "zzzzzz": "", "": "", strings.Repeat("x", 69): "",
	} {
		if got := spelling.Nearest(word, names); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}

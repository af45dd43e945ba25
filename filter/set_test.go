package filter_test

import (
	"testing"

	"github.com/skysift/skysift/filter"
)

func TestAFilterJudgesWhatItsTopicsMatch(t *testing.T) {
	for _, c := range []struct {
		topics []string
		topic  string
		want   bool
	}{
		{nil, "weather", true}, {nil, "", true}, {[]string{"weather"}, "", true}, {[]string{"weather"}, "weather", true},
		{[]string{"weather"}, "weather2", false}, {[]string{"weather*"}, "weather2", true}, {[]string{"a", "dome.[12]"}, "dome.2", true},
		{[]string{"a", "dome.[12]"}, "dome.3", false}, {[]string{"["}, "[", false},
	} {
		f := filter.Filter{Topics: c.topics}
		if got := f.Judges(c.topic); got != c.want {
			t.Errorf("topics %q judge %q: %v", c.topics, c.topic, got)
		}
	}
}

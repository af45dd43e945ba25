package filtertest

import (
	"cmp"

	"gopkg.in/yaml.v3"

	"github.com/skysift/skysift/internal/spelling"
)

// like gives a test the alert of an earlier one: its own fields are set over
// those. Names are looked up among the tests before it, so there are no circles.
func (f *File) like(t *Test, node *yaml.Node) {
	if t.likeName == "" {
		return
	}
	if t.alert != nil {
		f.form.Fail(t.alert, "the test has two alerts: one of a file, and that of the test it is like").Suggestion = "leave one of alert: and like: out"
		return
	}
	var names []string
	for i := range f.Tests {
		earlier := &f.Tests[i]
		if earlier.Name != t.likeName {
			names = append(names, earlier.Name)
			continue
		}
		t.Alert, t.Index, t.alert = earlier.Alert, earlier.Index, earlier.alert
		t.Topic = cmp.Or(t.Topic, earlier.Topic)
		t.under = append(earlier.under[:len(earlier.under):len(earlier.under)], earlier.fields)
		return
	}
	mistake := f.form.Fail(node, "no test before this one is named %q", t.likeName)
	if near := spelling.Nearest(t.likeName, names); near != "" {
		mistake.Suggestion = "did you mean " + near + "?"
	}
}

// layers are what is set by hand, each over those before it; nil ones set
// nothing.
func (t *Test) layers() []*given { return append(t.under[:len(t.under):len(t.under)], t.fields) }

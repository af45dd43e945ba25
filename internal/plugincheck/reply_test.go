package plugincheck

import (
	"strings"
	"testing"

	"github.com/skysift/skysift/filter/plugin/pluginpb"
)

func TestTheFormOfReplies(t *testing.T) {
	detail := func(alert uint32) *pluginpb.Detail { return &pluginpb.Detail{Alert: alert, Class: "c"} }
	named := func(names ...string) *pluginpb.Detail {
		d := &pluginpb.Detail{}
		for _, name := range names {
			d.Annotations = append(d.Annotations, &pluginpb.Annotation{Name: name})
		}
		return d
	}
	for _, test := range []struct {
		reply *pluginpb.Reply
		found string
	}{
		{&pluginpb.Reply{Id: 5, Alerts: 9, Passed: []byte{0xff, 1}, Details: []*pluginpb.Detail{detail(0), detail(8)}}, ""},
		{&pluginpb.Reply{Id: 5, Alerts: 9}, ""}, // none passes
		{&pluginpb.Reply{Id: 4, Alerts: 9}, "a reply to batch 4"},
		{&pluginpb.Reply{Id: 5, Alerts: 8}, "a reply about 8"},
		{&pluginpb.Reply{Id: 5, Alerts: 9, Passed: make([]byte, 3)}, "3 bytes of verdicts"},
		{&pluginpb.Reply{Id: 5, Alerts: 9, Passed: []byte{0, 2}}, "a verdict on alert 9"},
		{&pluginpb.Reply{Id: 5, Alerts: 9, Details: []*pluginpb.Detail{detail(9)}}, "a detail of alert 9"},
		{&pluginpb.Reply{Id: 5, Alerts: 9, Details: []*pluginpb.Detail{detail(3), detail(3)}}, "comes after"},
		{&pluginpb.Reply{Id: 5, Alerts: 9, Passed: []byte{1}, Details: []*pluginpb.Detail{{Error: "no"}}}, "passes and could not be judged"},
		{&pluginpb.Reply{Id: 5, Alerts: 9, Details: []*pluginpb.Detail{{Class: "a b"}}}, "a class that cannot be"},
		{&pluginpb.Reply{Id: 5, Alerts: 9, Details: []*pluginpb.Detail{named("")}}, "without a name"},
		{&pluginpb.Reply{Id: 5, Alerts: 9, Details: []*pluginpb.Detail{named("a", "a")}}, "a twice"},
	} {
		err := checkReply(&pluginpb.Batch{Id: 5, Alerts: 9}, test.reply)
		if test.found == "" && err != nil || test.found != "" && (err == nil || !strings.Contains(err.Error(), test.found)) {
			t.Errorf("%v: %v, want %q", test.reply, err, test.found)
		}
	}
}

func TestTheHandshakesLine(t *testing.T) {
	for line, found := range map[string]string{
		"1|2|unix|/f/s|grpc":       "",
		"1|2|unix|/f/s|grpc|":      "",
		"1|2|unix|/f/./s|grpc":     "",
		"":                         `the first line on stdout is ""`,
		"1|2|unix|/f/s":            "the first line on stdout is",
		"2|2|unix|/f/s|grpc":       "go-plugin's own version",
		"1|two|unix|/f/s|grpc":     "a number",
		"1|2|tcp|127.0.0.1:1|grpc": "says tcp, not unix",
		"1|2|unix|/g/s|grpc":       "does not lie in",
		"1|2|unix|/f/s|netrpc":     "ends in netrpc",
	} {
		_, err := parseLine(line, "/f")
		if found == "" && err != nil || found != "" && (err == nil || !strings.Contains(err.Error(), found)) {
			t.Errorf("%q: %v, want %q", line, err, found)
		}
	}
}

func FuzzParseLine(f *testing.F) {
	for _, line := range []string{"1|2|unix|/f/s|grpc", "", "|||||||", "1|-9|unix||grpc"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if a, err := parseLine(line, "/f"); err == nil && !strings.HasPrefix(a.socket, "/f/") && !strings.Contains(a.socket, "..") && !strings.Contains(a.socket, "//") && !strings.Contains(a.socket, "/./") {
			t.Errorf("%q: socket %q", line, a.socket)
		}
	})
}

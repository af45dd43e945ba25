package pluginhost

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/plugin/pluginpb"
)

// nested is a list in a list, depth of them.
func nested(depth int) *pluginpb.Value {
	v := &pluginpb.Value{Kind: &pluginpb.Value_Int{Int: 1}}
	for range depth {
		v = &pluginpb.Value{Kind: &pluginpb.Value_List_{List: &pluginpb.Value_List{Items: []*pluginpb.Value{v}}}}
	}
	return v
}

// mapped is a map in a map, depth of them.
func mapped(depth int) *pluginpb.Value {
	v := &pluginpb.Value{}
	for range depth {
		entry := &pluginpb.Value_Entry{Key: "k", Value: v}
		v = &pluginpb.Value{Kind: &pluginpb.Value_Map_{Map: &pluginpb.Value_Map{Entries: []*pluginpb.Value_Entry{entry}}}}
	}
	return v
}

// noting is a reply about one alert that passes with an annotation.
func noting(value *pluginpb.Value) *pluginpb.Reply {
	return &pluginpb.Reply{Id: 1, Alerts: 1, Passed: []byte{1}, Details: []*pluginpb.Detail{
		{Annotations: []*pluginpb.Annotation{{Name: "note", Value: value}}},
	}}
}

func TestARepliesOneWrongAnnotationIsThatAlertsError(t *testing.T) {
	text := func(n int) *pluginpb.Value {
		return &pluginpb.Value{Kind: &pluginpb.Value_String_{String_: strings.Repeat("x", n)}}
	}
	for name, test := range map[string]struct {
		value *pluginpb.Value
		want  string // "": none
	}{
		"a list as deep as may be":    {nested(maxDepth), ""},
		"a list nested too deep":      {nested(maxDepth + 1), "nested more than 16 deep"},
		"a list nested much too deep": {nested(4000), "nested more than 16 deep"},
		"a map as deep as may be":     {mapped(maxDepth), ""},
		"a map nested too deep":       {mapped(maxDepth + 1), "nested more than 16 deep"},
		"a text of 15 KiB":            {text(15 << 10), ""},
		"a text of 16 KiB":            {text(16 << 10), "over 16 KiB"},
		"no value":                    {nil, ""},
	} {
		answers, err := Config{}.answersOf(&pluginpb.Batch{Id: 1, Alerts: 1}, noting(test.value))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		switch a := answers[0]; {
		case test.want == "" && (a.Err != nil || !a.Passed || len(a.Annotations) != 1):
			t.Errorf("%s: %+v", name, a)
		case test.want != "" && (a.Err == nil || !strings.Contains(a.Err.Error(), test.want) || a.Passed):
			t.Errorf("%s: passed %v, error %v", name, a.Passed, a.Err)
		}
	}
}

// FuzzReply reads a reply as it comes from a plug-in. What is taken for one must
// be an answer for each alert, within the bounds, that can be written down.
func FuzzReply(f *testing.F) {
	for _, reply := range []*pluginpb.Reply{
		{Id: 1, Alerts: 9, Passed: []byte{0xff, 1}},
		{Id: 1, Alerts: 9, Passed: []byte{0xff, 0xff}}, // bits beyond the last alert
		{Id: 1, Alerts: 9, Passed: []byte{1}},
		{Id: 1, Alerts: 9},
		{Id: 2, Alerts: 9},
		{Id: 1, Alerts: 1 << 31},
		{Id: 1, Alerts: 9, Passed: []byte{0xff, 1}, Details: []*pluginpb.Detail{{Alert: 8, Class: "rare"}}},
		{Id: 1, Alerts: 9, Passed: []byte{0xff, 1}, Details: []*pluginpb.Detail{{Alert: 3, Class: "none"}, {Alert: 4, Error: strings.Repeat("é", 600)}}},
		{Id: 1, Alerts: 9, Details: []*pluginpb.Detail{{Alert: 1<<32 - 1}}},
		{Id: 1, Alerts: 9, Details: []*pluginpb.Detail{{Alert: 4}, {Alert: 4}}},
		{Id: 1, Alerts: 9, Details: make([]*pluginpb.Detail, 0, 10)},
		noting(nested(20)), noting(mapped(20)), noting(nested(300)),
	} {
		message, err := proto.Marshal(reply)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(message, uint16(9))
		f.Add(message, uint16(reply.Alerts))
	}
	config := Config{Classes: []filter.Class{"rare"}}
	f.Fuzz(func(t *testing.T, message []byte, alerts uint16) {
		var reply pluginpb.Reply
		if proto.Unmarshal(message, &reply) != nil {
			return
		}
		answers, err := config.answersOf(&pluginpb.Batch{Id: 1, Alerts: uint32(alerts)}, &reply)
		if err != nil {
			return
		}
		if len(answers) != int(alerts) {
			t.Fatalf("%d answers for %d alerts", len(answers), alerts)
		}
		for i, a := range answers {
			checkAnswer(t, config, i, a, pluginpb.Bit(reply.Passed, i))
		}
	})
}

func checkAnswer(t *testing.T, config Config, i int, a filter.Answer, passed bool) {
	t.Helper()
	switch {
	case a.Err != nil && (a.Passed || a.Class != "" || a.Annotations != nil):
		t.Errorf("alert %d is an error and more: %+v", i, a)
	case a.Err != nil && (len(a.Err.Error()) > maxErrorText+100 || !utf8.ValidString(a.Err.Error())):
		t.Errorf("alert %d: the error is too long, or is cut in a letter: %q", i, a.Err)
	case a.Err == nil && a.Passed != passed:
		t.Errorf("alert %d: passed %v, and the plug-in said %v", i, a.Passed, passed)
	case a.Class != "" && !slices.Contains(config.Classes, a.Class):
		t.Errorf("alert %d has the class %q", i, a.Class)
	case len(a.Annotations) > maxAnnotations || !a.Passed && len(a.Annotations) > 0:
		t.Errorf("alert %d, passed %v, has %d annotations", i, a.Passed, len(a.Annotations))
	}
	for _, note := range a.Annotations {
		if text := note.Value.AppendJSON(nil); !json.Valid(text) || len(text) > maxAnnotation {
			t.Errorf("alert %d: the annotation %q is %d bytes and JSON: %v", i, note.Name, len(text), json.Valid(text))
		}
	}
}

package main

import (
	"context"
	"errors"
	"testing"

	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/archive"
)

// broken is a sink that cannot write.
type broken struct{}

func (broken) Write(context.Context, []runtime.Output) error { return errors.New("no space left") }

func TestAReplayThatIsNotWholeSaysWhatIsLeft(t *testing.T) {
	for name, c := range map[string]struct {
		stopped bool
		sink    runtime.Sink
		want    string
	}{
		"whole":             {false, runtime.Sink(tee{}), ""},
		"stopped":           {true, tee{}, "nothing is left"},
		"not to be written": {false, broken{}, "nothing is left"},
	} {
		ctx, stop := context.WithCancel(context.Background())
		if c.stopped {
			stop()
		}
		o := &outlet{sink: c.sink, left: "nothing is left", close: func(whole bool) error {
			if whole != (c.want == "") {
				t.Errorf("%s: closed as whole: %v", name, whole)
			}
			return nil
		}}
		_ = o.Write(ctx, nil)
		err := o.end(ctx)
		stop()
		if got := ""; err != nil && err.Error() != c.want || err == nil && got != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := openFiles(&sinkFlags{sink: "tar:x"}, archive.FormTar, "/dev/null/x", &input{}); err == nil {
		t.Error("a folder that cannot be is opened")
	}
}

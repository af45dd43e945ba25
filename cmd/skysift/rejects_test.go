package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/skysift/skysift/runtime"
)

// answers is a sink that answers every write with its error.
type answers struct{ err error }

func (a answers) Write(context.Context, []runtime.Output) error { return a.err }

func rejects(n int) []runtime.Output {
	outputs := []runtime.Output{{Class: "a", Origin: "passes"}}
	for range n {
		outputs = append(outputs, runtime.Output{Origin: "night/0/7", Rejection: &runtime.RecordError{Stage: runtime.StageDecode, Err: errors.New("no schema")}})
	}
	return outputs
}

func TestRejectsAreLoggedAFewAMinute(t *testing.T) {
	var log bytes.Buffer
	r := &rejectLog{sink: answers{}, log: slog.New(slog.NewTextHandler(&log, nil))}
	if err := r.Write(t.Context(), rejects(100)); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(log.String(), "\n"); n != maxReasons {
		t.Errorf("%d lines for 100 rejects:\n%s", n, log.String())
	}
	if !strings.Contains(log.String(), `source=night/0/7 stage=decode error="no schema"`) {
		t.Errorf("the log is %s", log.String())
	}
	log.Reset()
	r.tell(&rejects(1)[1], time.Now().Add(rejectWindow))
	if !strings.Contains(log.String(), "not_logged_before=95") {
		t.Errorf("a minute later the log is %q", log.String())
	}
}

func TestOnlyRejectsThatWereWrittenAreLogged(t *testing.T) {
	broken := errors.New("no broker")
	some := &runtime.OutputError{Failed: map[int]error{1: errors.New("too large")}}
	for name, c := range map[string]struct {
		err  error
		want int
	}{
		"all":              {nil, 2},
		"none":             {broken, 0},
		"all but number 1": {some, 1},
	} {
		var log bytes.Buffer
		r := &rejectLog{sink: answers{c.err}, log: slog.New(slog.NewTextHandler(&log, nil))}
		if err := r.Write(t.Context(), rejects(2)); !errors.Is(err, c.err) {
			t.Errorf("%s: the sink's error became %v", name, err)
		}
		if n := strings.Count(log.String(), "\n"); n != c.want {
			t.Errorf("%s: %d lines:\n%s", name, n, log.String())
		}
	}
}

package kafka

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime"
)

func TestAlarmsOfOneCauseAreOne(t *testing.T) {
	var log bytes.Buffer
	a := newAlarms(slog.New(slog.NewTextHandler(&log, nil)))
	down := errors.New("no broker answers")
	for _, topic := range []string{"g", "c", "a", "b", "f", "e", "d"} {
		a.of("output cluster", topic, 0, down)
		a.of("output cluster", topic, 0, down) // tried again
	}
	a.raise("night/3", errors.New("its log is damaged"))
	told := a.list()
	if len(told) != 2 || told[0].About != "night/3" || told[1].About != "output cluster" ||
		told[1].Reason != "no broker answers; waiting for it: a, b, c, d, e and 2 more" {
		t.Errorf("%+v", told)
	}
	if n := strings.Count(log.String(), `msg="in trouble" about="output cluster"`); n != 1 {
		t.Errorf("it is logged %d times:\n%s", n, log.String())
	}
	log.Reset()
	for _, topic := range []string{"a", "b", "c", "d", "e", "f"} {
		a.clear(topic)
	}
	if told := a.list(); len(told) != 2 || told[1].Reason != "no broker answers; waiting for it: g" || log.Len() > 0 {
		t.Errorf("while one waits: %+v\n%s", told, log.String())
	}
	a.clear("g")
	if told := a.list(); len(told) != 1 || !strings.Contains(log.String(), `msg="goes on again" about="output cluster"`) {
		t.Errorf("when all go on: %+v\n%s", told, log.String())
	}
}

// An alarm that gets a cause of its own is told by its own name again.
func TestAnAlarmLeavesItsCauseWhenItHasAnother(t *testing.T) {
	a := newAlarms(quiet())
	a.of("brokers", "x", 0, errors.New("no answer"))
	a.of("brokers", "y", 0, errors.New("no answer"))
	a.raise("x", errors.New("no permission"))
	told := a.list()
	if len(told) != 2 || told[0].About != "brokers" || told[0].Reason != "no answer; waiting for it: y" || told[1].About != "x" || told[1].Reason != "no permission" {
		t.Errorf("%+v", told)
	}
}

func TestOnlyWhatABrokerSaysIsAnAnswer(t *testing.T) {
	for _, c := range []struct {
		err  error
		want bool
	}{
		{&net.OpError{Op: "dial", Err: errors.New("no route")}, true},
		{io.EOF, true},
		{context.DeadlineExceeded, true},
		{context.Canceled, false},
		{kafkago.NotEnoughReplicas, false},
		{kafkago.RequestTimedOut, false},
		{kafkago.TopicAuthorizationFailed, false},
		{errors.New("bytes that cannot be read"), false},
	} {
		if got := unanswered(c.err); got != c.want {
			t.Errorf("%v: %v, want %v", c.err, got, c.want)
		}
	}
}

// Where a cluster is down, its operator reads one reason and not one for each
// class.
func TestADeadClusterIsOneAlarmHoweverManyTopicsWait(t *testing.T) {
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := nobody.Addr().String()
	_ = nobody.Close()
	s, err := NewSink(SinkConfig{Cluster: Cluster{Brokers: []string{address}, Name: "output cluster"}, Topic: "out.{class}", RejectTopic: "rejected", Log: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	classes := []filter.Class{"a", "b", "c"}
	for _, class := range classes {
		go func() { ended <- s.Write(ctx, []runtime.Output{{Class: class, Value: []byte("v")}}) }()
	}
	var told []Alarm
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if told = s.Alarms(); len(told) > 0 && strings.Contains(told[0].Reason, "out.a, out.b, out.c") {
			break
		}
	}
	if len(told) != 1 || told[0].About != "output cluster" || !strings.Contains(told[0].Reason, address) || !strings.Contains(told[0].Reason, "does not answer") {
		t.Errorf("%+v", told)
	}
	cancel()
	for range classes {
		<-ended
	}
	_ = s.Close()
}

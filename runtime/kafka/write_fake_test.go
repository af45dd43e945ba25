package kafka_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/kafka"
)

func (f *fake) sink(t testing.TB) *kafka.Sink {
	return newSink(t, kafka.SinkConfig{
		Cluster: kafka.Cluster{Brokers: f.ListenAddrs()}, Topic: "out.{class}", RejectTopic: "out.rejected",
	})
}

func TestWritingGoesOnAfterWhatPasses(t *testing.T) {
	for name, answer := range map[string]func(kmsg.Request) (kmsg.Response, error){
		"too few replicas":          produced(kerr.NotEnoughReplicas.Code),
		"a leader that moved":       produced(kerr.NotLeaderForPartition.Code),
		"a timeout":                 produced(kerr.RequestTimedOut.Code),
		"a connection that is lost": func(kmsg.Request) (kmsg.Response, error) { return nil, errors.New("closed") },
		"a producer id forgotten":   produced(kerr.UnknownProducerID.Code),
		"a sequence out of order":   produced(kerr.OutOfOrderSequenceNumber.Code),
		"damage on the way":         produced(kerr.CorruptMessage.Code),
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			count := f.sometimes(kmsg.Produce, 3, answer)
			s := f.sink(t)
			for i := range 3 {
				o := runtime.Output{Class: "c", Value: fmt.Append(nil, i)}
				if err := s.Write(t.Context(), []runtime.Output{o, {Class: "c", Partition: 3, Value: []byte("odd")}}); err != nil {
					t.Fatal(err)
				}
			}
			if n := len(f.read(t, "out.c", 6)); n != 6 {
				t.Errorf("%d outputs were written, want 6", n)
			}
			if count.Load() <= 3 {
				t.Error("nothing was injected")
			}
			if alarms := s.Alarms(); len(alarms) != 0 {
				t.Errorf("alarms stand: %v", alarms)
			}
		})
	}
}

func TestADeniedTopicWaitsForItsPermissionAndBlocksNoOther(t *testing.T) {
	f := newFake(t)
	s := f.sink(t)
	var denied atomic.Bool
	denied.Store(true)
	f.ControlKey(kmsg.Produce.Int16(), func(r kmsg.Request) (kmsg.Response, error, bool) {
		f.KeepControl()
		if denied.Load() && r.(*kmsg.ProduceRequest).Topics[0].Topic == "out.d" {
			response, err := produced(kerr.TopicAuthorizationFailed.Code)(r)
			return response, err, true
		}
		return nil, nil, false
	})
	waiting := make(chan error, 1)
	go func() { waiting <- s.Write(t.Context(), []runtime.Output{{Class: "d", Value: []byte("d")}}) }()
	await(t, "the alarm tells what to grant", func() bool {
		alarms := s.Alarms()
		return len(alarms) == 1 && alarms[0].About == "out.d" && strings.Contains(alarms[0].Reason, "grant this user Write")
	})
	if err := s.Write(t.Context(), []runtime.Output{{Class: "c", Value: []byte("c")}}); err != nil {
		t.Fatal(err)
	}
	denied.Store(false)
	if err := <-waiting; err != nil {
		t.Fatal(err)
	}
	if n := len(f.read(t, "out.d", 1)); n != 1 {
		t.Errorf("%d outputs, want 1", n)
	}
}

func TestWriteReturnsWhenItsContextEnds(t *testing.T) {
	f := newFake(t)
	f.sometimes(kmsg.Produce, 1<<30, produced(kerr.NotEnoughReplicas.Code))
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := f.sink(t).Write(ctx, []runtime.Output{{Class: "c"}}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Write returned %v", err)
	}
}

// append writes a record batch as it is to partition 0 of a topic.
func (f *fake) append(t testing.TB, topic string, batch []byte) {
	client := &kafkago.Client{Addr: kafkago.TCP(f.ListenAddrs()...), Transport: &kafkago.Transport{}}
	batch = append(binary.BigEndian.AppendUint32(nil, uint32(len(batch))), batch...) // as it goes over the wire
	response, err := client.RawProduce(context.Background(), &kafkago.RawProduceRequest{
		Topic: topic, RequiredAcks: kafkago.RequireAll, RawRecords: protocol.RawRecordSet{Reader: bytes.NewReader(batch)},
	})
	if err != nil || response.Error != nil {
		t.Errorf("the batch was not taken: %v, %v", err, response)
	}
}

func TestALostAcknowledgementMakesNoRepetition(t *testing.T) {
	f := newFake(t)
	appended := make(chan struct{})
	f.ControlKey(kmsg.Produce.Int16(), func(r kmsg.Request) (kmsg.Response, error, bool) {
		batch := slices.Clone(r.(*kmsg.ProduceRequest).Topics[0].Partitions[0].Records)
		go func() {
			defer close(appended)
			f.append(t, "out.d", batch)
		}()
		return nil, errors.New("lost"), true
	})
	if err := f.sink(t).Write(t.Context(), []runtime.Output{{Class: "d", Value: []byte("once")}}); err != nil {
		t.Fatal(err)
	}
	<-appended
	if n := len(f.read(t, "out.d", 1)); n != 1 {
		t.Errorf("the output was written %d times", n)
	}
}

// A batch whose fate is unknown used up its sequence, maybe: what is written
// next must not be taken for its repetition.
func TestWhatFollowsAnAbandonedBatchIsNotTakenForIt(t *testing.T) {
	f := newFake(t)
	s := f.sink(t)
	write := func(ctx context.Context, value string) error {
		return s.Write(ctx, []runtime.Output{{Class: "d", Value: []byte(value)}})
	}
	if err := write(t.Context(), "first"); err != nil {
		t.Fatal(err)
	}
	// The broker takes the batch, but its answer never comes.
	stalled := make(chan struct{})
	f.ControlKey(kmsg.Produce.Int16(), func(r kmsg.Request) (kmsg.Response, error, bool) {
		records := slices.Clone(r.(*kmsg.ProduceRequest).Topics[0].Partitions[0].Records)
		go func() {
			defer close(stalled)
			f.append(t, "out.d", records)
		}()
		return nil, errors.New("lost"), true
	})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	if err := write(ctx, "lost"); err == nil {
		t.Fatal("the batch was not abandoned")
	}
	<-stalled
	if err := write(t.Context(), "after"); err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, r := range f.read(t, "out.d", 2) {
		values = append(values, string(r.Value))
	}
	if !slices.Contains(values, "after") {
		t.Errorf("written: %v; the last output was taken for a repetition", values)
	}
}

func TestTopicsAreMadeLikeTheInput(t *testing.T) {
	f := newFake(t)
	source := newSource(t, sourceConfig(t, f.ListenAddrs(), "g", "out.c", "in"))
	s := newSink(t, kafka.SinkConfig{Cluster: kafka.Cluster{Brokers: f.ListenAddrs()}, Topic: "new.{class}", RejectTopic: "new.rejected", Like: source.Layout})
	if err := s.Prepare(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), []runtime.Output{{Class: "c", Partition: 5, Value: []byte("v")}}); err != nil {
		t.Fatal(err)
	}
	if r := f.read(t, "new.c", 1); len(r) != 1 || r[0].Partition != 1 {
		t.Errorf("written: %v, want one output in partition 1 of 2", r)
	}
}

func TestAMissingTopicIsAnAlarmWhereNoneAreCreated(t *testing.T) {
	f := newFake(t)
	s := newSink(t, kafka.SinkConfig{Cluster: kafka.Cluster{Brokers: f.ListenAddrs()}, Topic: "none.{class}", NoCreate: true})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- s.Write(ctx, []runtime.Output{{Class: "c"}}) }()
	await(t, "the alarm names the topic", func() bool {
		alarms := s.Alarms()
		return len(alarms) == 1 && strings.Contains(alarms[0].Reason, "none.c is missing")
	})
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Write returned %v", err)
	}
}

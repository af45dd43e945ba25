package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/skysift/skysift/internal/simulate"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/decode/avro"
	"github.com/skysift/skysift/runtime/kafka"
)

// demoPartitions is how many of the pipeline's workers share the night.
const demoPartitions = 4

const demoGroup = "skysift-demo"

// stage is all that a demo needs: a broker, a night that is produced to it,
// and the pipeline that run has.
type stage struct {
	io       streams
	filters  *filters
	night    *simulate.Night
	topic    string
	broker   *kfake.Cluster
	source   *kafka.Source
	sink     *kafka.Sink
	witness  *witness
	pipeline *runtime.Pipeline
	produced simulated
}

// newStage starts the broker on a free port of loopback.
func newStage(io streams, loaded *filters, date time.Time, night *simulate.Night) (*stage, error) {
	s := &stage{io: io, filters: loaded, night: night, topic: "ztf_" + date.Format("20060102") + "_programid1", witness: newWitness()}
	s.produced.Kinds = map[simulate.Kind]int{}
	var err error
	if s.broker, err = kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(demoPartitions, s.topic)); err != nil {
		return nil, fmt.Errorf("the demo's broker: %w", err)
	}
	if err := s.openGroup(); err != nil {
		s.close()
		return nil, fmt.Errorf("the demo's consumer group: %w", err)
	}
	log := newLogger(io.err, logText, slog.LevelError)
	cluster := kafka.Cluster{Brokers: s.broker.ListenAddrs()}
	s.source, err = kafka.NewSource(kafka.SourceConfig{Cluster: cluster, Group: demoGroup, Topics: []string{"ztf_*_programid1"}, Log: log})
	if err != nil {
		s.close()
		return nil, err
	}
	if s.sink, err = kafka.NewSink(kafka.SinkConfig{Cluster: cluster, Partitions: 1, Log: log}); err != nil {
		s.close()
		return nil, err
	}
	s.pipeline = runtime.New(runtime.Config{
		Source: s.source, Format: avro.New(), Sink: tee{s.sink, s.witness}, Set: loaded.set, IDPath: "candid", Log: log,
	})
	return s, nil
}

// openGroup commits the start of each partition: asked for the offsets of a
// group that it has not seen, this broker answers with an error, where Kafka
// says that there are none.
func (s *stage) openGroup() error {
	client := &kafkago.Client{Addr: kafkago.TCP(s.broker.ListenAddrs()...), Timeout: patience}
	begin := &kafkago.OffsetCommitRequest{GroupID: demoGroup, GenerationID: -1, Topics: map[string][]kafkago.OffsetCommit{}}
	for partition := range demoPartitions {
		begin.Topics[s.topic] = append(begin.Topics[s.topic], kafkago.OffsetCommit{Partition: partition})
	}
	committed, err := client.OffsetCommit(context.Background(), begin)
	if err != nil {
		return err
	}
	for _, partition := range committed.Topics[s.topic] {
		err = errors.Join(err, partition.Error)
	}
	return err
}

func (s *stage) close() {
	if s.sink != nil {
		_ = s.sink.Close() // everything was acknowledged
	}
	if s.source != nil {
		_ = s.source.Close() // and committed
	}
	s.broker.Close()
}

// patience is how long a demo waits for the last alerts to be settled.
const patience = 30 * time.Second

// play produces the night at a rate [alerts/s] and runs the pipeline until all
// of it is settled.
func (s *stage) play(ctx context.Context, rate float64) (time.Duration, error) {
	running, stop := context.WithCancel(ctx)
	defer stop()
	ran := make(chan error, 1)
	go func() { ran <- s.pipeline.Run(running) }()
	began := time.Now()
	live := startLive(s, began)
	err := s.produce(running, rate)
	if err == nil {
		err = s.settled(running, ran)
	}
	took := time.Since(began)
	stop()
	live.stop()
	if ended := <-ran; err == nil {
		err = ended
	}
	if ctx.Err() != nil {
		err = errors.New("the demo was stopped before its end")
	}
	return took, err
}

// produce tells the night to the broker.
func (s *stage) produce(ctx context.Context, rate float64) error {
	to, err := openTopic(ctx, &simulateFlags{topic: s.topic, brokers: s.broker.ListenAddrs(), partitions: demoPartitions})
	if err != nil {
		return err
	}
	quiet := s.io
	quiet.err = nil // the live table shows how far it is
	err = tell(ctx, quiet, s.night, to, rate, &s.produced)
	return errors.Join(err, to.close())
}

// settled waits until the pipeline has settled every alert.
func (s *stage) settled(ctx context.Context, ran chan error) error {
	limit := time.After(patience)
	for s.ended() < int64(s.night.Len()) {
		select {
		case <-time.After(20 * time.Millisecond):
		case err := <-ran:
			ran <- err
			return cmp.Or(err, errors.New("the pipeline ended before the night"))
		case <-limit:
			return fmt.Errorf("only %d of %d alerts were settled within %v after the night", s.ended(), s.night.Len(), patience)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// ended is how many records have been settled.
func (s *stage) ended() int64 {
	c := s.pipeline.Ledger().Counts()
	return c.Delivered + c.Dropped + c.Rejected
}

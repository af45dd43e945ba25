package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/archive"
	"github.com/skysift/skysift/runtime/encode"
	"github.com/skysift/skysift/runtime/kafka"
)

// sinkFlags are where a replay's passing alerts go.
type sinkFlags struct {
	sink, rate string
	// The others are for --sink kafka.
	brokers                  []string
	outputTopic, rejectTopic string
	outputPartitions         int
	encoding, registry       string
	security                 securityFlags
}

func (f *sinkFlags) add(set *pflag.FlagSet) {
	set.StringVar(&f.sink, "sink", "", "where passing alerts go: dir:`OUT`, tar:OUT, tar.gz:OUT, avro:OUT or kafka")
	set.StringVar(&f.rate, "rate", "", "how many passing alerts go to --sink kafka at most: a `RATE` such as 500/s or 30000/min")
	set.StringSliceVar(&f.brokers, "brokers", nil, "`BROKERS` of --sink kafka (default: output.brokers of the file, else stream.brokers)")
	set.StringVar(&f.outputTopic, "output-topic", "", "the `TOPIC` of a class for --sink kafka, {class} standing for it (default skysift.{class})")
	set.StringVar(&f.rejectTopic, "reject-topic", "", "the `TOPIC` for what cannot be decoded (default skysift.rejected)")
	set.IntVar(&f.outputPartitions, "output-partitions", 0, "`N` partitions for topics that are created; 0: as many as the cluster's default")
	set.StringVar(&f.encoding, "output-encoding", "", "the `ENCODING` of outputs of --sink kafka: "+strings.Join(encode.Names(), ", "))
	set.StringVar(&f.registry, "output-registry", "", "the `URL` of the schema registry that numbers schemas for the encoding confluent")
	f.security.add(set, "", " the brokers")
}

// outlet is where a replay's alerts go.
type outlet struct {
	sink       runtime.Sink
	newEncoder func(filter.Class) runtime.Encoder // nil: as they are
	// close ends it; whole says that the replay came to its end.
	close  func(whole bool) error
	failed bool // not all could be written
	// left says what is left where it was closed without being whole; "":
	// what was written so far.
	left string
}

// Write writes the outputs, and remembers where that fails.
func (o *outlet) Write(ctx context.Context, outputs []runtime.Output) error {
	err := o.sink.Write(ctx, outputs)
	if some := (*runtime.OutputError)(nil); err != nil && !errors.As(err, &some) {
		o.failed = true
	}
	return err
}

// end ends the outlet. It is whole where all that could be read was written,
// even if some files could not be read.
func (o *outlet) end(ctx context.Context) error {
	whole := !o.failed && ctx.Err() == nil
	err := o.close(whole)
	if !whole && o.left != "" {
		err = errors.Join(err, errors.New(o.left))
	}
	return err
}

// encoder makes encoders for the outlet's classes; nil where there are none.
func (o *outlet) encoder() func(filter.Class) runtime.Encoder {
	if o == nil {
		return nil
	}
	return o.newEncoder
}

// openOutlet opens what --sink names; nil where nothing is to be written.
func openOutlet(ctx context.Context, io streams, log *slog.Logger, f *sinkFlags, loaded *filters, in *input) (*outlet, error) {
	kind, dir, hasDir := strings.Cut(f.sink, ":")
	if f.rate != "" && f.sink != "kafka" {
		return nil, errors.New("--rate is how fast alerts go to a topic: it needs --sink kafka")
	}
	switch {
	case f.sink == "":
		return nil, nil
	case f.sink == "kafka":
		return openTopics(ctx, io, log, f, loaded, in)
	case !hasDir || dir == "" || kind != "dir" && kind != string(archive.FormTar) && kind != string(archive.FormTarGz) && kind != string(archive.FormAvro):
		return nil, fmt.Errorf("--sink %s: write dir:OUT, tar:OUT, tar.gz:OUT or avro:OUT, OUT being the folder that passing alerts go to, or kafka", f.sink)
	}
	for _, class := range loaded.Classes() {
		if class == archive.RejectedFolder {
			return nil, fmt.Errorf("a class is called %q, which is the name of what cannot be decoded: rename the class, or leave --sink out", class)
		}
	}
	return openFiles(f, archive.Form(kind), dir, in)
}

func openFiles(f *sinkFlags, form archive.Form, dir string, in *input) (*outlet, error) {
	if form == "dir" {
		folder, err := archive.NewFolder(dir)
		if err != nil {
			return nil, fmt.Errorf("--sink %s: %w", f.sink, err)
		}
		return &outlet{sink: folder, close: func(bool) error { return nil }, left: dir + " has only what passed until then: give a new folder to replay it all"}, nil
	}
	if form == archive.FormAvro && (encode.Choice{Encoding: encode.Fink}).Check(in.encoding) != nil {
		return nil, fmt.Errorf("--sink %s: a container holds Avro, and the input is %s, which has no schema: write tar:%s or tar.gz:%s", f.sink, in.encoding.Format, dir, dir)
	}
	night, err := archive.NewNight(dir, form, encode.NewDatums(in.encoding))
	if err != nil {
		return nil, fmt.Errorf("--sink %s: %w", f.sink, err)
	}
	return &outlet{sink: night, close: night.Close, left: dir + " has no archive of this night: archives are written whole or not at all. Replay it again"}, nil
}

// openTopics connects to the cluster. A login that is refused is told at once,
// before anything is read.
func openTopics(ctx context.Context, io streams, log *slog.Logger, f *sinkFlags, loaded *filters, in *input) (*outlet, error) {
	rate, err := parseRate(f.rate)
	if err != nil {
		return nil, err
	}
	s, err := settleTopics(f, loaded, io.env)
	if err != nil {
		return nil, err
	}
	encodings, err := newEncodings(f.encoding, f.registry, loaded, s.routes(), in, io.env, log)
	if err != nil {
		return nil, err
	}
	sink, err := kafka.NewSink(kafka.SinkConfig{
		Cluster: kafka.Cluster{Brokers: s.brokers, TLS: s.security.TLS, SASL: s.security.SASL},
		Topic:   s.outputTopic, Topics: s.classTopics, RejectTopic: s.rejectTopic, Partitions: s.outputPartitions, Log: log,
	})
	if err != nil {
		return nil, err
	}
	if err := sink.Check(ctx); err != nil {
		return nil, errors.Join(err, sink.Close())
	}
	paced := &paced{sink: sink, rate: rate}
	return &outlet{sink: paced, newEncoder: encodings.encoder, close: func(bool) error { return sink.Close() }}, nil
}

// paced spreads the alerts of files over partitions, and writes at most rate
// of them a second; 0: as many as go.
type paced struct {
	sink runtime.Sink
	rate float64

	began   time.Time
	written int
}

// paceStep is how long the alerts last that are written at once.
const paceStep = 100 * time.Millisecond

// Write writes the outputs, waiting between them. A replay has one worker.
func (p *paced) Write(ctx context.Context, outputs []runtime.Output) error {
	for i := range outputs {
		outputs[i].Partition = p.written + i // an alert each in turn
		if outputs[i].Time.IsZero() {
			outputs[i].Time = time.Now()
		}
	}
	if p.rate <= 0 {
		p.written += len(outputs)
		return p.sink.Write(ctx, outputs)
	}
	failed := map[int]error{}
	step := max(1, int(p.rate*paceStep.Seconds()))
	for from := 0; from < len(outputs); from += step {
		upTo := min(from+step, len(outputs))
		if err := p.wait(ctx); err != nil {
			return err
		}
		err := p.sink.Write(ctx, outputs[from:upTo])
		if some := (*runtime.OutputError)(nil); errors.As(err, &some) {
			for at, why := range some.Failed {
				failed[from+at] = why
			}
		} else if err != nil {
			return err
		}
		p.written += upTo - from
	}
	if len(failed) > 0 {
		return &runtime.OutputError{Failed: failed}
	}
	return nil
}

// wait waits until the next alert is due.
func (p *paced) wait(ctx context.Context) error {
	if p.began.IsZero() {
		p.began = time.Now()
	}
	due := p.began.Add(time.Duration(float64(p.written) / p.rate * float64(time.Second)))
	timer := time.NewTimer(time.Until(due))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

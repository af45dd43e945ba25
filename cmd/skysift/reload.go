package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"reflect"
	"sync"
	"syscall"
	"time"

	"github.com/skysift/skysift/internal/telemetry"
)

// reloader puts changed filters in force while a run goes on.
//
// Invariant: the pipeline's set is always one that had no mistakes, and
// telemetry says whether it is the one that the files now hold.
type reloader struct {
	job    *job
	status *telemetry.Status
	hangup chan os.Signal

	mu     sync.Mutex
	loaded *filters // in force
}

// newReloader catches SIGHUP from now on.
func newReloader(j *job, status *telemetry.Status) *reloader {
	status.Reloaded(time.Now(), nil)
	r := &reloader{job: j, status: status, hangup: make(chan os.Signal, 1), loaded: j.loaded}
	signal.Notify(r.hangup, syscall.SIGHUP)
	return r
}

// start begins to watch the files until ctx ends or stop is called, which
// returns when a reload under way has ended.
func (r *reloader) start(ctx context.Context) (stop func()) {
	watching, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.prepare(watching, r.loaded)
		r.watch(watching)
	}()
	return func() {
		cancel()
		<-done
	}
}

// prepare sees to the topics of the filters' classes in the background, so
// that the first match need not wait for its topic to be made.
func (r *reloader) prepare(ctx context.Context, loaded *filters) {
	go func() {
		if err := r.job.sink.Prepare(ctx, loaded.Classes()); err != nil && ctx.Err() == nil {
			r.job.log.Warn("not every output topic is ready yet", "error", err)
		}
	}()
}

// current returns the filters in force.
func (r *reloader) current() *filters {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.loaded
}

// watch reloads at each change of the files and at SIGHUP, until ctx ends.
func (r *reloader) watch(ctx context.Context) {
	defer signal.Stop(r.hangup)
	changes := watchFiles(ctx, r.job.flags.filters, &r.job.loader, r.job.read, r.job.log)
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.hangup:
			r.reload(ctx, "SIGHUP")
		case <-changes:
			r.reload(ctx, "the file has changed")
		}
	}
}

// reload checks the files whole and swaps the set, or leaves all as it is.
func (r *reloader) reload(ctx context.Context, why string) {
	loaded, err := loadFiltersWith(&r.job.loader, r.job.flags.filters, r.job.flags.survey, r.job.flags.input, r.job.io)
	if err == nil {
		if err = errors.Join(r.job.settings.checkRoutes(loaded), r.job.encodings.check(loaded)); err != nil {
			loaded.plugins.End()
		}
	}
	r.status.Reloaded(time.Now(), oneLine(err))
	if err != nil {
		r.job.log.Error("the filters could not be reloaded; those before them stay in force", "why", why, "error", oneLine(err))
		return
	}
	r.job.pipeline.Swap(loaded.set)
	r.job.warden.Watch(loaded.set, loaded.budgets())
	r.mu.Lock()
	before := r.loaded
	r.loaded = loaded
	r.mu.Unlock()
	before.plugins.End() // they finish what the workers have in hand
	r.prepare(ctx, loaded)
	logWarnings(r.job.log, loaded)
	logUnbound(r.job.log, loaded, r.job.settings.topics)
	r.job.log.Info("filters reloaded", "why", why, "filters", len(loaded.set.Filters))
	if !sameStream(before, loaded) {
		r.job.log.Warn("the stream or output section has changed too: that takes a restart, the filters do not")
	}
}

func sameStream(a, b *filters) bool {
	return reflect.DeepEqual(a.Stream.Brokers, b.Stream.Brokers) && reflect.DeepEqual(a.Stream.Topics, b.Stream.Topics) &&
		a.Stream.Group == b.Stream.Group && a.Stream.Start == b.Stream.Start &&
		a.Stream.Format == b.Stream.Format && a.Stream.Schemas == b.Stream.Schemas &&
		reflect.DeepEqual(a.Stream.TLS, b.Stream.TLS) && a.Stream.SASL.Same(b.Stream.SASL) &&
		reflect.DeepEqual(a.Output.Brokers, b.Output.Brokers) && reflect.DeepEqual(a.Output.TLS, b.Output.TLS) && a.Output.SASL.Same(b.Output.SASL) &&
		sameOutputs(a, b) &&
		a.Output.Topic == b.Output.Topic && a.Output.RejectTopic == b.Output.RejectTopic && a.Output.Partitions == b.Output.Partitions
}

// oneLine is err for a log: mistakes are not drawn there.
func oneLine(err error) error {
	var found mistakes
	if errors.As(err, &found) {
		return errors.New(found.line())
	}
	return err
}

// sameOutputs reports whether outputs go to the same topics in the same
// encodings.
func sameOutputs(a, b *filters) bool {
	same := a.Output.Registry == b.Output.Registry
	for _, class := range append(a.Classes(), b.Classes()...) {
		encoding, id := a.Output.EncodingOf(class)
		other, otherID := b.Output.EncodingOf(class)
		same = same && encoding == other && id == otherID && a.Output.Topics()[class] == b.Output.Topics()[class]
	}
	return same
}

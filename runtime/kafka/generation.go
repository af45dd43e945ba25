package kafka

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/skysift/skysift/runtime"
)

var errGenerationOver = errors.New("the generation is over")

// generation is this member's part of one generation of the group.
//
// Invariants: work runs for a partition only while the partition is assigned,
// plus the drain time; nothing is committed after run has returned; a
// partition's work never runs twice at a time in this process, not even when
// an earlier generation's outlived its drain.
type generation struct {
	source    *Source
	work      func(context.Context, runtime.Partition) error
	committer *committer
	assigned  []place
	alive     context.Context // ends when the source is to stop
	ends      map[place]int64 // nil unless the source runs until the end

	mu   sync.Mutex
	open map[place]*progress
}

// run works on the partitions until the assignment ends, drains, and commits.
// Fencing and changed topics end it early by cancel.
func (g *generation) run(ended context.Context, cancel context.CancelFunc) {
	s := g.source
	var workers sync.WaitGroup
	committing := make(chan struct{})
	drained, stopCommitting := context.WithCancel(context.Background())
	defer stopCommitting()
	go func() {
		defer close(committing)
		if err := g.committer.run(drained); err != nil {
			s.log.Warn("this member is out of the group and joins again", "reason", err)
			g.committer.end(err)
			cancel()
		}
	}()
	offsets, err := s.group.committedRetrying(ended, g.assigned)
	if err != nil && ended.Err() == nil {
		s.alarms.raise(groupAlarm, fmt.Errorf("committed offsets cannot be read: %w", explainGroup(s.config.Group, err)))
		s.pauseFor(ended, slowPause)
		cancel()
	}
	if err == nil {
		s.alarms.clear(groupAlarm)
		for _, at := range g.assigned {
			workers.Go(func() { g.worker(ended, at, offsets) })
		}
	}
	<-ended.Done()
	g.drain(&workers)
	stopCommitting()
	<-committing
	g.settle()
}

// drain waits for the workers, but not for ever: the group waits for us.
func (g *generation) drain(workers *sync.WaitGroup) {
	drained := make(chan struct{})
	go func() {
		workers.Wait()
		close(drained)
	}()
	late := time.NewTimer(g.source.config.drainTime())
	defer late.Stop()
	select {
	case <-drained:
	case <-late.C:
		g.source.log.Error("work did not end in time: what it had not settled is read again",
			"after", g.source.config.drainTime())
	}
}

// settle makes the last commit of the generation. Where the coordinator cannot
// be reached it waits for a new one, since without one nobody else gets the
// partitions either; but not when the source is to stop.
func (g *generation) settle() {
	config := g.source.config
	ctx, cancel := context.WithTimeout(context.Background(), 3*config.SessionTimeout)
	defer cancel()
	stopping := context.AfterFunc(g.alive, func() { time.AfterFunc(config.drainTime()/2, cancel) })
	defer stopping()
	if err := g.committer.commit(ctx); err != nil && !errors.Is(err, errFenced) {
		g.source.log.Error("the last commit failed: the next owner reads some records again", "reason", err)
	}
	g.committer.end(errGenerationOver)
}

// worker works on one partition until the assignment ends. Where work fails it
// begins again after a pause, at what is settled.
func (g *generation) worker(ctx context.Context, at place, committed map[place]int64) {
	release, err := g.source.claim(ctx, at)
	if err != nil {
		return
	}
	defer release()
	defer g.forget(at)
	defer g.source.alarms.drop(at.String())
	if offset, ok := committed[at]; ok {
		g.committer.begin(at, offset)
	}
	pause := backoff{next: 500 * time.Millisecond, slow: true}
	for ctx.Err() == nil {
		began := time.Now()
		err := g.once(ctx, at)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			g.source.finish(at)
			<-ctx.Done()
			return
		}
		g.source.stopped(at, err)
		if time.Since(began) > slowPause {
			pause = backoff{next: 500 * time.Millisecond, slow: true}
		}
		if pause.pause(ctx) != nil {
			return
		}
	}
}

// once runs work on a partition from what is settled.
func (g *generation) once(ctx context.Context, at place) error {
	start, err := g.start(ctx, at)
	if err != nil {
		return err
	}
	p := g.partition(ctx, at, start)
	defer p.close()
	return g.work(ctx, p)
}

// start is where to begin: at what is settled or committed, else where the
// origin says, which is committed at once so that it stays.
func (g *generation) start(ctx context.Context, at place) (int64, error) {
	if offset, ok := g.committer.settled(at); ok {
		return offset, nil
	}
	offset, err := g.source.origin.resolve(ctx, at)
	if err != nil {
		return 0, err
	}
	if err := g.committer.set(at, offset); err != nil {
		return 0, err
	}
	return offset, g.committer.flush(ctx, at)
}

func (g *generation) partition(ctx context.Context, at place, start int64) *partition {
	s := g.source
	end := int64(noEnd)
	if g.ends != nil {
		end = g.ends[at]
	}
	progress := newProgress(at, g.committer, start, end)
	g.mu.Lock()
	g.open[at] = progress
	g.mu.Unlock()
	life, leave := context.WithCancel(ctx)
	return &partition{
		place: at, name: at.String(), life: life, leave: leave,
		fetcher: fetcher{
			cluster: s.cluster, pool: s.pool, topic: at.topic, partition: at.partition,
			committed: s.config.ReadCommitted, maxWait: s.config.MaxWait,
		},
		progress: progress, policy: s.config.OutOfRange, alarms: s.alarms, counters: &s.counters,
		size: fetchSize(s.config.Budget, len(g.assigned)), parcels: &s.parcels,
		batches: batches{
			topic: at.topic, partition: at.partition, next: start, end: end,
			inflater: &inflater{pool: s.pool}, names: &names{},
		},
	}
}

func (g *generation) forget(at place) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.open, at)
}

// lags tells how far behind the assigned partitions are.
func (g *generation) lags() []PartitionLag {
	g.mu.Lock()
	defer g.mu.Unlock()
	lags := make([]PartitionLag, 0, len(g.open))
	for _, p := range g.open {
		lags = append(lags, p.lag())
	}
	return lags
}

// fetchSize shares the budget among the partitions, each of which has one
// answer in work and one ahead: the largest power of two that fits.
func fetchSize(budget int64, partitions int) int {
	share := budget / int64(2*max(partitions, 1))
	size := minFetch
	for size < maxFetch && int64(2*size) <= share {
		size *= 2
	}
	return size
}

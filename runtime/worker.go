package runtime

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// worker takes one partition's batches through the pipeline. While one batch
// is being written the next is judged, so that a slow acknowledgement does not
// stop the reading.
//
// Invariants: batches are settled one at a time, in order, and none after one
// that failed; at most two are in hand, one of them being settled. What is held
// is settled late, beside them.
type worker struct {
	pipeline  *Pipeline
	partition Partition
	judge     *judge
	backlog   *backlog
	next      int64 // the offset after what is settled, but for what is held
	committed int64
}

// work is what the source runs for each partition assigned.
func (p *Pipeline) work(ctx context.Context, partition Partition) error {
	w := &worker{pipeline: p, partition: partition, backlog: newBacklog(p.config.Backlog), committed: -1}
	defer w.leave()
	// Settling outlives the assignment by the drain time: a batch half written
	// is better finished than written twice.
	settling, stop := outlive(ctx, p.config.Drain)
	defer stop()
	err := w.run(ctx, settling)
	if flushErr := partition.Flush(settling); err == nil {
		err = flushErr
	}
	return err
}

// leave leaves what is held to the next owner.
func (w *worker) leave() {
	left := w.backlog.leave()
	w.pipeline.config.Ledger.held.Add(-left)
	w.pipeline.config.Ledger.abandoned.Add(left)
}

// run reads and judges here, settles beside it, and catches up with what was
// held.
func (w *worker) run(ctx, settling context.Context) error {
	reading, stop := context.WithCancel(ctx)
	defer stop()
	batches, settled := make(chan *judged), make(chan error, 1)
	go func() {
		err := w.settleEach(settling, batches, stop)
		settled <- err
	}()
	var catching sync.WaitGroup
	catching.Go(func() { w.catchUp(reading, batches) })
	err := w.read(reading, batches)
	if err == nil {
		err = w.backlog.empty(reading, w.pipeline.config.Patience)
	}
	stop()
	catching.Wait()
	close(batches)
	return errors.Join(<-settled, err)
}

// read fetches and judges until the context or the partition ends.
func (w *worker) read(ctx context.Context, batches chan<- *judged) error {
	for ctx.Err() == nil {
		if err := w.room(ctx); err != nil {
			return err
		}
		batch, err := w.partition.Fetch(ctx)
		if errors.Is(err, io.EOF) || err != nil && ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		w.pipeline.config.Ledger.consumed.Add(int64(len(batch.Records)))
		judge := w.currentJudge()
		judge.holding, judge.copies = w.backlog.filters(), &w.backlog.copies
		judged, err := judge.judgeBatch(ctx, batch)
		if err != nil { // the end of ctx came first: the next owner reads the batch again
			judged.abandon()
			judged.release()
			return nil
		}
		w.backlog.add(judged.held)
		batches <- judged
	}
	return nil
}

// currentJudge returns the judge of the set that is now in force.
func (w *worker) currentJudge() *judge {
	if set := w.pipeline.set.Load(); w.judge == nil || w.judge.set != set {
		w.judge = newJudge(w.pipeline.config, set)
	}
	return w.judge
}

// settleEach settles the batches in order. Where one fails, it and those that
// follow are abandoned: the next owner fetches them again.
func (w *worker) settleEach(ctx context.Context, batches <-chan *judged, stop func()) (failure error) {
	for b := range batches {
		if failure == nil {
			failure = w.settle(ctx, b)
		} else {
			b.abandon()
		}
		if failure != nil {
			stop()
		}
		b.release()
	}
	return failure
}

// settle gives every record of the batch its end and commits.
func (w *worker) settle(ctx context.Context, b *judged) error {
	if commitFirst {
		w.commitEarly(ctx, b.batch)
	}
	failed, err := w.write(ctx, b)
	if err != nil {
		b.abandon()
		return err
	}
	b.counts.post(w.pipeline.config.Ledger, b.outputs, failed)
	if b.late != nil {
		w.pipeline.config.Ledger.held.Add(-int64(len(b.late)))
		w.backlog.remove(b.late)
	} else {
		w.next = b.batch.Next
		w.backlog.settle(b.held)
	}
	return w.commit()
}

// commit commits what is settled, up to the first record that is held.
func (w *worker) commit() error {
	next := min(w.next, w.backlog.floor())
	if next == w.committed {
		return nil
	}
	w.committed = next
	return w.partition.Commit(next)
}

// write makes the batch's outputs durable and returns those that can never be
// written. Their records end rejected, and are durable in the reject topic.
func (w *worker) write(ctx context.Context, b *judged) (map[int]error, error) {
	if len(b.outputs) == 0 {
		return nil, nil
	}
	sink := w.pipeline.config.Sink
	err := sink.Write(ctx, b.outputs)
	var failed *OutputError
	if !errors.As(err, &failed) {
		return nil, err
	}
	if err := sink.Write(ctx, b.rejectFailed(failed)); err != nil {
		return nil, fmt.Errorf("%w; the reject topic cannot take it either, so this partition stops rather than lose it: %w", failed, err)
	}
	return failed.Failed, nil
}

// outlive returns a context that ends grace after ctx does.
func outlive(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(grace):
			cancel()
		case <-longer.Done():
		}
	})
	return longer, func() { stop(); cancel() }
}

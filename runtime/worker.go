package runtime

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// worker settles the batches of one partition, one after another.
type worker struct {
	pipeline  *Pipeline
	partition Partition
	judge     *judge
}

// work is what the source runs for each partition assigned.
func (p *Pipeline) work(ctx context.Context, partition Partition) error {
	w := &worker{pipeline: p, partition: partition}
	// Settling outlives the assignment by the drain time: a batch half written
	// is better finished than written twice.
	settling, stop := outlive(ctx, p.config.Drain)
	defer stop()
	err := w.loop(ctx, settling)
	if flushErr := partition.Flush(settling); err == nil {
		err = flushErr
	}
	return err
}

func (w *worker) loop(ctx, settling context.Context) error {
	for ctx.Err() == nil {
		batch, err := w.partition.Fetch(ctx)
		if errors.Is(err, io.EOF) || err != nil && ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		err = w.settle(settling, batch)
		batch.Release()
		if err != nil {
			return err
		}
	}
	return nil
}

// settle gives every record of the batch its end and commits. Where it fails
// the batch is abandoned: the next owner fetches it again.
func (w *worker) settle(ctx context.Context, batch Batch) error {
	ledger := w.pipeline.config.Ledger
	ledger.consumed.Add(int64(len(batch.Records)))
	if commitFirst {
		w.commitEarly(ctx, batch)
	}
	j := w.currentJudge()
	ends := j.judgeBatch(batch.Records)
	failed, err := w.write(ctx, j, ends, batch.Records)
	if err != nil {
		ledger.abandoned.Add(int64(len(batch.Records)))
		return err
	}
	j.counts.post(ledger, j.outputs, failed)
	return w.partition.Commit(batch.Next)
}

// currentJudge returns the judge of the set that is now in force.
func (w *worker) currentJudge() *judge {
	if set := w.pipeline.set.Load(); w.judge == nil || w.judge.set != set {
		w.judge = newJudge(w.pipeline.config, set)
	}
	return w.judge
}

// write makes the batch's outputs durable and returns those that can never be
// written. Their records end rejected, and are durable in the reject topic.
func (w *worker) write(ctx context.Context, j *judge, ends []end, records []Record) (map[int]error, error) {
	if len(j.outputs) == 0 {
		return nil, nil
	}
	sink := w.pipeline.config.Sink
	err := sink.Write(ctx, j.outputs)
	var failed *OutputError
	if !errors.As(err, &failed) {
		return nil, err
	}
	rejects := w.rejectFailed(j, failed, ends, records)
	if err := sink.Write(ctx, rejects); err != nil {
		return nil, fmt.Errorf("%w; the reject topic cannot take it either, so this partition stops rather than lose it: %w", failed, err)
	}
	return failed.Failed, nil
}

// rejectFailed returns one reject for each record that has a failed output.
func (w *worker) rejectFailed(j *judge, failed *OutputError, ends []end, records []Record) []Output {
	var rejects []Output
	for i, record := range j.recordOf {
		err, ok := failed.Failed[i]
		if !ok || len(rejects) > 0 && rejects[len(rejects)-1].Origin == records[record].Source(0, false) {
			continue // written, or another class of the same record has failed too
		}
		ends[record] = rejected
		reject := rejection(&records[record], StageDeliver, err)
		w.pipeline.config.Log.Warn("an alert could not be delivered and goes to the reject topic", "error", reject.Rejection)
		rejects = append(rejects, reject)
	}
	return rejects
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

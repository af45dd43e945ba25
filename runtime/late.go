package runtime

import (
	"context"
	"time"
)

// catchUp judges held records by the filters that owe a verdict on them, in
// order, until ctx ends. It waits for those filters as long as it takes; when
// the set is replaced, it starts over with the new one.
func (w *worker) catchUp(ctx context.Context, batches chan<- *judged) {
	var by *judge
	for {
		records := w.backlog.next(ctx)
		if len(records) == 0 {
			return
		}
		set, replaced := w.pipeline.inForce()
		if by == nil || by.set != set {
			by = newJudge(w.pipeline.config, set)
		}
		asking, stop := context.WithCancel(ctx)
		go func() {
			select {
			case <-replaced:
				stop()
			case <-asking.Done():
			}
		}()
		late, err := by.judgeLate(asking, records)
		stop()
		if err != nil {
			late.release()
			if pause(ctx, latePause) != nil {
				return
			}
			continue
		}
		done := late.done
		select {
		case batches <- late:
			<-done
		case <-ctx.Done():
			return
		}
	}
}

// latePause is how long to wait before held records are tried again by the
// same set.
const latePause = 50 * time.Millisecond

// judgeLate judges held records by the filters that they wait for. A filter
// that is gone from the set owes nothing any more.
func (j *judge) judgeLate(ctx context.Context, held []*heldRecord) (*judged, error) {
	batch := Batch{Records: make([]Record, len(held))}
	for i, h := range held {
		batch.Records[i] = h.record
	}
	j.late, j.holding = held, nil
	b, err := j.judgeBatch(ctx, batch)
	b.counts.alerts, b.counts.trailing = 0, 0 // they were counted
	for i, h := range held {
		switch {
		case h.delivered:
			b.counts.ends[i] = delivered
		case h.rejected && b.counts.ends[i] == dropped:
			b.counts.ends[i] = rejected
		}
	}
	b.late, b.done = held, make(chan struct{})
	return b, err
}

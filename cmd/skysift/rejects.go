package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/skysift/skysift/runtime"
)

// rejectWindow is the time in which at most maxReasons rejects are logged.
const rejectWindow = time.Minute

// rejectLog is a sink that writes to another, and says on the log which records
// were rejected and why: the first few of each minute, and how many more there
// were. A stream of which nothing can be read is told at once, and does not
// flood the log.
type rejectLog struct {
	sink runtime.Sink
	log  *slog.Logger

	mu     sync.Mutex
	since  time.Time // when the window began
	told   int       // in the window
	silent int       // rejects that were not told since the last that was
}

// Write writes the outputs, and tells of the rejects among them that were written.
func (r *rejectLog) Write(ctx context.Context, outputs []runtime.Output) error {
	err := r.sink.Write(ctx, outputs)
	some := (*runtime.OutputError)(nil)
	if err != nil && !errors.As(err, &some) {
		return err
	}
	for i := range outputs {
		if outputs[i].Rejection == nil || some != nil && some.Failed[i] != nil {
			continue
		}
		r.tell(&outputs[i], time.Now())
	}
	return err
}

func (r *rejectLog) tell(output *runtime.Output, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.since) >= rejectWindow {
		r.since, r.told = now, 0
	}
	if r.told++; r.told > maxReasons {
		r.silent++
		return
	}
	more := []any{"source", output.Origin, "stage", string(output.Rejection.Stage), "error", output.Rejection.Err}
	if r.silent > 0 {
		more = append(more, "not_logged_before", r.silent)
	}
	r.silent = 0
	r.log.Warn("a record is rejected; it is in the reject topic, byte for byte", more...)
}

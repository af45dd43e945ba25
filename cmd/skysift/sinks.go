package main

import (
	"context"
	"sync"

	"github.com/skysift/skysift/runtime"
)

// tee writes to each sink in turn. What it writes is durable when all of them
// say so; the first error ends it, so only the first may leave outputs out.
type tee []runtime.Sink

func (t tee) Write(ctx context.Context, outputs []runtime.Output) error {
	for _, sink := range t {
		if err := sink.Write(ctx, outputs); err != nil {
			return err
		}
	}
	return nil
}

// maxReasons is how many rejections are told one by one.
const maxReasons = 5

// reasons is a sink that remembers why the first records were rejected.
type reasons struct {
	mu    sync.Mutex
	first []string
	count int
}

func (r *reasons) Write(ctx context.Context, outputs []runtime.Output) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range outputs {
		rejection := outputs[i].Rejection
		if rejection == nil {
			continue
		}
		if r.count++; len(r.first) < maxReasons {
			r.first = append(r.first, outputs[i].Origin+": "+rejection.Err.Error())
		}
	}
	return ctx.Err()
}

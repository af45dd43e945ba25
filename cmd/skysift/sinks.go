package main

import (
	"context"
	"errors"
	"maps"
	"sync"

	"github.com/skysift/skysift/runtime"
)

// tee writes to each sink in turn. What it writes is durable when all of them
// say so. Outputs that one of them can never write go to the others all the same.
type tee []runtime.Sink

func (t tee) Write(ctx context.Context, outputs []runtime.Output) error {
	failed := map[int]error{}
	for _, sink := range t {
		err := sink.Write(ctx, outputs)
		if some := (*runtime.OutputError)(nil); errors.As(err, &some) {
			maps.Copy(failed, some.Failed)
		} else if err != nil {
			return err
		}
	}
	if len(failed) > 0 {
		return &runtime.OutputError{Failed: failed}
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

package runtimetest

import (
	"bytes"
	"context"
	"slices"
	"sync"

	"github.com/skysift/skysift/runtime"
)

// Sink keeps what is written to it.
type Sink struct {
	// Fault is asked before each Write; what it returns is the Write's error,
	// and nothing of that Write is kept but what an *OutputError leaves. nil:
	// no faults.
	Fault func(outputs []runtime.Output) error

	mu      sync.Mutex
	outputs []runtime.Output
}

// Write keeps a copy of the outputs.
func (s *Sink) Write(ctx context.Context, outputs []runtime.Output) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var err error
	if s.Fault != nil {
		err = s.Fault(outputs)
	}
	failed, partial := err.(*runtime.OutputError)
	if err != nil && !partial {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, output := range outputs {
		if partial && failed.Failed[i] != nil {
			continue
		}
		output.Value = bytes.Clone(output.Value)
		output.Key = bytes.Clone(output.Key)
		output.Matches = slices.Clone(output.Matches)
		s.outputs = append(s.outputs, output)
	}
	return err
}

// Outputs returns what has been written, in order.
func (s *Sink) Outputs() []runtime.Output {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.outputs)
}

package main

import (
	"context"
	"time"

	"github.com/skysift/skysift/internal/telemetry"
	"github.com/skysift/skysift/runtime"
)

// keepBudgets begins to watch what the filters cost, until stop is called.
func (j *job) keepBudgets(ctx context.Context, status *telemetry.Status) (stop func()) {
	j.warden = runtime.NewWarden(j.log)
	j.warden.Watch(j.loaded.set, j.loaded.budgets())
	status.Costs = j.warden.Costs
	watching, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		each := time.NewTicker(time.Second)
		defer each.Stop()
		for {
			select {
			case <-watching.Done():
				return
			case now := <-each.C:
				j.warden.Look(now)
			}
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// budgets returns what each filter declares, by its name; 0 for none.
func (f *filters) budgets() func(name string) time.Duration {
	declared := map[string]time.Duration{}
	for _, described := range f.Filters() {
		if described.Budget > 0 {
			declared[described.Name] = described.Budget
		}
	}
	return func(name string) time.Duration { return declared[name] }
}

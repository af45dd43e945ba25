package pluginhost

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/plugin/pluginpb"
)

// errDeadline is the cause of a batch that took too long.
var errDeadline = errors.New("it took longer than its deadline")

// triesAlone is how often a plug-in must fail on one alert by itself, judging
// another one each time in between, until the alert is given up and not the
// plug-in.
const triesAlone = 3

// Ask implements filter.Asker.
func (p *Plugin) Ask(ctx context.Context, asked filter.Page, wait bool) ([]filter.Answer, error) {
	p.begin()
	defer p.finish()
	p.figures.queued.Add(1)
	defer p.figures.queued.Add(-1)
	if asked.Len() == 0 {
		return nil, nil
	}
	batch := asked.(*page).batch(p.nextBatch.Add(1))
	if proto.Size(batch) <= maxSent-1<<10 {
		answers, err := p.try(ctx, batch, wait)
		if err == nil || errors.Is(err, filter.ErrUnavailable) {
			return answers, err
		}
	}
	return p.newSearch(batch).run(ctx, wait)
}

// part is a batch of some of another's alerts.
func (p *Plugin) part(batch *pluginpb.Batch, from, to int) *pluginpb.Batch {
	part := &pluginpb.Batch{Id: p.nextBatch.Add(1), Alerts: uint32(to - from)}
	for _, column := range batch.Columns {
		var b pluginpb.Builder
		view := pluginpb.NewView(column)
		for i := from; i < to; i++ {
			b.Add(view.At(i))
		}
		part.Columns = append(part.Columns, b.Column())
	}
	if len(batch.Raw) > 0 {
		part.Raw = batch.Raw[from:to]
	}
	if len(batch.Sources) > 0 {
		part.Sources = batch.Sources[from:to]
	}
	return part
}

// try asks once. An error that is not ErrUnavailable is the plug-in's failure
// on this batch, and it is started anew.
func (p *Plugin) try(ctx context.Context, batch *pluginpb.Batch, wait bool) ([]filter.Answer, error) {
	current, doubt, err := p.supervisor.take(ctx, wait)
	switch {
	case err != nil:
		return nil, unavailable(err)
	case doubt != nil && !wait:
		// Whoever cannot wait is not held up by a trial: a copy of the batch is the trial.
		p.begin()
		go func(batch *pluginpb.Batch) {
			defer p.finish()
			_, _ = p.put(context.Background(), current, batch)
		}(proto.CloneOf(batch))
		return nil, unavailable(doubt)
	}
	return p.put(ctx, current, batch)
}

// put puts a batch to a session, and tells the supervisor how that ended.
func (p *Plugin) put(ctx context.Context, current *session, batch *pluginpb.Batch) ([]filter.Answer, error) {
	limited, cancel := context.WithTimeoutCause(ctx, p.config.Deadline, errDeadline)
	defer cancel()
	began := time.Now()
	reply, err := current.judge(limited, batch)
	p.figures.call(int64(batch.Alerts), time.Since(began))
	if err != nil && ctx.Err() != nil {
		// We have stopped waiting. It may yet answer, to nobody.
		p.supervisor.done(ctx, current, false, nil)
		return nil, unavailable(context.Cause(ctx))
	}
	var answers []filter.Answer
	if err == nil {
		answers, err = p.config.answersOf(batch, reply)
	} else if errors.Is(err, errDeadline) {
		err = fmt.Errorf("%w of %v for %d alerts", errDeadline, p.config.Deadline, batch.Alerts)
	} else {
		err = current.reason(err)
	}
	if err != nil {
		p.figures.failures.Add(1)
	}
	p.supervisor.done(ctx, current, err == nil, err)
	return answers, err
}

// unavailable is ErrUnavailable with its reason.
func unavailable(cause error) error {
	if cause == nil {
		return filter.ErrUnavailable
	}
	return fmt.Errorf("%w: %w", filter.ErrUnavailable, cause)
}

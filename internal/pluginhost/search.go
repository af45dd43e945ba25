package pluginhost

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/plugin/pluginpb"
)

// search judges a batch on which the plug-in has failed once: as a whole again,
// as it is likely that the batch had no part in the failure, and then in ever
// smaller parts, so that an alert on which the plug-in fails every time is
// found and costs the others nothing.
//
// Invariants:
//   - An alert is given up only after triesAlone failures on it alone, each
//     with a success on another alert right after it. A plug-in that
//     fails on every alert is itself at fault: the search then goes on until
//     it recovers, or ctx or the supervisor ends it.
//   - Parts that fail go to the end of the line, so that as few failures as can
//     be follow one another, and the breaker does not open for one alert.
type search struct {
	plugin  *Plugin
	batch   *pluginpb.Batch
	answers []filter.Answer
	line    []part
	good    int // an alert on which the plug-in did not fail; -1: none yet
}

// part is the alerts of a batch from one to before another, and how often the
// plug-in failed on a single one and then judged another.
type part struct{ from, to, failures int }

func (p *Plugin) newSearch(batch *pluginpb.Batch) *search {
	n := int(batch.Alerts)
	return &search{plugin: p, batch: batch, answers: make([]filter.Answer, n), line: []part{{to: n}}, good: -1}
}

// run returns an answer for each alert.
func (s *search) run(ctx context.Context, wait bool) ([]filter.Answer, error) {
	for len(s.line) > 0 {
		next := s.line[0]
		s.line = s.line[1:]
		if err := s.judge(ctx, next, wait); err != nil {
			return nil, err
		}
	}
	return s.answers, nil
}

// judge judges one part, or puts what is left of it at the end of the line.
func (s *search) judge(ctx context.Context, next part, wait bool) error {
	batch := s.plugin.part(s.batch, next.from, next.to)
	if proto.Size(batch) > maxSent-1<<10 {
		s.divide(next, fmt.Errorf("the alert has over %d MiB, and a plug-in takes no larger message", maxSent>>20), true)
		return nil
	}
	answers, err := s.plugin.try(ctx, batch, wait)
	switch {
	case errors.Is(err, filter.ErrUnavailable):
		return err
	case err == nil:
		copy(s.answers[next.from:], answers)
		s.good = next.from
		return nil
	}
	proven, unavailable := s.control(ctx, next, wait)
	if unavailable != nil {
		return unavailable
	}
	if proven {
		next.failures++
	}
	s.divide(next, err, next.failures >= triesAlone)
	return nil
}

// control asks about an alert that was judged already, to see whether the
// plug-in judges others than the one that it has just failed on.
func (s *search) control(ctx context.Context, failed part, wait bool) (proven bool, err error) {
	if failed.to-failed.from > 1 || s.good < 0 {
		return false, nil
	}
	_, err = s.plugin.try(ctx, s.plugin.part(s.batch, s.good, s.good+1), wait)
	if errors.Is(err, filter.ErrUnavailable) {
		return false, err
	}
	return err == nil, nil
}

// divide puts a part's halves at the end of the line. A single alert is given
// up for the reason why, or comes again.
func (s *search) divide(p part, why error, giveUp bool) {
	middle := (p.from + p.to) / 2
	switch {
	case middle > p.from:
		s.line = append(s.line, part{from: p.from, to: middle}, part{from: middle, to: p.to})
	case giveUp:
		s.answers[p.from] = filter.Answer{Err: fmt.Errorf("the plug-in fails on this alert each time, and judges others: %w", why)}
	default:
		s.line = append(s.line, p)
	}
}

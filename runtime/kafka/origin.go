package kafka

import (
	"context"
	"log/slog"
)

// origin decides where a partition begins that has no committed offset.
//
// What the source was started for begins at the configured start; what
// appeared while it ran begins at its earliest record, else alerts between its
// appearance and its assignment would be lost. What was there is judged once,
// before this member joins: a topic counts as there if its partition was, the
// group had committed nothing of that topic, and it was either asked for by
// name or the group was altogether new. Where in doubt it is the earliest.
type origin struct {
	cluster   *cluster
	start     Start
	committed bool
	patterns  patterns
	log       *slog.Logger

	fresh    bool // the group had committed nothing
	there    map[string]int
	begunFor map[string]bool // topics of which something was committed
}

// survey notes what is there before this member joins.
func (o *origin) survey(ctx context.Context, g *group, topics map[string]topicState) error {
	offsets, err := g.committedRetrying(ctx, placesOf(topics))
	if err != nil {
		return err
	}
	o.fresh = len(offsets) == 0
	o.there, o.begunFor = make(map[string]int), make(map[string]bool)
	for name, s := range topics {
		o.there[name] = len(s.leaders)
	}
	for at := range offsets {
		o.begunFor[at.topic] = true
	}
	return nil
}

// startOf is where a partition begins.
func (o *origin) startOf(at place) Start {
	wasThere := at.partition < o.there[at.topic] && !o.begunFor[at.topic]
	if wasThere && (o.fresh || o.patterns.named(at.topic)) {
		return o.start
	}
	return Earliest
}

// resolve returns the offset at which a partition begins.
func (o *origin) resolve(ctx context.Context, at place) (int64, error) {
	start := o.startOf(at)
	offset, err := o.cluster.offsetAtRetrying(ctx, at, start.timestamp(), o.committed)
	if err == nil && offset < 0 {
		// No record is as late as the time asked for.
		offset, err = o.cluster.offsetAtRetrying(ctx, at, timeLatest, o.committed)
	}
	if err == nil {
		o.log.Info("no committed offset", "partition", at.String(), "start", start.String(), "offset", offset)
	}
	return offset, err
}

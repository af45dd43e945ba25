package kafka

import (
	"context"
	"errors"
	"time"

	kafkago "github.com/segmentio/kafka-go"
)

// endsInterval is how often the group's commits are compared with the ends.
const endsInterval = 50 * time.Millisecond

// findEnds returns where the partitions end now.
func (s *Source) findEnds(ctx context.Context, topics map[string]topicState) (map[place]int64, error) {
	ends := make(map[place]int64)
	for _, at := range placesOf(topics) {
		end, err := s.cluster.offsetAtRetrying(ctx, at, timeLatest, s.config.ReadCommitted)
		if err != nil {
			return nil, err
		}
		ends[at] = end
	}
	return ends, nil
}

// watchEnds calls stop when the group has committed every partition up to its
// end, no matter which members did.
func (s *Source) watchEnds(ctx context.Context, ends map[place]int64, stop func()) {
	places := make([]place, 0, len(ends))
	for at := range ends {
		places = append(places, at)
	}
	for s.pauseFor(ctx, endsInterval) == nil {
		committed, err := s.group.committed(ctx, places)
		if err == nil && s.reached(ctx, committed, ends) {
			stop()
			return
		}
	}
}

func (s *Source) reached(ctx context.Context, committed, ends map[place]int64) bool {
	for at, end := range ends {
		offset, ok := committed[at]
		if (!ok || offset < end || s.aboveLog(ctx, at, offset, end)) && !s.isFinished(at) && !s.deleted(ctx, at) {
			return false
		}
	}
	return true
}

// aboveLog says that an offset beyond the end of then is also beyond the end
// of now: it does not mean that the partition was read.
func (s *Source) aboveLog(ctx context.Context, at place, offset, end int64) bool {
	if offset <= end {
		return false
	}
	latest, err := s.cluster.offsetAtRetrying(ctx, at, timeLatest, s.config.ReadCommitted)
	return err != nil || offset > latest
}

// deleted says that a partition cannot be read to its end any more.
func (s *Source) deleted(ctx context.Context, at place) bool {
	found, err := s.cluster.describe(ctx, at.topic)
	return err == nil && len(found) == 1 && errors.Is(found[0].err, kafkago.UnknownTopicOrPartition)
}

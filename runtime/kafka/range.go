package kafka

import (
	"context"
	"fmt"
)

// OffsetError says that a partition's offset is not in its log.
type OffsetError struct {
	Topic      string
	Partition  int
	Offset     int64
	Start, End int64 // of the log
}

func (e *OffsetError) Error() string {
	where := fmt.Sprintf("above its end %d: the topic was made anew, or lost records", e.End)
	if e.Offset < e.Start {
		where = fmt.Sprintf("below its start %d: %d records were deleted before they were read", e.Start, e.Start-e.Offset)
	}
	return fmt.Sprintf("%s/%d: offset %d is out of the log, %s; set the out-of-range policy to earliest or latest to go on", e.Topic, e.Partition, e.Offset, where)
}

// outOfRange goes on by the policy, from an end of the log.
func (p *partition) outOfRange(ctx context.Context) error {
	start, err := p.cluster.offsetAtRetrying(ctx, p.place, timeEarliest, p.committed)
	if err != nil {
		return err
	}
	end, err := p.cluster.offsetAtRetrying(ctx, p.place, timeLatest, p.committed)
	if err != nil {
		return err
	}
	offset := p.batches.next
	if offset >= start && offset <= end {
		// A new leader is catching up, or the log moved on meanwhile.
		return p.pause.pause(ctx)
	}
	to := start
	switch p.policy {
	case PolicyEarliest:
	case PolicyLatest:
		to = end
	default:
		return &OffsetError{Topic: p.Topic(), Partition: p.Number(), Offset: offset, Start: start, End: end}
	}
	p.counters.jumps.Add(1)
	p.alarms.log.Warn("offset out of range: going on elsewhere", "partition", p.name,
		"offset", offset, "start", start, "end", end, "policy", string(p.policy), "to", to)
	p.batches.next = to
	p.progress.jump(to)
	return nil
}

// checkInLog makes sure that a committed offset above the end is one that the
// group has come to since, and not above all that the log holds.
func (p *partition) checkInLog(ctx context.Context) error {
	end, err := p.cluster.offsetAtRetrying(ctx, p.place, timeLatest, p.committed)
	if err != nil {
		return err
	}
	if p.batches.next > end {
		return p.outOfRange(ctx)
	}
	p.inLog = true
	return nil
}

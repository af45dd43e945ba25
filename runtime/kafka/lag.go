package kafka

import "sync/atomic"

// PartitionLag is how far behind its log a partition is.
type PartitionLag struct {
	Topic     string
	Partition int
	// Settled is the offset before which everything is settled; End is where
	// the log ended at the last fetch; Lag is the records between.
	Settled, End, Lag int64
}

// Counters are what a Source has counted since it was made.
type Counters struct {
	// Jumps counts how often an offset out of range was left by policy.
	Jumps int64
	// Generations counts the generations this member took part in.
	Generations int64
	// Stops counts how often a partition's work ended with an error.
	Stops int64
}

type counters struct{ jumps, generations, stops atomic.Int64 }

func (c *counters) snapshot() Counters {
	return Counters{Jumps: c.jumps.Load(), Generations: c.generations.Load(), Stops: c.stops.Load()}
}

// watermark is where the log ended at the last fetch.
type watermark struct{ atomic.Int64 }

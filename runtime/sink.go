package runtime

import (
	"context"
	"time"

	"github.com/skysift/skysift/filter"
)

// Match is one filter's part in an output.
type Match struct {
	Filter  string
	Version string
	// Annotations is a JSON object of the filter's annotations; nil: none.
	Annotations []byte
}

// Output is one alert on its way to one class, or one record on its way to
// the reject topic. Its bytes are the input's own, unless an Encoder made them,
// and are valid until Write has returned.
type Output struct {
	// Class is the class matched; "" for a rejected record.
	Class filter.Class
	// Matches are the filters of that class that passed the alert, in the
	// order of the set.
	Matches []Match
	// Unjudged are the filters that could not be asked about the alert, and
	// might have passed it.
	Unjudged []string
	// Rejection is why the record was rejected; nil for a match.
	Rejection *RecordError
	// Origin is where the alert came from: "topic/partition/offset".
	Origin string
	// ID is the alert's identifier, "" where it was not asked for.
	ID string
	// Schema names the writer's schema; "" where it could not be told.
	Schema string
	// Container says that the value is an Avro container file.
	Container bool
	// Encoding is what an Encoder made of the value; "" for the input's bytes.
	Encoding string

	// Topic and Partition are the input's; Key, Value, Headers and Time too.
	Topic     string
	Partition int
	Key       []byte
	Value     []byte
	Headers   []Header
	Time      time.Time
}

// Sink takes outputs.
type Sink interface {
	// Write returns nil when all outputs are durable. Outputs of one call, and
	// of calls that follow each other, keep their order where they meet in one
	// output partition. It retries what can be retried until ctx ends. An
	// error of type *OutputError names the outputs that can never be written
	// (too large for the topic); all others are then durable. After any other
	// error the caller does not know which are, and must not commit.
	Write(ctx context.Context, outputs []Output) error
}

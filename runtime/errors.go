package runtime

import (
	"errors"
	"fmt"
)

// ErrUnavailable marks an error of Decoder.Decode or Encoder.Encode that is no
// fault of the record: what they need cannot be had for now, as from a registry that
// does not answer. The record is not rejected; the pipeline waits and decodes it
// again. Who returns it tells the operator why, and keeps to a pace of its own
// however often it is asked.
var ErrUnavailable = errors.New("not available for now")

// Stage is where in its way a record failed.
type Stage string

// The stages at which a record can be rejected.
const (
	StageDecode  Stage = "decode"
	StageEncode  Stage = "encode"
	StageDeliver Stage = "deliver"
	// StageJudge is a filter that could not be asked and whose on_failure is
	// reject: the alert went to the classes of the others all the same.
	StageJudge Stage = "judge"
)

// RecordError is why one record was rejected, with its place in the stream.
type RecordError struct {
	// Origin is the place as Record.Source writes it.
	Origin    string
	Topic     string
	Partition int
	Offset    int64
	Stage     Stage
	Err       error
}

func (e *RecordError) Error() string {
	return fmt.Sprintf("%s: %s: %v", e.Origin, e.Stage, e.Err)
}

func (e *RecordError) Unwrap() error { return e.Err }

// OutputError names outputs that can never be written, by their position in
// the slice given to Sink.Write. All others were written.
type OutputError struct {
	Failed map[int]error
}

func (e *OutputError) Error() string {
	for i, err := range e.Failed {
		return fmt.Sprintf("%d outputs cannot be written; one of them, number %d: %v", len(e.Failed), i, err)
	}
	return "outputs cannot be written"
}

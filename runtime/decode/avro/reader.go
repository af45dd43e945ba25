package avro

import (
	"fmt"

	"github.com/skysift/skysift/filter"
)

// Reader reads bare datums for decoders that know each one's schema from
// framing of their own. It has scratch space and serves one goroutine.
type Reader struct {
	plans plans
	datum datum
}

// NewReader returns a reader that fills the slots of fields.
func NewReader(fields []filter.Field) *Reader {
	return &Reader{plans: plans{fields: fields}, datum: datum{slots: len(fields)}}
}

// Read reads the datum at value[start:], which was written with schema, to its
// end, and returns the alert and where it ends. The alert is the reader's own
// and is filled anew by the next call. Offsets in errors count from value's
// first byte.
func (r *Reader) Read(schema *Schema, value []byte, start int) (alert *filter.Alert, end int, err error) {
	if err := r.datum.open(r.plans.of(schema), value, start); err != nil {
		return nil, 0, fmt.Errorf("avro: %w", err)
	}
	if end, err = r.datum.finish(); err != nil {
		return nil, 0, fmt.Errorf("avro: %w", err)
	}
	return r.datum.alert, end, nil
}

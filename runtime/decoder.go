package runtime

import "github.com/skysift/skysift/filter"

// Format opens decoders of one input format.
type Format interface {
	// NewDecoder returns a decoder that fills the slots of fields. It serves
	// one goroutine; what decoders share (parsed schemas, plans) is safe.
	NewDecoder(fields []filter.Field) Decoder
}

// Decoder turns a record's bytes into alerts.
type Decoder interface {
	// Decode calls each for every alert of the record, in order. The alert is
	// the decoder's own and is filled anew for the next; what each keeps of
	// it, it copies. It returns each's error as it is; any other error means that
	// the record cannot be decoded, and says where and why, or, where it is an
	// ErrUnavailable, that it must be decoded again later.
	Decode(value []byte, each func(alert *filter.Alert) error) error
	// Single returns the alert last given to each as a record of its own: the
	// record's own bytes where that alert is all it holds, else its datum's
	// bytes unchanged in a container of its own.
	Single() ([]byte, error)
	// Shape says of the record in hand whether it is a container file and
	// whether it holds several alerts.
	Shape() Shape
}

// Shape describes the record that a decoder has in hand.
type Shape struct {
	Container bool
	Several   bool
	// Trailing is the number of bytes after the last alert, which are
	// accepted and counted.
	Trailing int
}

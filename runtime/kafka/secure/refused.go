package secure

import "strings"

// Refused is why there is no connection, where that waits for a person: a
// certificate, a password, a port. Trying again without one is of no use.
type Refused struct {
	// Broker is the broker's address.
	Broker string
	// What is wrong, and what to do about it; "" where nothing better than
	// What is known.
	What, Remedy string
	// Err is what was found; nil where What says it all.
	Err error
}

func (r *Refused) Error() string {
	var b strings.Builder
	b.WriteString("broker " + r.Broker + ": " + r.What)
	if r.Remedy != "" {
		b.WriteString(": " + r.Remedy)
	}
	if r.Err != nil {
		b.WriteString(" (" + r.Err.Error() + ")")
	}
	return b.String()
}

func (r *Refused) Unwrap() error { return r.Err }

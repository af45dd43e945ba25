package filter

// Field is one field path that a set of filters needs. Its position in
// Set.Fields is its slot in Alert.Values.
//
// A path names the alert's own fields, joined by dots: "candidate.magpsf".
// "[]" steps into the items of a list: "prv_candidates[].jd" is the column of
// jd over all items, a List as long as the list itself. "prv_candidates"
// alone is a List of Record items (Missing where the item is null).
type Field struct {
	Path string
	// Lazy fields are asked for by few alerts: a decoder may leave their slots
	// unfilled until Alert.Load.
	Lazy bool
}

// Loader fills the lazy slots of the alert it was given with.
type Loader interface {
	Load(*Alert) error
}

// Alert is one decoded alert, as far as a set of filters needs it.
//
// Invariants:
//   - Values has a slot for each of the set's fields; a field that this
//     alert's schema version lacks is Missing.
//   - The columns of one list all have that list's length.
//   - Nothing in it outlives Reset, and the record's bytes that it points into
//     stay unchanged until then. One goroutine uses it at a time.
type Alert struct {
	Values []Value
	// Schema names the writer's schema ("ztf.alert 4.02 sha256:1f…"), for the
	// skysift-schema header.
	Schema string
	// Topic is where the alert came from, for filters that judge some topics
	// only; "" where it is not known. Whoever hands the alert on sets it.
	Topic string

	lazy    Loader
	lazyErr error
	arena   []Value
}

// keptArena is how many list values an alert keeps room for from one record to
// the next (3 MiB); what a rare giant needed is given back.
const keptArena = 1 << 17

// Reset empties the alert and gives it one Missing slot for each of n fields.
func (a *Alert) Reset(n int) {
	if cap(a.Values) < n {
		a.Values = make([]Value, n)
	}
	a.Values = a.Values[:n]
	clear(a.Values)
	if cap(a.arena) > keptArena {
		a.arena = nil
	}
	a.arena = a.arena[:0]
	a.lazy, a.lazyErr = nil, nil
}

// NewList returns n Missing values for a list's items, valid until Reset.
func (a *Alert) NewList(n int) []Value {
	if len(a.arena)+n > cap(a.arena) {
		// Lists handed out earlier keep the old block alive; the new one is
		// large enough that a stream of similar alerts settles on it.
		a.arena = make([]Value, 0, max(2*cap(a.arena), n, 256))
	}
	start := len(a.arena)
	a.arena = a.arena[:start+n]
	items := a.arena[start : start+n : start+n]
	clear(items)
	return items
}

// Defer says who fills the lazy slots when a filter first asks for one.
func (a *Alert) Defer(l Loader) { a.lazy = l }

// Load fills the lazy slots, once; each later call returns the same. Its
// error means that the record cannot be decoded; it is the record's, not a
// filter's.
func (a *Alert) Load() error {
	if l := a.lazy; l != nil {
		a.lazy = nil
		a.lazyErr = l.Load(a)
	}
	return a.lazyErr
}

package expression

import (
	"errors"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/sky"
)

// The limits of one clause on one alert. They bound its time to a few
// milliseconds and its memory to a few megabytes.
const (
	maxTicks     = 250_000
	maxTextBytes = 64 << 10
	// keptItems and keptText are how much scratch space is kept from one
	// alert to the next.
	keptItems = 1 << 18
	keptText  = 1 << 20
)

// Why a clause could not be judged. They are wrapped in an Error, which
// names the filter and the clause.
var (
	ErrBudget     = errors.New("it took too many steps on this alert: filter the lists before they are combined")
	ErrIndex      = errors.New("an index is out of range on this alert: use first, last, find, or test len(list)")
	ErrTextLength = errors.New("a text grew beyond 64 KiB on this alert")
	ErrPanic      = errors.New("the evaluation of this filter broke down on this alert")
)

// frame is the state of one loop.
type frame struct {
	// id is different for every alert and every item of every loop: what was
	// computed under one id may be used again under the same.
	id       uint64
	row      filter.Value
	position int
}

// machine is what compiled closures work on. It is owned by one evaluator.
//
// Invariants:
//   - frames[0].id names the alert in hand, frames[l].id the item that the loop
//     at level l is at; ids only grow.
//   - Once failure is set every loop ends, and what is returned until the clause's
//     end is not used.
//   - ticks depend on the clause and the alert alone: a value that is used again
//     costs the ticks it took to compute.
type machine struct {
	values  []filter.Value
	alert   *filter.Alert
	loaded  bool
	loadErr error

	frames  [maxLevels + 1]frame
	lastID  uint64
	memo    []memo
	ticks   int
	failure error

	items  []filter.Value // the arena of lists made for this alert
	text   []byte         // and of texts
	stack  []filter.Value // arguments of calls under way
	keyed  []keyed        // items being sorted
	kept   []bool         // of rows being sifted, whether they are kept
	floats []float64      // numbers of the statistic under way
	some   [512]float64   // numbers of the array under way
	rows   []filter.Value // of the view, from the first on, for any alert
	seen   direction      // whose vector was last computed

	matches []sky.Match // rows of catalogues found for this alert
	bases   []base      // of the rows, to spell them out; nil where no one asks
}

// memo is one shared value, and under which frame id it holds.
type memo struct {
	id      uint64
	value   filter.Value
	ticks   int
	failure error
}

type keyed struct{ key, item filter.Value }

func newMachine(fields, memos int) *machine {
	return &machine{values: make([]filter.Value, fields), memo: make([]memo, memos), seen: firstDirection()}
}

// begin turns to the next alert.
func (m *machine) begin(a *filter.Alert) {
	m.alert, m.loaded, m.loadErr = a, false, nil
	if a.Values != nil {
		m.values = a.Values
	}
	m.lastID++
	m.frames[0].id = m.lastID
	m.restart()
	m.items = reuse(m.items, keptItems)
	m.text = reuse(m.text, keptText)
	m.matches = reuse(m.matches, keptItems)
	m.kept = m.kept[:0] // what broke down has given nothing back
}

func reuse[T any](block []T, most int) []T {
	if cap(block) > most {
		return nil
	}
	return block[:0]
}

// restart makes ready for the next clause.
func (m *machine) restart() { m.ticks, m.failure = 0, nil }

// load fills the alert's lazy slots; true when they are there.
func (m *machine) load() bool {
	if !m.loaded {
		m.loaded = true
		m.loadErr = m.alert.Load()
		if m.alert.Values != nil {
			m.values = m.alert.Values
		}
	}
	return m.loadErr == nil
}

// charge counts n steps.
func (m *machine) charge(n int) {
	m.ticks += n
	if m.ticks > maxTicks && m.failure == nil {
		m.failure = ErrBudget
	}
}

// enter steps a loop on to its next item; false when the clause has failed.
func (m *machine) enter(level, position int, row filter.Value) bool {
	m.lastID++
	f := &m.frames[level]
	f.id, f.row, f.position = m.lastID, row, position
	m.charge(1)
	return m.failure == nil
}

func (m *machine) fail(why error) filter.Value {
	if m.failure == nil {
		m.failure = why
	}
	return filter.Value{}
}

// list returns room for n items that lives as long as the alert, empty; nil
// when n items are too many.
func (m *machine) list(n int) []filter.Value {
	if n > maxTicks {
		m.fail(ErrBudget)
		return nil
	}
	if len(m.items)+n > cap(m.items) {
		m.items = make([]filter.Value, 0, max(2*cap(m.items), n, 256))
	}
	start := len(m.items)
	m.items = m.items[:start+n]
	return m.items[start : start : start+n]
}

// join returns the texts put together.
func (m *machine) join(a, b string) filter.Value {
	if len(a)+len(b) > maxTextBytes {
		return m.fail(ErrTextLength)
	}
	room := m.room(len(a) + len(b))
	return filter.StringOfBytes(append(append(room, a...), b...))
}

// room returns an empty text with room for n bytes.
func (m *machine) room(n int) []byte {
	m.charge(n / 64)
	if len(m.text)+n > cap(m.text) {
		m.text = make([]byte, 0, max(2*cap(m.text), n, 1024))
	}
	start := len(m.text)
	m.text = m.text[:start+n]
	return m.text[start : start : start+n]
}

package sky

import (
	"encoding/hex"
	"math"
	"slices"

	"github.com/skysift/skysift/filter"
)

// Catalogue is the rows of one file, ready to be matched. A watchlist is one
// whose rows all have a radius. It never changes, and any number of goroutines
// read it.
//
// Invariants:
//   - Rows without a radius of their own come first, in the order of zones; the
//     others are in the file's order.
//   - ra is within [0, 360).
type Catalogue struct {
	columns []column
	names   map[string]int // column by name; those with a role by that too
	ra, dec []float64
	own     []float64 // each row's own radius in degrees, NaN: none; nil: no row has one
	radius  float64   // of rows without their own, in degrees; 0: none
	id      int       // column; -1: none
	zones   zones     // of rows without a radius
	cones   []cones   // of the others, by class
	digest  string
}

// The columns that are in no file.
const (
	separationColumn = -1
	radiusColumn     = -2
)

// Len returns the number of rows.
func (c *Catalogue) Len() int { return len(c.ra) }

// Digest tells catalogues apart: it covers the file's bytes, and what was said
// of them.
func (c *Catalogue) Digest() string { return c.digest }

// HasRadii reports whether rows can be matched without another radius: there is
// one for all, or some have their own.
func (c *Catalogue) HasRadii() bool { return c.radius > 0 || c.own != nil }

// Column returns the number of a column by its name or role, and its kind:
// Missing for one that is empty in every row.
func (c *Catalogue) Column(name string) (number int, kind filter.Kind, ok bool) {
	if name == separation {
		return separationColumn, filter.Float, true
	}
	if name == roleRadius && c.HasRadii() {
		return radiusColumn, filter.Float, true
	}
	at, ok := c.names[name]
	if !ok {
		return 0, filter.Missing, false
	}
	return at, c.columns[at].kind, true
}

// Columns returns all names that Column knows, sorted.
func (c *Catalogue) Columns() []string {
	names := []string{separation}
	if _, own := c.names[roleRadius]; c.HasRadii() && !own {
		names = append(names, roleRadius)
	}
	for name := range c.names {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Value returns what a match's row has in a column. Texts are the catalogue's
// own, and stay as long as it.
func (c *Catalogue) Value(m Match, number int) filter.Value {
	switch number {
	case separationColumn:
		return filter.FloatOf(m.Separation)
	case radiusColumn:
		return filter.FloatOf(c.radiusOf(m.Row))
	}
	return c.columns[number].value(m.Row)
}

// radiusOf returns a row's radius in degrees; NaN where it has none.
func (c *Catalogue) radiusOf(row uint32) float64 {
	if c.own != nil && c.own[row] == c.own[row] {
		return c.own[row]
	}
	if c.radius > 0 {
		return c.radius
	}
	return math.NaN()
}

// AppendJSON appends a match as a JSON object: its id, separation and
// radius, then all other columns in the file's order.
func (c *Catalogue) AppendJSON(dst []byte, m Match) []byte {
	dst = append(dst, '{')
	if c.id >= 0 {
		dst = appendPair(dst, roleID, c.columns[c.id].value(m.Row))
	}
	dst = appendPair(dst, separation, filter.FloatOf(m.Separation))
	if c.HasRadii() {
		dst = appendPair(dst, roleRadius, filter.FloatOf(c.radiusOf(m.Row)))
	}
	for i := range c.columns {
		if i != c.id && c.columns[i].name != roleRadius {
			dst = appendPair(dst, c.columns[i].name, c.columns[i].value(m.Row))
		}
	}
	return append(dst, '}')
}

// ownOf returns the radius that a row has of its own; NaN where it has none.
func (c *Catalogue) ownOf(row int) float64 {
	if c.own == nil {
		return math.NaN()
	}
	return c.own[row]
}

func appendPair(dst []byte, name string, v filter.Value) []byte {
	if dst[len(dst)-1] != '{' {
		dst = append(dst, ',')
	}
	dst = filter.AppendJSONString(dst, name)
	dst = append(dst, ':')
	return v.AppendJSON(dst)
}

func hexadecimal(sum []byte) string { return hex.EncodeToString(sum[:16]) }

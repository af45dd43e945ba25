package sky

import (
	"cmp"
	"slices"
)

// Match is one row found near a direction.
type Match struct {
	Row uint32
	// Separation is in degrees.
	Separation float64
}

const (
	// rim is how far, in cosine, a row must be outside of a radius for rounding
	// to have no say: the dot product's error is below 1e-15.
	rim = 1e-13
	// margin, in degrees, is added to windows for the same reason.
	margin = 1e-9
)

// search is one question to a catalogue.
type search struct {
	*Catalogue
	ra, dec float64
	at      vector
	radius  float64 // of rows without their own
	steps   int     // left
	found   []Match
}

// Near appends to dst the rows around a direction in degrees, nearest first:
// those no farther away than their own radius, or, where they have none, than
// radius. A radius of 0 stands for what the catalogue's source says.
//
// It looks at no more than steps rows, and returns how many of them are left;
// below 0 it gave up. It allocates only where dst has no room.
func (c *Catalogue) Near(dst []Match, ra, dec, radius float64, steps int) (matches []Match, left int) {
	if radius == 0 {
		radius = c.radius
	}
	if !isDirection(ra, dec) {
		return dst, steps
	}
	s := search{Catalogue: c, ra: onCircle(ra), dec: dec, radius: radius, steps: steps, found: dst}
	s.at = vectorTo(ra, dec)
	if radius > 0 && len(c.zones.vectors) > 0 {
		s.rows(&c.zones)
	}
	s.cones()
	if new := s.found[len(dst):]; len(new) > 1 {
		slices.SortFunc(new, func(a, b Match) int {
			return cmp.Or(cmp.Compare(a.Separation, b.Separation), cmp.Compare(a.Row, b.Row))
		})
	}
	return s.found, s.steps
}

// measure adds a row where it is within a limit in degrees.
func (s *search) measure(row uint32, centre *vector, limit float64) {
	if angle := Angle(s.at.x, s.at.y, s.at.z, centre.x, centre.y, centre.z); angle <= limit {
		s.found = append(s.found, Match{row, angle})
	}
}

package sky

import (
	"cmp"
	"math"
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
	s.at.x, s.at.y, s.at.z = UnitVector(ra, dec)
	for i := range c.groups {
		switch g := &c.groups[i]; {
		case g.own:
			s.group(g, g.reach, g.cosine)
		case radius > 0:
			s.group(g, radius, math.Cos(radians(min(radius, 180))))
		}
	}
	if new := s.found[len(dst):]; len(new) > 1 {
		slices.SortFunc(new, func(a, b Match) int {
			return cmp.Or(cmp.Compare(a.Separation, b.Separation), cmp.Compare(a.Row, b.Row))
		})
	}
	return s.found, s.steps
}

// group searches the zones that a radius reaches.
func (s *search) group(g *group, reach, cosine float64) {
	first, last := g.zoneOf(s.dec-reach-margin), g.zoneOf(s.dec+reach+margin)
	half := halfWidth(s.dec, reach)
	for zone := first; zone <= last && s.steps >= 0; zone++ {
		if half >= 180 {
			s.scan(g, zone, 0, 360, cosine)
			continue
		}
		low, high := s.ra-half, s.ra+half
		s.scan(g, zone, max(low, 0), min(high, 360), cosine)
		if low < 0 {
			s.scan(g, zone, low+360, 360, cosine)
		}
		if high >= 360 {
			s.scan(g, zone, 0, high-360, cosine)
		}
	}
}

// halfWidth is how far in right ascension a circle extends to either side of
// its centre; 180 where it has a pole within.
func halfWidth(dec, reach float64) float64 {
	if math.Abs(dec)+reach+margin >= 90 {
		return 180
	}
	sine := math.Sin(radians(reach)) / math.Cos(radians(dec))
	if sine >= 1 {
		return 180
	}
	return degrees(math.Asin(sine)) + margin/math.Cos(radians(math.Abs(dec)+reach))
}

// first returns the first row of a cell, or behind it, from a right ascension on.
func (s *search) first(g *group, cell uint32, ra float64) uint32 {
	low, high := g.starts[cell], g.starts[cell+1]
	for low < high {
		if middle := (low + high) / 2; s.Catalogue.ra[middle] < ra {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// scan looks at the rows of a zone between two right ascensions in [0, 360].
func (s *search) scan(g *group, zone int, low, high, cosine float64) {
	row, to := s.first(g, g.cellOf(zone, low), low), g.starts[g.cells[zone+1]]
	for ; row < to && s.Catalogue.ra[row] <= high; row++ {
		if s.steps--; s.steps < 0 {
			return
		}
		v := &s.vectors[row]
		if s.at.x*v.x+s.at.y*v.y+s.at.z*v.z < cosine-rim {
			continue
		}
		limit := s.radius
		if g.own {
			limit = s.own[row]
		}
		if angle := Angle(s.at.x, s.at.y, s.at.z, v.x, v.y, v.z); angle <= limit {
			s.found = append(s.found, Match{row, angle})
		}
	}
}

package sky

import (
	"cmp"
	"math"
	"slices"
)

// zones find the rows that have no radius of their own: what is asked says how
// far to look.
//
// Invariants:
//   - They are the catalogue's first rows, one for each vector, in zones of the
//     grid. Within a zone they are sorted by right ascension.
//   - Cell k of all is the rows starts[k] to starts[k+1]; the cells of zone i
//     are cells[i] to cells[i+1].
type zones struct {
	grid
	vectors []vector
	cells   []uint32
	starts  []uint32
}

// zonesFor returns a grid with a row to a cell on average.
func zonesFor(rows int) grid { return grid{min(180, math.Sqrt(wholeSky/float64(rows)))} }

// order sorts rows by zone and right ascension; equal ones stay as they are.
func (g grid) order(rows []uint32, ra, dec []float64) {
	slices.SortFunc(rows, func(a, b uint32) int {
		return cmp.Or(
			cmp.Compare(g.zoneOf(dec[a]), g.zoneOf(dec[b])),
			cmp.Compare(ra[a], ra[b]),
			cmp.Compare(a, b))
	})
}

// newZones notes where the cells of ordered rows begin.
func newZones(g grid, ra, dec []float64) zones {
	z := zones{grid: g, cells: make([]uint32, 1, g.zones()+1), vectors: make([]vector, len(ra))}
	for zone := range g.zones() {
		z.cells = append(z.cells, z.cells[zone]+g.cellsIn(zone))
	}
	z.starts = make([]uint32, z.cells[g.zones()]+1)
	next := 0
	for row := range ra {
		z.vectors[row] = vectorTo(ra[row], dec[row])
		for cell := z.cell(g.zoneOf(dec[row]), ra[row]); next <= int(cell); next++ {
			z.starts[next] = uint32(row)
		}
	}
	for ; next < len(z.starts); next++ {
		z.starts[next] = uint32(len(ra))
	}
	return z
}

// cell returns the number among all of a zone's cell.
func (z *zones) cell(zone int, ra float64) uint32 {
	return z.cells[zone] + cellOf(z.cells[zone+1]-z.cells[zone], ra)
}

// rows searches the zones that a radius reaches.
func (s *search) rows(z *zones) {
	cosine := math.Cos(radians(min(s.radius, 180)))
	half := halfWidth(s.dec, s.radius)
	first, last := z.zoneOf(s.dec-s.radius-margin), z.zoneOf(s.dec+s.radius+margin)
	for zone := first; zone <= last && s.steps >= 0; zone++ {
		spans(s.ra, half, func(low, high float64) { s.scan(z, zone, low, high, cosine) })
	}
}

// scan looks at the rows of a zone between two right ascensions in [0, 360].
func (s *search) scan(z *zones, zone int, low, high, cosine float64) {
	row, to := s.first(z, z.cell(zone, low), low), z.starts[z.cells[zone+1]]
	for ; row < to && s.Catalogue.ra[row] <= high; row++ {
		if s.steps--; s.steps < 0 {
			return
		}
		if v := &z.vectors[row]; s.at.x*v.x+s.at.y*v.y+s.at.z*v.z >= cosine-rim {
			s.measure(row, v, s.radius)
		}
	}
}

// first returns the first row of a cell, or behind it, from a right ascension on.
func (s *search) first(z *zones, cell uint32, ra float64) uint32 {
	low, high := z.starts[cell], z.starts[cell+1]
	for low < high {
		if middle := (low + high) / 2; s.Catalogue.ra[middle] < ra {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

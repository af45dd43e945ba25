package sky

import (
	"math"
	"math/bits"
	"slices"
)

// cones find the rows whose own radii are alike. A row is noted in every cell
// of the sky that its cone touches, so that a direction looks into one cell, and
// what is in there lies side by side in memory: for a million rows it is the
// fetches from memory that cost.
//
// The cells have no table of their own. A cell's number is hashed to a bucket;
// rows of other cells in the same bucket are looked at in vain, which is rare.
// So cells can be as fine as rows are crowded anywhere, in a field or a plane.
//
// Invariants:
//   - Bucket k is notes[starts[k]:starts[k+1]], with a row at most once.
//   - A row is in the buckets of all cells that have a direction within its radius.
type cones struct {
	grid
	shift  int // of a hash, which leaves the bucket's number
	starts []uint32
	notes  []note
}

// note is a row in a bucket: half a line of the processor's cache.
type note struct {
	centre vector
	// chord is the square of the distance, within the unit sphere, beyond which
	// a direction is not within the row's radius: a little more than the radius's.
	chord float32
	row   uint32
}

const (
	// smallest is the radius in degrees up to which all rows are one class.
	smallest = 1.0 / 60
	// crowd is how many rows there are at most, on average, in a row's cell
	// unless cones are too large for such cells.
	crowd = 4
	// copies is about how often a row is noted at most, on average over all;
	// over those of one class it may be mostCopies, where others need fewer.
	copies, mostCopies = 3, 6
	// rounding is far above what rounding does to the square of a chord.
	rounding = 4e-6
	// finestCell is in degrees.
	finestCell = 1.0 / 3600
)

// classOf numbers the classes of radii that are alike: one for each factor of 4.
func classOf(own float64) int {
	class := 0
	for limit := smallest; own > limit; limit *= 4 {
		class++
	}
	return class
}

// newCones notes rows of the catalogue, each about copies times at most.
func newCones(c *Catalogue, rows []uint32, copies float64) cones {
	width := bits.Len(uint(2*len(rows) - 1))
	g := cones{grid: conesFor(c, rows, copies), shift: 64 - width, starts: make([]uint32, 1<<width+1)}
	var touched []uint64
	for _, row := range rows {
		touched = g.touched(touched[:0], c.ra[row], c.dec[row], c.own[row])
		for _, bucket := range touched {
			g.starts[bucket]++
		}
	}
	end := uint32(0)
	for bucket, n := range g.starts {
		end += n
		g.starts[bucket] = end
	}
	g.notes = make([]note, end)
	for _, row := range slices.Backward(rows) {
		n := note{vectorTo(c.ra[row], c.dec[row]), chordOf(c.own[row]), row}
		touched = g.touched(touched[:0], c.ra[row], c.dec[row], c.own[row])
		for _, bucket := range touched {
			g.starts[bucket]--
			g.notes[g.starts[bucket]] = n
		}
	}
	return g
}

// chordOf is the squared chord of a radius in degrees, with room for rounding.
func chordOf(radius float64) float32 {
	chord := 2*math.Sin(radians(radius/2)) + 1e-15
	return float32(chord * chord * (1 + rounding/4))
}

// conesFor returns the coarsest grid in which rows are not crowded, as long as
// they are not noted too often.
func conesFor(c *Catalogue, rows []uint32, copies float64) grid {
	var sum, squares float64
	for _, row := range rows {
		sum += c.own[row]
		squares += c.own[row] * c.own[row]
	}
	// A cone of radius r touches about (1+2r/h)² cells of height h. least is the
	// h of which the mean is copies.
	p, q := sum/float64(len(rows)), squares/float64(len(rows))
	least := max(2*q/(math.Sqrt(p*p+(copies-1)*q)-p), finestCell)
	g := grid{max(math.Sqrt(wholeSky/float64(len(rows))), least)}
	for g.height/2 >= least && g.crowded(c, rows) {
		g.height /= 2
	}
	return grid{min(g.height, 180)}
}

// crowded reports whether a row's cell has more than crowd rows on average.
func (g grid) crowded(c *Catalogue, rows []uint32) bool {
	width := bits.Len(uint(2*len(rows) - 1))
	counts, seen := make([]uint32, 1<<width), uint64(0)
	for _, row := range rows {
		zone := g.zoneOf(c.dec[row])
		n := &counts[hash(zone, cellOf(g.cellsIn(zone), c.ra[row]))>>(64-width)]
		seen += 2*uint64(*n) + 1 // so that it is the sum of their squares
		*n++
	}
	return seen > crowd*uint64(len(rows))
}

// hash spreads the cells' numbers over 64 bits, the upper ones best (Knuth's
// multiplicative method).
func hash(zone int, cell uint32) uint64 {
	return (uint64(zone)<<32 | uint64(cell)) * 0x9e3779b97f4a7c15
}

// touched appends the buckets of all cells that a circle touches, each once.
func (g *cones) touched(dst []uint64, ra, dec, radius float64) []uint64 {
	half := halfWidth(dec, radius)
	for zone := g.zoneOf(dec - radius - margin); zone <= g.zoneOf(dec+radius+margin); zone++ {
		cells := g.cellsIn(zone)
		spans(ra, half, func(low, high float64) {
			for cell := cellOf(cells, low); cell <= cellOf(cells, high); cell++ {
				dst = append(dst, hash(zone, cell)>>g.shift)
			}
		})
	}
	slices.Sort(dst)
	return slices.Compact(dst)
}

// classes is how many classes of radii there are: the last ends above 180 degrees.
const classes = 8

// cones looks at the rows of the direction's buckets. What does not depend on
// each other is fetched together: first where the buckets are, then what is in
// them.
func (s *search) cones() {
	var buckets [classes][]note
	for i := range s.Catalogue.cones {
		g := &s.Catalogue.cones[i]
		zone := g.zoneOf(s.dec)
		bucket := hash(zone, cellOf(g.cellsIn(zone), s.ra)) >> g.shift
		buckets[i] = g.notes[g.starts[bucket]:g.starts[bucket+1]]
	}
	for i := range s.Catalogue.cones {
		s.bucket(buckets[i])
	}
}

func (s *search) bucket(notes []note) {
	for i := range notes {
		if s.steps--; s.steps < 0 {
			return
		}
		n := &notes[i]
		x, y, z := s.at.x-n.centre.x, s.at.y-n.centre.y, s.at.z-n.centre.z
		switch chord := x*x + y*y + z*z; {
		case chord > float64(n.chord):
		case chord > float64(n.chord)*(1-rounding):
			s.measure(n.row, &n.centre, s.own[n.row])
		default: // the radius need not be fetched
			s.measure(n.row, &n.centre, 180)
		}
	}
}

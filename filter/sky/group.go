package sky

import (
	"cmp"
	"math"
	"slices"
)

// group is a run of rows whose radii are alike, so that one search with the
// largest of them finds few rows in vain. The rows without a radius of their own
// are a group, too.
//
// Invariants:
//   - The rows are in zones of declination, from the south on: those of zone i
//     from -90+i*height up to a height more. Within a zone they are sorted by
//     right ascension, and lie in cells of equal width.
//   - Cell k of all is the rows starts[k] to starts[k+1]; the cells of zone i
//     are cells[i] to cells[i+1].
//   - Every row's own radius is at most reach.
type group struct {
	own    bool // rows have radii of their own
	reach  float64
	cosine float64 // of the reach
	height float64 // of a zone, in degrees
	cells  []uint32
	starts []uint32
}

const (
	// smallest is the radius in degrees up to which all rows are one group.
	smallest = 1.0 / 60
	// wholeSky is in square degrees.
	wholeSky = 41253
)

// classOf numbers the groups: 0 for rows without a radius, then one for each
// factor of 4 in radius.
func classOf(own float64) int {
	if own != own {
		return 0
	}
	class := 1
	for limit := smallest; own > limit; limit *= 4 {
		class++
	}
	return class
}

// arrange orders the rows, and fills in all that follows from the order. The
// catalogue has its columns, ra, dec and own.
func (c *Catalogue) arrange() {
	classes := map[int]*group{}
	counts := map[int]int{}
	for row := range c.ra {
		class := classOf(c.ownOf(row))
		g := classes[class]
		if g == nil {
			g = &group{own: class > 0}
			classes[class] = g
		}
		counts[class]++
		if g.own {
			g.reach = max(g.reach, c.own[row])
		}
	}
	numbers := make([]int, 0, len(classes))
	for class, g := range classes {
		numbers = append(numbers, class)
		g.cosine = math.Cos(radians(g.reach))
		// With a row to a cell, and a search that reaches into two zones at most,
		// few cells and few rows are looked at.
		g.height = min(180, max(math.Sqrt(wholeSky/float64(counts[class])), 2*g.reach))
	}
	slices.Sort(numbers)
	order := c.order(classes)
	for i := range c.columns {
		c.columns[i].reorder(order)
	}
	c.own = permuted(c.own, order)
	c.ra, c.dec = permuted(c.ra, order), permuted(c.dec, order)
	c.vectors = make([]vector, len(c.ra))
	for row := range c.ra {
		v := &c.vectors[row]
		v.x, v.y, v.z = UnitVector(c.ra[row], c.dec[row])
	}
	from := uint32(0)
	for _, class := range numbers {
		to := from + uint32(counts[class])
		classes[class].divide(c, from, to)
		c.groups = append(c.groups, *classes[class])
		from = to
	}
}

func (c *Catalogue) ownOf(row int) float64 {
	if c.own == nil {
		return math.NaN()
	}
	return c.own[row]
}

// order returns the rows by group, zone and right ascension; equal ones stay as
// the file has them.
func (c *Catalogue) order(classes map[int]*group) []uint32 {
	keys := make([]uint64, len(c.ra))
	order := make([]uint32, len(c.ra))
	for row := range order {
		class := classOf(c.ownOf(row))
		keys[row] = uint64(class)<<32 | uint64(classes[class].zoneOf(c.dec[row]))
		order[row] = uint32(row)
	}
	slices.SortFunc(order, func(a, b uint32) int {
		if keys[a] != keys[b] {
			return cmp.Compare(keys[a], keys[b])
		}
		return cmp.Or(cmp.Compare(c.ra[a], c.ra[b]), cmp.Compare(a, b))
	})
	return order
}

func (g *group) zoneCount() int { return int(180/g.height) + 1 }

func (g *group) zoneOf(dec float64) int {
	return min(max(int((dec+90)/g.height), 0), g.zoneCount()-1)
}

// cellsIn is how many cells a zone has: about as wide as they are high, in its
// middle.
func (g *group) cellsIn(zone int) int {
	middle := -90 + (float64(zone)+0.5)*g.height
	return max(1, int(360*math.Cos(radians(min(middle, 90)))/g.height))
}

// cellOf returns the cell of a zone that a right ascension in [0, 360) is in.
func (g *group) cellOf(zone int, ra float64) uint32 {
	from, to := g.cells[zone], g.cells[zone+1]
	return from + min(uint32(ra*float64(to-from)/360), to-from-1)
}

// divide notes where the cells of the rows from one to another begin.
func (g *group) divide(c *Catalogue, from, to uint32) {
	g.cells = make([]uint32, 1, g.zoneCount()+1)
	for zone := range g.zoneCount() {
		g.cells = append(g.cells, g.cells[zone]+uint32(g.cellsIn(zone)))
	}
	g.starts = make([]uint32, g.cells[g.zoneCount()]+1)
	next := uint32(0)
	for row := from; row < to; row++ {
		for cell := g.cellOf(g.zoneOf(c.dec[row]), c.ra[row]); next <= cell; next++ {
			g.starts[next] = row
		}
	}
	for ; int(next) < len(g.starts); next++ {
		g.starts[next] = to
	}
}

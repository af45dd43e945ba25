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
//   - zones[i] to zones[i+1] are the rows of zone i, whose declinations are
//     from -90+i*height up to a height more; sorted by right ascension.
//   - Every row's own radius is at most reach.
type group struct {
	own    bool // rows have radii of their own
	reach  float64
	cosine float64 // of the reach
	height float64 // of a zone, in degrees
	zones  []uint32
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
		// With a row to a square of this height, both the zones and the rows
		// within one are few.
		g.height = min(180, max(math.Sqrt(wholeSky/float64(counts[class])), g.reach))
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
		classes[class].divide(c.dec, from, to)
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

// divide notes where the zones of the rows from one to another begin.
func (g *group) divide(dec []float64, from, to uint32) {
	g.zones = make([]uint32, g.zoneCount()+1)
	row := from
	for zone := range g.zones {
		for row < to && g.zoneOf(dec[row]) < zone {
			row++
		}
		g.zones[zone] = row
	}
}

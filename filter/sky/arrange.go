package sky

import "slices"

// arrange orders the rows, and makes what finds them. The catalogue has its
// columns, ra, dec and own.
func (c *Catalogue) arrange() {
	order := make([]uint32, 0, len(c.ra))
	for row := range c.ra {
		if c.ownOf(row) != c.ownOf(row) {
			order = append(order, uint32(row))
		}
	}
	without := len(order)
	for row := range c.ra {
		if c.ownOf(row) == c.ownOf(row) {
			order = append(order, uint32(row))
		}
	}
	if without > 0 {
		g := zonesFor(without)
		g.order(order[:without], c.ra, c.dec)
		c.reorder(order)
		c.zones = newZones(g, c.ra[:without], c.dec[:without])
	}
	c.arrangeCones(without)
}

// arrangeCones makes the cones of the rows from one on.
func (c *Catalogue) arrangeCones(from int) {
	var classes [][]uint32
	for row := from; row < len(c.ra); row++ {
		class := classOf(c.own[row])
		for len(classes) <= class {
			classes = append(classes, nil)
		}
		classes[class] = append(classes[class], uint32(row))
	}
	later := len(c.ra) - from
	room := copies * later
	for _, rows := range classes {
		if len(rows) == 0 {
			continue
		}
		later -= len(rows)
		share := float64(room-2*later) / float64(len(rows)) // others keep room for two
		made := newCones(c, rows, min(share, mostCopies))
		room -= len(made.notes)
		c.cones = append(c.cones, made)
	}
}

// reorder makes row i what order[i] was.
func (c *Catalogue) reorder(order []uint32) {
	if slices.IsSorted(order) {
		return
	}
	for i := range c.columns {
		c.columns[i].reorder(order)
	}
	c.own = permuted(c.own, order)
	c.ra, c.dec = permuted(c.ra, order), permuted(c.dec, order)
}

package sky

import (
	"cmp"
	"slices"
)

const density = "PROBDENSITY"

// isSkyMap reports whether a table is a sky map, as GCN circulates them of
// gravitational waves.
func (t *binaryTable) isSkyMap() bool {
	return t.column(density) >= 0 || t.column("PROB") >= 0 || t.column("PROBABILITY") >= 0
}

// weighed is a cell of a sky map.
type weighed struct {
	span
	density float64
}

// skyMap returns the smallest part of a multi-order sky map that holds a
// probability: its cells of the greatest density, down to the one with which
// the sum is reached.
func (t *binaryTable) skyMap(probability float64) (coverage, error) {
	uniq, dense := t.column("UNIQ"), t.column(density)
	if uniq < 0 || dense < 0 {
		return nil, mistake(0, "take the multi-order map of the same alert (….multiorder.fits)", "this is a sky map of one order")
	}
	if probability == 0 {
		return nil, about("probability", "write probability: 0.9", "this is a sky map, and nothing says which part of it is the region")
	}
	if err := t.check(uniq, "JK"); err != nil {
		return nil, err
	}
	if err := t.check(dense, "ED"); err != nil {
		return nil, err
	}
	cells := make([]weighed, 0, t.rows)
	total := 0.0
	err := t.each(func(row int, bytes []byte) error {
		made, ok := uniqueSpan(t.columns[uniq].integer(bytes))
		d := t.columns[dense].float(bytes)
		if !ok || !(d >= 0) || d > 1e300 {
			return mistake(0, "", "row %d of the sky map cannot be read: UNIQ is %d, PROBDENSITY %g", row+1, t.columns[uniq].integer(bytes), d)
		}
		cells = append(cells, weighed{made, d})
		total += cells[row].weight()
		return nil
	})
	if err != nil {
		return nil, err
	}
	if total <= 0 {
		return nil, mistake(0, "", "the sky map holds no probability")
	}
	return densest(cells, probability*total), nil
}

// weight is the cell's probability, in units of pixels of the finest order.
func (w weighed) weight() float64 { return w.density * float64(w.to-w.from) }

func densest(cells []weighed, enough float64) coverage {
	slices.SortFunc(cells, func(a, b weighed) int {
		return cmp.Or(cmp.Compare(b.density, a.density), cmp.Compare(a.from, b.from))
	})
	var spans []span
	sum := 0.0
	for _, c := range cells {
		if sum >= enough || c.density == 0 {
			break
		}
		sum += c.weight()
		spans = append(spans, c.span)
	}
	return newCoverage(spans)
}

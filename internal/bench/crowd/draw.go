package crowd

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/expression"
)

// The share of a night that a filter passes.
const least, most = 0.001, 0.01

// Filters draws filters: equal seeds give equal filters.
func (n *Night) Filters(count int, seed uint64) []expression.Filter {
	d := &drawer{night: n, Rand: rand.New(rand.NewPCG(seed, 5))}
	filters := make([]expression.Filter, 0, count)
	for len(filters) < count {
		where, ok := d.where()
		if !ok {
			continue // its tests contradict each other on this night
		}
		i := len(filters)
		filters = append(filters, expression.Filter{
			Name: fmt.Sprintf("f%05d", i), Class: filter.Class("class" + strconv.Itoa(i%10)), Where: where,
		})
	}
	return filters
}

type drawer struct {
	*rand.Rand
	night *Night
}

// clause is an expression and the alerts, by number, on which it holds.
type clause struct {
	text  string
	holds func(alert int) bool
}

// where draws clauses of which the last, a cheap one, is set so that the
// filter passes what it shall.
func (d *drawer) where() (where []string, ok bool) {
	share := least * math.Pow(most/least, d.Float64())
	wanted := max(1, int(share*float64(len(d.night.Alerts))+0.5))
	clauses := 3 + d.IntN(6)
	dear := 0
	if d.IntN(3) == 0 {
		dear = 1 + d.IntN(2)
	}
	left := make([]int, len(d.night.Alerts))
	for i := range left {
		left[i] = i
	}
	for i := range clauses - 1 {
		keep := math.Pow(share, (0.5+d.Float64())/float64(clauses))
		c := d.clause(i < dear, keep)
		left = slices.DeleteFunc(left, func(alert int) bool { return !c.holds(alert) })
		where = append(where, c.text)
	}
	last, ok := d.last(left, wanted)
	where = append(where, last)
	d.Shuffle(len(where), func(i, j int) { where[i], where[j] = where[j], where[i] })
	return where, ok
}

// clause draws a test that holds for about the share keep of the night.
func (d *drawer) clause(dear bool, keep float64) clause {
	columns := d.night.cheap
	if dear {
		if d.IntN(6) == 0 {
			return d.cone(keep)
		}
		columns = d.night.dear
	}
	c := &columns[d.IntN(len(columns))]
	above := c.below == "" || c.above != "" && d.IntN(2) == 0
	at := keep * float64(len(c.sorted))
	if above {
		at = (1 - keep) * float64(len(c.sorted))
	}
	return c.clause(above, d.between(c.sorted, int(at)))
}

func (c *column) clause(above bool, limit float64) clause {
	if above {
		return clause{strings.Replace(c.above, "%s", spelt(limit), 1), func(i int) bool { return c.values[i] > limit }}
	}
	return clause{strings.Replace(c.below, "%s", spelt(limit), 1), func(i int) bool { return c.values[i] < limit }}
}

// between draws a threshold between the value at i and the one before it.
func (d *drawer) between(sorted []float64, i int) float64 {
	i = min(max(i, 1), len(sorted)-1)
	low, high := sorted[i-1], sorted[i]
	limit, _ := strconv.ParseFloat(spelt(low+(high-low)*d.Float64()), 64)
	return limit
}

func spelt(limit float64) string { return strconv.FormatFloat(limit, 'f', 7, 64) }

// cone is centred on one of the night's alerts.
func (d *drawer) cone(keep float64) clause {
	n := d.night
	centre := d.IntN(len(n.ra))
	ra0, dec0 := n.ra[centre], n.dec[centre]
	distances := column{values: make([]float64, len(n.ra))}
	for i := range n.ra {
		distances.values[i] = separation(n.ra[i], n.dec[i], ra0, dec0)
	}
	distances.sort()
	radius := d.between(distances.sorted, int(keep*float64(len(n.ra))))
	text := fmt.Sprintf("cone(candidate.ra, candidate.dec, %s, %s, %s)", spelt(ra0), spelt(dec0), spelt(radius))
	return clause{text, func(i int) bool { return distances.values[i] <= radius }}
}

func separation(ra1, dec1, ra2, dec2 float64) float64 {
	const degree = math.Pi / 180
	sinDec, sinRA := math.Sin((dec2-dec1)*degree/2), math.Sin((ra2-ra1)*degree/2)
	return 2 * math.Asin(math.Sqrt(sinDec*sinDec+math.Cos(dec1*degree)*math.Cos(dec2*degree)*sinRA*sinRA)) / degree
}

// last draws the clause that leaves wanted of the alerts that are left.
func (d *drawer) last(left []int, wanted int) (text string, ok bool) {
	c := &d.night.cheap[d.IntN(len(d.night.cheap))]
	var values []float64
	for _, alert := range left {
		if !math.IsNaN(c.values[alert]) {
			values = append(values, c.values[alert])
		}
	}
	if len(values) <= wanted {
		return "", false
	}
	slices.Sort(values)
	above := c.below == "" || d.IntN(2) == 0
	at := wanted
	if above {
		at = len(values) - wanted
	}
	made := c.clause(above, d.between(values, at))
	passing := 0
	for _, alert := range left {
		if made.holds(alert) {
			passing++
		}
	}
	share := float64(passing) / float64(len(d.night.Alerts))
	return made.text, share >= least && share <= most
}

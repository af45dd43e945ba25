package expression

import (
	"math"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/filter/index"
	"github.com/skysift/skysift/filter/sky"
)

// place is a cone whose centre and radius are constants: most are. The angle to
// its centre is bounded by a dot product, and computed only near the rim, so
// that the answer is cone's own.
type place struct {
	ra, dec, radius float64
	x, y, z         float64
	cosine          float64 // of the radius
}

// rim is how far, in cosine, a direction must be from the rim for rounding to
// have no say: the dot product's error is below 1e-15.
const rim = 1e-13

// conePlace returns the call's cone; nil for any other call.
func conePlace(n *node) *place {
	if n.fn.Name != "cone" {
		return nil
	}
	var numbers [3]float64
	for i, arg := range n.args[2:] {
		if !arg.isConst() || !arg.value.IsNumber() {
			return nil
		}
		numbers[i] = arg.value.Float()
	}
	p := &place{ra: numbers[0], dec: numbers[1], radius: numbers[2]}
	if !(p.radius >= 0 && p.radius <= 180) || math.Abs(p.dec) > 90 || math.IsInf(p.ra, 0) {
		return nil
	}
	p.x, p.y, p.z = sky.UnitVector(p.ra, p.dec)
	p.cosine = math.Cos(radians(p.radius))
	return p
}

// declinations returns a cone's declination and the ones that it has: no angle is
// less than the difference of declinations. nil for any other node.
func declinations(n *node) (*node, index.PassSet) {
	if n.op != opCall || n.fails || n.lazy || n.needs != 1 {
		return nil, index.PassSet{}
	}
	p := conePlace(n)
	if p == nil || n.args[1].needs != 1 {
		return nil, index.PassSet{}
	}
	const margin = 2e-9 // above that of has
	return n.args[1], index.AtLeast(p.dec - p.radius - margin).And(index.AtMost(p.dec + p.radius + margin))
}

func (p *place) emit(e *emitter, n *node, level int) valueFunc {
	ra, dec := e.valueAt(n.args[0], level), e.valueAt(n.args[1], level)
	return func(m *machine) filter.Value {
		a, d := ra(m), dec(m)
		if !a.IsNumber() || !d.IsNumber() || m.failure != nil {
			return filter.Value{}
		}
		return filter.BoolOf(p.has(m, a.Float(), d.Float()))
	}
}

func (p *place) has(m *machine, ra, dec float64) bool {
	if math.Abs(dec-p.dec) > p.radius+1e-9 {
		return false // as cone has it
	}
	x, y, z := m.direction(ra, dec)
	switch c := x*p.x + y*p.y + z*p.z; {
	case c < p.cosine-rim:
		return false
	case c > p.cosine+rim:
		return true
	}
	return separation(ra, dec, p.ra, p.dec) <= p.radius
}

// direction is the unit vector of a direction. Cones of one alert mostly ask
// for the same one.
func (m *machine) direction(ra, dec float64) (x, y, z float64) {
	if d := &m.seen; d.ra != ra || d.dec != dec {
		d.ra, d.dec = ra, dec
		d.x, d.y, d.z = sky.UnitVector(ra, dec)
	}
	return m.seen.x, m.seen.y, m.seen.z
}

// direction is a direction in degrees and its unit vector.
type direction struct{ ra, dec, x, y, z float64 }

func firstDirection() direction {
	var d direction
	d.x, d.y, d.z = sky.UnitVector(0, 0)
	return d
}

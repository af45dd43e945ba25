package expression

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/skysift/skysift/filter/sky"
)

// TestAConeAroundAConstantIsTheFunctions: near the rim, at the poles and for
// tiny cones too.
func TestAConeAroundAConstantIsTheFunctions(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	m := newMachine(0, 0)
	inside := 0
	for range 200_000 {
		radius := math.Pow(10, -7+9*r.Float64())
		p := &place{ra: 360 * r.Float64(), dec: 180*r.Float64() - 90, radius: min(radius, 180)}
		if r.IntN(10) == 0 {
			p.dec = 90
		}
		p.x, p.y, p.z = sky.UnitVector(p.ra, p.dec)
		p.cosine = math.Cos(radians(p.radius))
		ra, dec := p.ra, p.dec
		switch r.IntN(3) {
		case 0: // at the rim, but for rounding
			dec += p.radius * (1 + 4e-16*float64(r.IntN(9)-4))
		case 1:
			ra, dec = ra+3*p.radius*(r.Float64()-0.5), dec+3*p.radius*(r.Float64()-0.5)
		case 2:
			ra, dec = 360*r.Float64(), 180*r.Float64()-90
		}
		want := math.Abs(dec-p.dec) <= p.radius+1e-9 && separation(ra, dec, p.ra, p.dec) <= p.radius
		if got := p.has(m, ra, dec); got != want {
			t.Fatalf("cone(%v, %v, %v, %v, %v) is %v", ra, dec, p.ra, p.dec, p.radius, got)
		}
		if want {
			inside++
		}
	}
	if inside < 10_000 {
		t.Errorf("only %d directions are inside: this test compares little", inside)
	}
}

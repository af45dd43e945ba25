package simulate

import (
	"math"
	"testing"
)

// drawn returns supernovae of one class.
func drawn(class Class, n int) []*explosion {
	var found []*explosion
	for i := uint64(0); len(found) < n; i++ {
		r := stream(i, 'e')
		if e := newExplosion(&r, 2461365.7); e.class == class {
			found = append(found, e)
		}
	}
	return found
}

// brightest returns when and how bright e is at its peak in a band.
func (e *explosion) brightest(b band) (jd, mag float64) {
	mag = math.Inf(1)
	for t := e.first() + 0.5; t < e.first()+80; t += 0.25 {
		if m := magOf(e.flux(t, b)); m < mag {
			jd, mag = t, m
		}
	}
	return jd, mag
}

func TestSupernovaeRiseAndDecline(t *testing.T) {
	for _, test := range []struct {
		class             Class
		riseLow, riseHigh float64 // from explosion to peak in g, rest frame [days]
		dropLow, dropHigh float64 // from the peak in g to 15 rest-frame days later [mag]
	}{
		{SupernovaIa, 14, 22, 0.5, 1.3},
		{SupernovaII, 6, 14, 0.2, 0.8},
	} {
		for _, e := range drawn(test.class, 200) {
			peak, mag := e.brightest(green)
			if rise := (peak - e.first()) / (1 + e.redshift); rise < test.riseLow || rise > test.riseHigh {
				t.Errorf("%s rises in %.1f days", test.class, rise)
			}
			if math.Abs(peak-e.peak) > 0.5 {
				t.Errorf("%s peaks at %v, its truth says %v", test.class, peak, e.peak)
			}
			drop := magOf(e.flux(peak+15*(1+e.redshift), green)) - mag
			if drop < test.dropLow || drop > test.dropHigh {
				t.Errorf("%s declines by %.2f mag in 15 days", test.class, drop)
			}
			if e.flux(e.first()-0.1, green) != 0 || e.flux(e.first()-0.1, red) != 0 {
				t.Errorf("%s shines before it explodes", test.class)
			}
		}
	}
}

func TestSupernovaeRedden(t *testing.T) {
	for _, class := range []Class{SupernovaIa, SupernovaII} {
		for _, e := range drawn(class, 100) {
			colour := func(days float64) float64 {
				jd := e.peak + days*(1+e.redshift)
				return magOf(e.flux(jd, green)) - magOf(e.flux(jd, red))
			}
			if colour(25) < colour(0)+0.3 {
				t.Errorf("%s: g-r goes from %.2f to %.2f in 25 days", class, colour(0), colour(25))
			}
		}
	}
}

func TestSupernovaeAreAsBrightAsTheirDistanceAllows(t *testing.T) {
	for _, test := range []struct {
		class               Class
		brightest, faintest float64 // absolute magnitude in r
	}{
		{SupernovaIa, -19.9, -18.2},
		{SupernovaII, -18.8, -15},
	} {
		for _, e := range drawn(test.class, 300) {
			if absolute := e.r - distanceModulus(e.redshift); absolute < test.brightest || absolute > test.faintest {
				t.Errorf("%s of redshift %v and magnitude %v: absolute %.2f", test.class, e.redshift, e.r, absolute)
			}
		}
	}
}

// Ned Wright's calculator for H0 = 70, Omega_M = 0.3, flat, gives luminosity
// distances of 222.3 Mpc at 0.05 and 460.3 Mpc at 0.1.
func TestDistanceModulus(t *testing.T) {
	for _, test := range []struct{ z, megaparsec float64 }{{0.05, 222.3}, {0.1, 460.3}} {
		want := 5*math.Log10(test.megaparsec) + 25
		if got := distanceModulus(test.z); math.Abs(got-want) > 0.01 {
			t.Errorf("distance modulus at %v is %.3f, want %.3f", test.z, got, want)
		}
	}
}

func TestVariablesRepeat(t *testing.T) {
	for i := range uint64(300) {
		r := stream(i, 'v')
		p := newPulse(&r, 2461365.7)
		for k := range 5 {
			jd := 2461300 + 3.7*float64(k)
			if a, b := p.mag(jd, green), p.mag(jd+7*p.period, green); math.Abs(a-b) > 0.01 {
				t.Errorf("%s of period %v: magnitude %v, seven periods later %v", p.class, p.period, a, b)
			}
		}
	}
}

func TestVariablesGoBothWaysAboutTheReference(t *testing.T) {
	for i := range uint64(200) {
		r := stream(i, 'v')
		p := newPulse(&r, 2461365.7)
		low, high := math.Inf(1), math.Inf(-1)
		for phase := 0.0; phase < 1; phase += 0.005 {
			flux := p.flux(p.epoch+phase*p.period, red)
			low, high = min(low, flux), max(high, flux)
		}
		if low >= 0 || high <= 0 {
			t.Errorf("%s: difference flux from %v to %v", p.class, low, high)
		}
	}
}

func TestMeasurementsScatterAsTheyClaim(t *testing.T) {
	s := source{curve: once{2461365.7, 500}}
	e := exposure{jd: 2461365.7, band: green, limit: 20}
	sum, squares, n := 0.0, 0.0, 4000
	for i := range n {
		s.key = uint64(i)
		p := s.measure(e)
		pull := (p.flux - 500) / p.sigma
		sum += pull
		squares += pull * pull
	}
	mean := sum / float64(n)
	if deviation := math.Sqrt(squares/float64(n) - mean*mean); math.Abs(mean) > 0.06 || math.Abs(deviation-1) > 0.05 {
		t.Errorf("pulls have mean %.3f and deviation %.3f", mean, deviation)
	}
}

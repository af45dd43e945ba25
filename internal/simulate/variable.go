package simulate

import "math"

// pulse is a periodic variable star: a shape of one period, scaled.
type pulse struct {
	class     Class
	period    float64 // [days]
	epoch     float64 // of phase 0 [JD]
	mean      float64 // magnitude in r that the reference image shows
	colour    float64 // mean g-r
	amplitude float64 // full, in g [mag]
	redder    float64 // amplitude in r over that in g
	shape     template
}

// The shapes of one period, as parts of the full amplitude about the mean,
// fainter positive: a steep rise and a slow fall; two unequal dips; two equal
// dips without a flat part; a sine.
func shapeRRLyrae() template {
	return template{{0, -0.6}, {0.05, -0.57}, {0.2, -0.25}, {0.4, 0.08}, {0.6, 0.28}, {0.8, 0.4}, {0.88, 0.38}, {0.94, 0}, {1, -0.6}}
}

func shapeDetached() template {
	return template{{0, 0.95}, {0.02, 0.8}, {0.06, -0.05}, {0.44, -0.05}, {0.48, 0.3}, {0.5, 0.4}, {0.52, 0.3}, {0.56, -0.05}, {0.94, -0.05}, {0.98, 0.8}, {1, 0.95}}
}

func shapeContact() template {
	return template{{0, 0.6}, {0.05, 0.45}, {0.12, 0}, {0.18, -0.25}, {0.25, -0.35}, {0.32, -0.25}, {0.38, 0}, {0.45, 0.38},
		{0.5, 0.5}, {0.55, 0.38}, {0.62, 0}, {0.68, -0.25}, {0.75, -0.35}, {0.82, -0.25}, {0.88, 0}, {0.95, 0.45}, {1, 0.6}}
}

func shapeSine() template {
	shape := make(template, 25)
	for i := range shape {
		phase := float64(i) / 24
		shape[i] = [2]float64{phase, round(-0.5*math.Cos(2*math.Pi*phase), 4)}
	}
	return shape
}

// mag is the star's magnitude.
func (p *pulse) mag(jd float64, b band) float64 {
	cycles := (jd - p.epoch) / p.period
	swing := p.amplitude * p.shape.at(cycles-math.Floor(cycles))
	if b == green {
		return p.reference(b) + swing
	}
	return p.reference(b) + swing*p.redder
}

// reference is the magnitude that the reference image shows.
func (p *pulse) reference(b band) float64 {
	if b == green {
		return p.mean + p.colour
	}
	return p.mean
}

func (p *pulse) flux(jd float64, b band) float64 {
	return fluxOf(p.mag(jd, b)) - fluxOf(p.reference(b))
}

// newPulse draws a variable star.
func newPulse(r *random, jd float64) *pulse {
	p := &pulse{mean: round(r.between(14, 19.5), 4)}
	switch kind := r.uniform(); {
	case kind < 0.45:
		p.class, p.shape, p.redder = RRLyrae, shapeRRLyrae(), 0.7
		p.period, p.amplitude, p.colour = r.between(0.44, 0.8), r.between(0.5, 1.3), r.normal(0.25, 0.06)
	case kind < 0.6:
		p.class, p.shape, p.redder = Eclipsing, shapeDetached(), 0.95
		p.period, p.amplitude, p.colour = 0.4*math.Pow(20, r.uniform()), r.between(0.3, 1.2), r.normal(0.5, 0.2)
	case kind < 0.85:
		p.class, p.shape, p.redder = Eclipsing, shapeContact(), 0.97
		p.period, p.amplitude, p.colour = r.between(0.25, 0.5), r.between(0.3, 0.8), r.normal(0.6, 0.15)
	default:
		p.class, p.shape, p.redder = LongPeriod, shapeSine(), 0.8
		p.period, p.amplitude, p.colour = r.between(100, 450), r.between(1, 4), r.normal(1.4, 0.2)
	}
	p.period, p.amplitude, p.colour = round(p.period, 6), round(p.amplitude, 3), round(p.colour, 3)
	p.epoch = round(jd-p.period*r.uniform(), 5)
	return p
}

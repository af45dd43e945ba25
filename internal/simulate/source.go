package simulate

import "math"

// source is one thing at one place on the sky: what makes alerts of one
// object name.
type source struct {
	key    uint64 // names its random streams
	object int    // number behind its object name
	// firstRow is the row of its alert in tonight's first exposure; 0: none.
	firstRow int32
	spot     spot
	place    place
	class    Class
	curve    lightCurve
	// under is the flux of what else lies there, such as a star: it adds
	// noise [DN at zeroPoint].
	under float64

	// One of these is set for the classes that have it.
	explosion *explosion
	pulse     *pulse
	body      *body
}

// photometry is one measurement of a source's difference flux.
type photometry struct {
	flux, sigma float64 // [DN at zeroPoint]
}

const (
	detection   = 5.0   // signal-to-noise that makes one
	electrons   = 18.0  // per DN at zeroPoint
	calibration = 0.012 // of the flux under a source: what subtraction leaves
)

// measure returns what the exposure measures. It is the same each time.
func (s *source) measure(e exposure) photometry {
	flux := s.curve.flux(e.jd, e.band)
	sky := fluxOf(e.limit) / detection
	residue := calibration * s.under
	sigma := math.Sqrt(sky*sky + (math.Abs(flux)+s.under)/electrons + residue*residue)
	r := stream(s.key, e.key, 'p')
	return photometry{flux: r.normal(flux, sigma), sigma: sigma}
}

// detected reports whether the pipeline would have made an alert of it.
func (p photometry) detected() bool { return math.Abs(p.flux) >= detection*p.sigma }

func (p photometry) positive() bool { return p.flux > 0 }

// mag and magError are those of the flux's absolute value, as ZTF gives them.
func (p photometry) mag() float64 { return round(magOf(math.Abs(p.flux)), 5) }

func (p photometry) magError() float64 {
	return round(2.5/math.Ln10*p.sigma/math.Abs(p.flux), 6)
}

// newSource draws a source of a kind that field might show in exposure e.
func newSource(r *random, kind Kind, fields []field, visit int) source {
	s := source{key: r.pcg.Uint64()}
	s.spot = newSpot(r, choose(r, kind, fields))
	f := &fields[s.spot.field]
	s.place = s.spot.place(f)
	e := f.tonight[visit].at(s.spot.rcid)
	switch kind {
	case Supernova:
		s.explosion = newExplosion(r, e.jd)
		s.class, s.curve = s.explosion.class, s.explosion
	case Variable:
		s.pulse = newPulse(r, e.jd)
		s.class, s.curve, s.under = s.pulse.class, s.pulse, fluxOf(s.pulse.mean)
	case Asteroid:
		s.body = newBody(r)
		s.class, s.curve = s.body.class, once{e.jd, fluxOf(s.body.magnitude(e.band))}
	default:
		s.flaw(r, e)
	}
	return s
}

// flaw makes s a bogus detection in exposure e.
func (s *source) flaw(r *random, e exposure) {
	strength := fluxOf(e.limit) * (1 + 3*r.uniform()*r.uniform()*r.uniform())
	switch which := r.uniform(); {
	case which < 0.5:
		s.class = Dipole
		s.curve = flicker{key: s.key, level: 1.5 * strength, seen: e.jd}
		s.under = strength * r.between(3, 8)
	case which < 0.75:
		s.class, s.curve = CosmicRay, once{e.jd, 1.6 * strength}
	default:
		s.class, s.curve = BadPixels, flicker{key: s.key, level: 1.4 * strength, seen: e.jd}
	}
}

// flicker is an artefact that comes back in some exposures with either sign.
type flicker struct {
	key   uint64
	level float64
	seen  float64 // an exposure that surely has it [JD]
}

func (f flicker) flux(jd float64, _ band) float64 {
	r := stream(f.key, math.Float64bits(jd))
	if jd != f.seen && !r.chance(0.12) {
		return 0
	}
	if r.chance(0.45) {
		return -f.level
	}
	return f.level
}

// choose picks the best of three fields for a kind: supernovae are seen away
// from the galactic plane, variables near it, asteroids near the ecliptic.
func choose(r *random, kind Kind, fields []field) int {
	best := r.below(len(fields))
	for range 2 {
		other := r.below(len(fields))
		if suits(kind, fields[other].centre) > suits(kind, fields[best].centre) {
			best = other
		}
	}
	return best
}

func suits(kind Kind, p place) float64 {
	switch kind {
	case Supernova:
		return math.Abs(p.galacticLatitude())
	case Variable:
		return -math.Abs(p.galacticLatitude())
	case Asteroid:
		return -math.Abs(p.eclipticLatitude())
	}
	return 0
}

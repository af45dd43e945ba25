package simulate

import "math"

// scene is what the three images of one alert show.
type scene struct {
	random    random
	class     Class
	sky       float64 // background of the exposure [DN]
	seeing    float64 // [pixels]
	width     float64 // of the detection [pixels]
	flux      float64 // of the difference [DN]
	under     float64 // of what is in the reference image too [DN]
	underWide float64 // its width, larger for a galaxy [pixels]
	dx, dy    float64 // from the detection to it [pixels]
}

const templateNoise = 3.0 // [DN]: many exposures make it

func newScene(a *shot) *scene {
	s := &scene{random: stream(a.source.key, a.exposure.key, 'i'), class: a.source.class, sky: a.exposure.sky, seeing: a.exposure.seeing, width: a.look.fwhm}
	scale := math.Pow(10, 0.4*(a.exposure.zero-zeroPoint))
	s.flux = a.flux.flux * scale
	s.under = min(fluxOf(a.around.referenceMag)*scale, 4e5)
	s.underWide = s.seeing
	if a.source.explosion != nil {
		s.underWide = 2.5 * s.seeing
	}
	s.dx = -(a.around.reference.ra - a.look.place.ra) * math.Cos(a.look.place.dec*degree) * 3600 / pixelScale
	s.dy = (a.around.reference.dec - a.look.place.dec) * 3600 / pixelScale
	return s
}

func (s *scene) noise() float64 { return math.Sqrt(s.sky / 2) }

func (s *scene) science(st *studio) {
	st.blank(&s.random, s.sky, s.noise())
	st.add(s.under, s.underWide, s.dx, s.dy)
	s.change(st)
}

func (s *scene) template(st *studio) {
	st.blank(&s.random, 0.7*s.sky, templateNoise)
	st.add(s.under, s.underWide, s.dx, s.dy)
}

func (s *scene) difference(st *studio) {
	st.blank(&s.random, 0, math.Hypot(s.noise(), templateNoise))
	s.change(st)
}

// change adds what the exposure has and the reference has not.
func (s *scene) change(st *studio) {
	if s.class == Dipole {
		st.add(3*s.flux, s.width, 1.2, 0.5)
		st.add(-2.6*s.flux, s.width, -1.3, -0.5)
		return
	}
	st.add(s.flux, s.width, 0, 0)
}

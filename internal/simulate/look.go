package simulate

import "math"

// look is the shape of one detection and what classifiers made of it.
type look struct {
	tblid                  int
	x, y                   float64
	place                  place
	chi, scorr             float64
	magap, sigmagap        float64
	magapbig, sigmagapbig  float64
	sky, fwhm, classtar    float64
	seeratio, sumrat       float64
	aimage, bimage         float64
	nneg, nbad             int
	rb, drb                float64
	dsnrms, ssnrms         float64
	positive               string
	mag, magError, distPix float64
}

// look returns how the source looked in an exposure. It is the same each time.
func (s *source) look(e exposure, p photometry) look {
	r := stream(s.key, e.key, 'l')
	l := look{mag: p.mag(), magError: p.magError(), positive: sign(&r, p.positive())}
	l.tblid = 1 + r.below(120)
	east, north := r.normal(0, 0.12), r.normal(0, 0.12)
	l.place = s.place.offset(east, north).rounded()
	l.x, l.y = round(s.spot.x+east/pixelScale, 4), round(s.spot.y+north/pixelScale, 4)
	l.distPix = round(math.Hypot(east, north)/pixelScale, 6)
	l.sky = round(r.normal(0, 2), 6)
	l.real(&r, e)
	switch s.class {
	case Dipole:
		l.dipole(&r, e)
	case CosmicRay:
		l.cosmicRay(&r)
	case BadPixels:
		l.badPixels(&r)
	}
	l.aperture(&r, p)
	return l
}

// sign writes isdiffpos as ZTF does: mostly t and f, now and then 1 and 0.
func sign(r *random, positive bool) string {
	digits := r.chance(0.03)
	switch {
	case positive && digits:
		return "1"
	case positive:
		return "t"
	case digits:
		return "0"
	}
	return "f"
}

// real is a point source, as the image's seeing makes it.
func (l *look) real(r *random, e exposure) {
	l.fwhm = round(r.clipped(e.seeing, 0.12, 1.1, 6), 4)
	l.shape(r, math.Abs(r.normal(0.05, 0.06)))
	l.chi = round(r.between(0.5, 2.2), 6)
	l.classtar = round(r.score(0.3), 3)
	l.nneg, l.nbad = r.below(5), 0
	l.sumrat = round(1-0.15*r.uniform()*r.uniform(), 6)
	l.rb, l.drb = round(r.score(0.6), 6), round(r.score(0.05), 6)
	if r.chance(0.03) {
		l.drb = round(r.between(0.1, 0.9), 6)
	}
}

// shape draws the axes for a fwhm that is there and so much elongation.
func (l *look) shape(r *random, stretch float64) {
	l.bimage = round(l.fwhm*r.between(0.33, 0.4), 3)
	l.aimage = round(l.bimage*(1+stretch), 3)
}

func (l *look) dipole(r *random, e exposure) {
	l.fwhm = round(r.between(1, 1.6)*e.seeing, 4)
	l.shape(r, r.between(0.2, 1.6))
	l.chi, l.nneg = round(r.between(4, 40), 6), 7+r.below(10)
	l.classtar, l.sumrat = round(r.between(0, 0.95), 3), round(r.between(0.05, 0.65), 6)
	l.scores(r)
}

func (l *look) cosmicRay(r *random) {
	l.fwhm = round(r.between(0.6, 1.2), 4)
	l.shape(r, r.between(0, 1.2))
	l.chi, l.nneg = round(r.between(3, 20), 6), 2+r.below(9)
	l.classtar, l.sumrat = round(r.between(0.2, 1), 3), round(r.between(0.4, 0.95), 6)
	l.scores(r)
}

func (l *look) badPixels(r *random) {
	l.fwhm = round(r.between(0.8, 7), 4)
	l.shape(r, r.between(0, 1))
	l.chi, l.nneg, l.nbad = round(r.between(2, 30), 6), r.below(14), 1+r.below(8)
	l.classtar, l.sumrat = round(r.between(0, 1), 3), round(r.between(0.2, 0.9), 6)
	l.scores(r)
}

// scores are low for a bogus detection, with a tail that reaches a real one's.
func (l *look) scores(r *random) {
	l.rb, l.drb = round(r.score(-0.75), 6), round(r.score(-0.85), 6)
}

// aperture draws what goes by the flux: other ways to measure it, and its
// significance.
func (l *look) aperture(r *random, p photometry) {
	ratio := math.Abs(p.flux) / p.sigma
	l.magap = round(r.normal(l.mag, 0.6*l.magError), 4)
	l.sigmagap = round(1.4*l.magError, 4)
	l.magapbig = round(r.normal(l.mag, 0.9*l.magError), 4)
	l.sigmagapbig = round(1.9*l.magError, 4)
	l.seeratio = round(r.between(0.8, 1.3), 6)
	l.scorr = round(ratio*r.between(0.9, 1.15), 6)
	l.dsnrms = round(ratio*r.between(0.6, 1.2), 6)
	l.ssnrms = round(ratio*r.between(0.9, 2), 6)
}

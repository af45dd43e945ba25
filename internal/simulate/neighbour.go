package simulate

import "math"

const (
	missing       = -999.0 // ZTF's word for none
	searchRadius  = 30.0   // of the catalogue [arcsec]
	extragalactic = 4.0    // catalogue sources within it away from the plane
)

// neighbour is one source of a catalogue.
type neighbour struct {
	id       int64
	mags     [4]float64 // g r i z
	star     float64    // 0 a galaxy, 1 a star
	distance float64    // [arcsec]
}

// surroundings are what catalogues and the reference image have around a
// source. They do not change from alert to alert.
type surroundings struct {
	near  [3]neighbour
	count int

	gaia, gaiaMag, bright, brightMag float64

	reference                 place
	referenceMag, referenceEr float64
	referenceChi, sharpness   float64
}

// solar is the nearest known minor planet.
type solar struct {
	distance, mag float64
	name          string
}

// surroundings draws them.
func (s *source) surroundings(b band) surroundings {
	r := stream(s.key, 'n')
	var around surroundings
	for i := range around.near {
		around.near[i] = noNeighbour()
	}
	found := s.counterparts(&r)
	around.count = len(found) + r.below(3)
	copy(around.near[:], found)
	around.gaiaStars(&r, s)
	around.inReference(&r, s, b)
	return around
}

func noNeighbour() neighbour {
	return neighbour{id: missing, mags: [4]float64{missing, missing, missing, missing}, star: missing, distance: missing}
}

// counterparts returns what lies within the search radius, nearest first: the
// star or host galaxy of the source, where it has one, and chance neighbours.
func (s *source) counterparts(r *random) []neighbour {
	var found []neighbour
	switch {
	case s.pulse != nil:
		found = append(found, s.star(r, s.pulse.mean, s.pulse.colour, 0.15))
	case s.class == Dipole:
		found = append(found, s.star(r, r.between(13, 17.5), 0.7, 0.3))
	case s.explosion != nil && !r.chance(0.04):
		found = append(found, s.host(r))
	}
	// Positions are unrelated, so areas to the next one are exponential.
	n := extragalactic + 25*math.Exp(-math.Abs(s.place.galacticLatitude())/12)
	last := 0.0
	for len(found) < 40 {
		last -= math.Log(1-r.uniform()) * searchRadius * searchRadius / n
		distance := math.Sqrt(last)
		if distance >= searchRadius {
			break
		}
		// A host or star hides what is nearer than itself.
		if len(found) == 0 || distance > found[0].distance {
			found = append(found, s.chance(r, distance))
		}
	}
	return found
}

func (s *source) star(r *random, mag, colour, apart float64) neighbour {
	n := neighbour{id: s.catalogueID(r), distance: round(min(r.rayleigh(apart), 0.95), 6), star: round(r.score(0.06), 6)}
	if r.chance(0.02) {
		n.star = 0.5
	}
	n.paint(r, mag, colour, 0.1)
	return n
}

// host is a galaxy, farther off on the sky the nearer it is to us.
func (s *source) host(r *random) neighbour {
	n := neighbour{id: s.catalogueID(r), star: round(r.score(-0.3), 6)}
	if r.chance(0.02) {
		n.star = round(r.between(0.5, 1), 6)
	}
	apart := 1.2 + 0.05/s.explosion.redshift
	n.distance = round(min(r.rayleigh(apart), 25), 6)
	n.paint(r, r.clipped(distanceModulus(s.explosion.redshift)-20, 1.3, 13, 22), 0.6, 0.12)
	return n
}

// chance is a source that only happens to lie there.
func (s *source) chance(r *random, distance float64) neighbour {
	n := neighbour{id: s.catalogueID(r), distance: round(distance, 6), star: round(r.score(0.4), 6)}
	if r.chance(0.4) {
		n.star = round(r.score(-0.5), 6)
	}
	n.paint(r, r.clipped(20.5, 1.5, 14, 22.8), r.normal(0.7, 0.3), 0.3)
	return n
}

// paint sets the magnitudes from r and g-r; in one band or another the
// catalogue may have none.
func (n *neighbour) paint(r *random, mag, colour, without float64) {
	n.mags = [4]float64{mag + colour, mag, mag - 0.4*colour, mag - 0.6*colour}
	for i, share := range [4]float64{1.4 * without, without, 0.5 * without, 0.5 * without} {
		n.mags[i] = round(n.mags[i], 4)
		if r.chance(share) {
			n.mags[i] = missing
		}
	}
}

// catalogueID is of the catalogue's form: by declination and right ascension.
func (s *source) catalogueID(r *random) int64 {
	strip := int64((s.place.dec + 90) * 120)
	return (strip*1_000_000_000+int64(s.place.ra*1e6))*10_000 + int64(r.below(10_000))
}

func (a *surroundings) gaiaStars(r *random, s *source) {
	a.gaia, a.gaiaMag, a.bright, a.brightMag = round(min(r.rayleigh(9), 89), 6), round(r.between(14, 20.5), 6), missing, missing
	if s.pulse != nil {
		a.gaia, a.gaiaMag = round(r.rayleigh(0.15), 6), round(s.pulse.mean, 6)
	}
	if r.chance(0.01) {
		a.gaia, a.gaiaMag = missing, missing
	}
	if r.chance(0.46) {
		a.bright, a.brightMag = round(90*math.Sqrt(r.uniform()), 6), round(r.between(9, 14), 6)
	}
}

// inReference draws the nearest source of the reference image: the nearest
// neighbour, or something beyond the search radius.
func (a *surroundings) inReference(r *random, s *source, b band) {
	distance := a.near[0].distance
	a.referenceMag = a.near[0].mags[1]
	if distance == missing {
		distance = r.between(8, 25)
	}
	if a.referenceMag == missing {
		a.referenceMag = r.between(18, 21.5)
	}
	if s.pulse != nil {
		a.referenceMag = s.pulse.reference(b)
	}
	angle := r.between(0, 2*math.Pi)
	a.reference = s.place.offset(distance*math.Cos(angle), distance*math.Sin(angle)).rounded()
	a.referenceMag = round(a.referenceMag, 3)
	a.referenceEr = round(r.between(0.01, 0.04), 3)
	a.referenceChi, a.sharpness = round(r.between(0.4, 1.2), 3), round(r.normal(0, 0.05), 3)
}

// solarObject draws the nearest known minor planet in one exposure.
func (s *source) solarObject(e exposure) solar {
	r := stream(s.key, e.key, 'm')
	switch {
	case s.class == KnownAsteroid:
		return solar{round(min(r.rayleigh(0.6), 4.9), 4), round(r.normal(s.body.mag, 0.25), 1), s.body.name}
	case r.chance(0.015):
		return solar{round(r.between(5.5, 30), 4), round(r.between(17, 21.5), 1), newBody(&r).name}
	}
	return solar{missing, missing, "null"}
}

package simulate

// Kind is what an alert shows, as coarsely as a filter can hope to tell.
type Kind string

// The kinds, each with a share of the night.
const (
	Supernova Kind = "supernova"
	Variable  Kind = "variable"
	Asteroid  Kind = "asteroid"
	Bogus     Kind = "bogus"
)

// Class is what an alert shows, in detail.
type Class string

// The classes, by kind.
const (
	SupernovaIa Class = "SN Ia"
	SupernovaII Class = "SN II" // core collapse, with a plateau

	RRLyrae    Class = "RR Lyrae"
	Eclipsing  Class = "eclipsing binary"
	LongPeriod Class = "long-period variable"

	KnownAsteroid   Class = "asteroid"
	UnknownAsteroid Class = "asteroid, unlisted" // in no ephemeris: nothing in the alert says what it is

	Dipole    Class = "dipole"     // two images of one star that were not aligned
	CosmicRay Class = "cosmic ray" // sharper than a star can be
	BadPixels Class = "bad pixels"
)

// Kind returns the kind that the class is one of.
func (c Class) Kind() Kind {
	switch c {
	case SupernovaIa, SupernovaII:
		return Supernova
	case RRLyrae, Eclipsing, LongPeriod:
		return Variable
	case KnownAsteroid, UnknownAsteroid:
		return Asteroid
	}
	return Bogus
}

// Kinds are all kinds, in the order of Fractions.
func Kinds() []Kind { return []Kind{Supernova, Variable, Asteroid, Bogus} }

package simulate

import (
	"fmt"
	"math"
	"time"
)

// MaxAlerts bounds a night: its plan is held in memory, a few hundred bytes
// an alert. ZTF's own nights have up to a million.
const MaxAlerts = 5_000_000

// Cutouts says which images an alert carries.
type Cutouts string

// CutoutsFull is three images an alert, about 40 kB; CutoutsNone leaves them
// null and is about ten times faster.
const (
	CutoutsFull Cutouts = "full"
	CutoutsNone Cutouts = "none"
)

// Options are what a night follows from: equal options give equal bytes.
type Options struct {
	Seed uint64
	// Alerts is the number of alerts, exactly.
	Alerts int
	// Night is the Julian date of the night's UT date at 0 h, so it ends in
	// .5; 0 is 2026-11-21.
	Night float64
	// Fractions are the shares of the classes; all zero for 5, 60, 15 and 20 %.
	Fractions Fractions
	// Cutouts is CutoutsFull where empty.
	Cutouts Cutouts
}

// Fractions are shares of a night's alerts. They are relative to their sum.
type Fractions struct {
	Supernovae, Variables, Asteroids, Bogus float64
}

// defaultFractions are near those of a night away from the galactic plane.
func defaultFractions() Fractions {
	return Fractions{Supernovae: 0.05, Variables: 0.60, Asteroids: 0.15, Bogus: 0.20}
}

// NightOf returns the night of a UT date, for Options.
func NightOf(date time.Time) float64 {
	const epoch = 2440587.5 // 1970-01-01
	return epoch + math.Floor(float64(date.Unix())/86400)
}

const defaultNight = 2461365.5 // 2026-11-21 0 h UT

func (o Options) withDefaults() Options {
	if o.Night == 0 {
		o.Night = defaultNight
	}
	if o.Fractions == (Fractions{}) {
		o.Fractions = defaultFractions()
	}
	if o.Cutouts == "" {
		o.Cutouts = CutoutsFull
	}
	return o
}

func (o Options) check() error {
	if o.Alerts < 0 || o.Alerts > MaxAlerts {
		return fmt.Errorf("%d alerts: a simulated night has 0 to %d", o.Alerts, MaxAlerts)
	}
	// ZTF's numbering of nights begins in 2017 and has four digits.
	if !(o.Night >= firstNight && o.Night < firstNight+9000) || o.Night-math.Floor(o.Night) != 0.5 {
		return fmt.Errorf("night %v: must be the Julian date of a UT midnight (ends in .5) between 2017 and 2041", o.Night)
	}
	if o.Cutouts != CutoutsFull && o.Cutouts != CutoutsNone {
		return fmt.Errorf("cutouts %q: must be %s or %s", o.Cutouts, CutoutsFull, CutoutsNone)
	}
	return o.Fractions.check()
}

func (f Fractions) check() error {
	for _, share := range f.list() {
		if !(share >= 0) || math.IsInf(share, 0) {
			return fmt.Errorf("fraction %v: must be a number of 0 or more", share)
		}
	}
	if f.sum() == 0 {
		return fmt.Errorf("all fractions are 0: a night needs something in it")
	}
	return nil
}

// list orders the shares as kinds does.
func (f Fractions) list() [4]float64 {
	return [4]float64{f.Supernovae, f.Variables, f.Asteroids, f.Bogus}
}

func (f Fractions) sum() float64 {
	return f.Supernovae + f.Variables + f.Asteroids + f.Bogus
}

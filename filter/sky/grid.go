package sky

import "math"

// wholeSky is in square degrees.
const wholeSky = 41253

// grid cuts the sky into zones of declination, from the south on, and each zone
// into cells of equal width in right ascension, which in its middle are about as
// wide as they are high. height, in degrees, is at most 180.
type grid struct{ height float64 }

func (g grid) zones() int { return int(180/g.height) + 1 }

func (g grid) zoneOf(dec float64) int {
	return min(max(int((dec+90)/g.height), 0), g.zones()-1)
}

// cellsIn is how many cells a zone has.
func (g grid) cellsIn(zone int) uint32 {
	middle := -90 + (float64(zone)+0.5)*g.height
	return max(1, uint32(360*math.Cos(radians(min(middle, 90)))/g.height))
}

// cellOf returns which of a zone's cells a right ascension in [0, 360] is in.
func cellOf(cells uint32, ra float64) uint32 {
	return min(uint32(ra*float64(cells)/360), cells-1)
}

// halfWidth is how far in right ascension a circle extends to either side of
// its centre; 180 where it has a pole within.
func halfWidth(dec, reach float64) float64 {
	if math.Abs(dec)+reach+margin >= 90 {
		return 180
	}
	sine := math.Sin(radians(reach)) / math.Cos(radians(dec))
	if sine >= 1 {
		return 180
	}
	return degrees(math.Asin(sine)) + margin/math.Cos(radians(math.Abs(dec)+reach))
}

// spans calls yield with the stretches of right ascension, in [0, 360], to both
// sides of one: a single stretch, or two where it crosses 0.
func spans(ra, half float64, yield func(low, high float64)) {
	if half >= 180 {
		yield(0, 360)
		return
	}
	low, high := ra-half, ra+half
	yield(max(low, 0), min(high, 360))
	if low < 0 {
		yield(low+360, 360)
	}
	if high >= 360 {
		yield(0, high-360)
	}
}

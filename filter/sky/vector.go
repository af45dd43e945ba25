package sky

import "math"

type vector struct{ x, y, z float64 }

func vectorTo(ra, dec float64) vector {
	x, y, z := UnitVector(ra, dec)
	return vector{x, y, z}
}

// UnitVector returns the direction of a right ascension and declination, in
// degrees, as a vector.
func UnitVector(ra, dec float64) (x, y, z float64) {
	sinRA, cosRA := math.Sincos(radians(ra))
	sinDec, cosDec := math.Sincos(radians(dec))
	return cosDec * cosRA, cosDec * sinRA, sinDec
}

// Angle returns the angle between two unit vectors in degrees: the arctangent
// of their cross and dot products, which is exact at all angles.
func Angle(x1, y1, z1, x2, y2, z2 float64) float64 {
	cx, cy, cz := y1*z2-z1*y2, z1*x2-x1*z2, x1*y2-y1*x2
	return degrees(math.Atan2(math.Sqrt(cx*cx+cy*cy+cz*cz), x1*x2+y1*y2+z1*z2))
}

func radians(degrees float64) float64 { return degrees * (math.Pi / 180) }
func degrees(radians float64) float64 { return radians * (180 / math.Pi) }

// onCircle brings an angle in degrees into [0, 360).
func onCircle(ra float64) float64 {
	if ra >= 0 && ra < 360 {
		return ra
	}
	if ra = math.Mod(ra, 360); ra < 0 {
		ra += 360
	}
	if ra >= 360 { // a tiny negative angle, rounded
		return 0
	}
	return ra
}

// isDirection reports whether the angles, in degrees, are a direction at all.
func isDirection(ra, dec float64) bool {
	return dec >= -90 && dec <= 90 && !math.IsInf(ra, 0) && ra == ra
}

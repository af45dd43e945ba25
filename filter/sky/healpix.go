package sky

import "math"

// finest is the deepest order of HEALPix pixels: those of MOCs.
const finest = 29

// pixelAt returns the nested HEALPix pixel of an order that a direction, in
// degrees, is in. The projection and the numbering are those of Górski et al.
// 2005, ApJ 622, 759.
func pixelAt(order int, ra, dec float64) uint64 {
	sine, cosine := math.Sincos(radians(dec))
	quarters := onCircle(ra) / 90 // in [0, 4)
	sides := float64(uint64(1) << order)
	if math.Abs(sine) <= 2.0/3 {
		return equatorial(order, sides, quarters, sine)
	}
	return polar(order, sides, quarters, sine, cosine)
}

// equatorial is pixelAt in the belt of |sin dec| ≤ 2/3. The pixel's edges are
// lines of constant quarters ± sine; counted from the south they are rising
// and falling.
func equatorial(order int, sides, quarters, sine float64) uint64 {
	middle, height := sides*(0.5+quarters), sides*sine*0.75
	falling, rising := uint64(middle-height), uint64(middle+height)
	mask := uint64(1)<<order - 1
	inner := [2]uint64{rising & mask, mask - falling&mask}
	var face uint64
	switch f, r := falling>>order, rising>>order; {
	case f == r:
		face = f&3 | 4
	case f < r:
		face = f & 3
	default:
		face = r&3 + 8
	}
	return nested(order, face, inner[0], inner[1])
}

// polar is pixelAt around the poles.
func polar(order int, sides, quarters, sine, cosine float64) uint64 {
	quarter := min(math.Floor(quarters), 3)
	along := quarters - quarter
	// sqrt(3(1-|sine|)), in the form that does not cancel at the pole.
	reach := sides * cosine * math.Sqrt(3/(1+math.Abs(sine)))
	most := uint64(1)<<order - 1
	a, b := min(uint64(along*reach), most), min(uint64((1-along)*reach), most)
	if sine >= 0 {
		return nested(order, uint64(quarter), most-b, most-a)
	}
	return nested(order, uint64(quarter)+8, a, b)
}

// nested numbers the pixel of a base pixel: the bits of its coordinates take
// turns.
func nested(order int, face, x, y uint64) uint64 {
	return face<<(2*order) | spread(x) | spread(y)<<1
}

// spread puts a 0 between the lower 32 bits.
func spread(v uint64) uint64 {
	v = (v | v<<16) & 0x0000ffff0000ffff
	v = (v | v<<8) & 0x00ff00ff00ff00ff
	v = (v | v<<4) & 0x0f0f0f0f0f0f0f0f
	v = (v | v<<2) & 0x3333333333333333
	return (v | v<<1) & 0x5555555555555555
}

// pixels returns how many pixels an order has.
func pixels(order int) uint64 { return 12 << (2 * order) }

package simulate

import (
	"math"
	"math/rand/v2"
)

// random is one stream of random numbers. Its uniform and normal deviates are
// exact operations on integers, so they are the same on every machine.
type random struct{ pcg rand.PCG }

// stream returns the stream that the keys name. Streams of different keys are
// unrelated.
func stream(keys ...uint64) random {
	hi, lo := uint64(0x9e3779b97f4a7c15), uint64(0xd1b54a32d192ed03)
	for _, key := range keys {
		hi = scramble(hi ^ key)
		lo = scramble(lo + hi)
	}
	var r random
	r.pcg.Seed(hi, lo)
	return r
}

// scramble is the finalizer of SplitMix64 (Steele, Lea, Flood 2014).
func scramble(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// uniform returns a number from [0, 1).
func (r *random) uniform() float64 { return float64(r.pcg.Uint64()>>11) / (1 << 53) }

// between returns a number from [low, high).
func (r *random) between(low, high float64) float64 { return low + (high-low)*r.uniform() }

// below returns an integer from [0, n), n > 0.
func (r *random) below(n int) int { return int(r.pcg.Uint64() >> 1 % uint64(n)) }

func (r *random) chance(p float64) bool { return r.uniform() < p }

// normalUnit is one standard deviation of normalInt.
const normalUnit = 1 << 16

// normalInt returns a deviate that is normal within six standard deviations
// of normalUnit each: the sum of twelve uniform 16-bit integers.
func (r *random) normalInt() int64 {
	sum := int64(-6 * 0xffff)
	for range 3 {
		x := r.pcg.Uint64()
		sum += int64(x&0xffff) + int64(x>>16&0xffff) + int64(x>>32&0xffff) + int64(x>>48)
	}
	return sum
}

// normal returns a normal deviate.
func (r *random) normal(mean, deviation float64) float64 {
	return mean + deviation*(float64(r.normalInt())/normalUnit)
}

// clipped returns a normal deviate, moved to the nearer of low and high where
// it lies outside.
func (r *random) clipped(mean, deviation, low, high float64) float64 {
	return min(max(r.normal(mean, deviation), low), high)
}

// rayleigh returns the length of a vector with two normal components.
func (r *random) rayleigh(deviation float64) float64 {
	return deviation * math.Sqrt(-2*math.Log(1-r.uniform()))
}

// score returns a classifier's score: near 1 for a small spread, near 0 for a
// spread below zero.
func (r *random) score(spread float64) float64 {
	s := math.Abs(spread) * r.uniform() * r.uniform()
	if spread < 0 {
		return s
	}
	return 1 - s
}

// round cuts x to a number of decimals. Everything that an alert holds goes
// through it: a last bit that one machine's mathematics computes otherwise is
// cut off.
func round(x float64, decimals int) float64 {
	scale := 1.0
	for range decimals {
		scale *= 10
	}
	return math.Round(x*scale) / scale
}

package main

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/skysift/skysift/filter/plugin"
)

// source is how bright a simulated source is against the reference image, in
// units in which magnitude 25 is 1.
type source func(jd float64, band int) float64

const tonight = 2459000.5

// observe simulates a month of exposures, in two bands every other day, with
// noise; what is fainter than magnitude 20.5 is an upper limit.
func observe(seed uint64, bright source) map[string]any {
	r := rand.New(rand.NewPCG(seed, 1))
	var jd, mag, sigma []any
	var fid, sign []any
	for day := -30.0; day <= 0; day++ {
		band := int(math.Abs(day)) % 2
		at := tonight + day + 0.1*r.Float64()
		true := bright(at, band)
		noise := 2.5 + 0.02*math.Abs(true)
		flux := true + noise*r.NormFloat64()
		jd, fid = append(jd, at), append(fid, band+1)
		if math.Abs(flux) < 63 {
			mag, sigma, sign = append(mag, nil), append(sigma, nil), append(sign, nil)
			continue
		}
		mag = append(mag, 25-2.5*math.Log10(math.Abs(flux)))
		sigma = append(sigma, 2.5/math.Ln10*noise/math.Abs(flux))
		if flux > 0 {
			sign = append(sign, "t")
		} else {
			sign = append(sign, "f")
		}
	}
	last := len(jd) - 1
	return map[string]any{
		"prv_candidates[].jd": jd[:last], "prv_candidates[].fid": fid[:last], "prv_candidates[].magpsf": mag[:last],
		"prv_candidates[].sigmapsf": sigma[:last], "prv_candidates[].isdiffpos": sign[:last],
		"candidate.jd": jd[last], "candidate.fid": fid[last], "candidate.magpsf": mag[last],
		"candidate.sigmapsf": sigma[last], "candidate.isdiffpos": sign[last],
	}
}

// lensed is a source that a lens magnifies.
func lensed(t0, tE, u0, flux float64) source {
	return func(jd float64, band int) float64 {
		x := (jd - t0) / tE
		return flux * (1 + 0.5*float64(band)) * (magnification(math.Hypot(u0, x)) - 1)
	}
}

// supernova rises in 15 days and fades at another pace in each band, with a
// second bump in the red.
func supernova(jd float64, band int) float64 {
	x := jd - (tonight - 12)
	if x < 0 {
		return 600 * math.Exp(-x*x/60)
	}
	return 600*math.Exp(-x/(8+12*float64(band))) + 150*float64(band)*math.Exp(-(x-9)*(x-9)/6)
}

func periodic(jd float64, band int) float64 {
	phase := math.Mod(jd/0.57, 1)
	return 800 * (1 - 0.3*float64(band)) * (math.Exp(-4*phase) - 0.35)
}

func TestALensPassesWithItsNumbers(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 2))
		t0, tE, u0 := tonight-5-15*r.Float64(), 5+10*r.Float64(), 0.05+0.5*r.Float64()
		v, err := judge(plugin.NewAlert(observe(seed, lensed(t0, tE, u0, 500))))
		if err != nil || !v.Passed {
			t.Errorf("seed %d: a lens of t0 %.1f, tE %.1f, u0 %.2f did not pass: %v %v", seed, t0-tonight, tE, u0, err, v.Annotations)
			continue
		}
		for _, a := range v.Annotations {
			if a.Name == "t0" && math.Abs(a.Value.Float()-t0) > 1 {
				t.Errorf("seed %d: t0 is %.2f days off", seed, a.Value.Float()-t0)
			}
		}
	}
}

func TestWhatIsNoLensDoesNotPass(t *testing.T) {
	for name, s := range map[string]source{
		"a supernova": supernova, "a periodic variable": periodic,
		"a constant": func(float64, int) float64 { return 400 },
		"a fading":   func(jd float64, band int) float64 { return -lensed(tonight-10, 8, 0.2, 500)(jd, band) },
	} {
		passed := 0
		for seed := range uint64(40) {
			v, err := judge(plugin.NewAlert(observe(seed, s)))
			if err != nil {
				t.Fatal(err)
			}
			if v.Passed {
				passed++
			}
		}
		if passed > 1 {
			t.Errorf("%s passed %d of 40 times", name, passed)
		}
	}
}

func TestTooFewPointsOrNoHistoryPassNothing(t *testing.T) {
	fields := observe(1, lensed(tonight-3, 8, 0.1, 500))
	for path, value := range fields {
		if list, ok := value.([]any); ok {
			fields[path] = list[:3]
		}
	}
	none := map[string]any{}
	for path := range fields {
		none[path] = nil
	}
	for _, f := range []map[string]any{fields, none} {
		if v, err := judge(plugin.NewAlert(f)); err != nil || v.Passed {
			t.Errorf("passed %v, error %v", v.Passed, err)
		}
	}
}

func BenchmarkJudge(b *testing.B) {
	alert := plugin.NewAlert(observe(1, lensed(tonight-10, 8, 0.2, 500)))
	for b.Loop() {
		if v, _ := judge(alert); !v.Passed {
			b.Fatal("the lens does not pass")
		}
	}
}

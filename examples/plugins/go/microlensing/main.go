// Command microlensing is a plug-in filter: it fits the light curve of a
// point lens (Paczyński 1986, ApJ 304, 1) to an alert's history and passes the
// alerts that look like one.
//
// Build it and name the program in filters.yaml:
//
//	plugin: {path: ./microlensing}
package main

import (
	"math"

	"github.com/skysift/skysift/filter/plugin"
)

// What an alert must have to pass.
const (
	fewestPoints = 10  // detections in all bands, this alert's own among them
	mostChi2     = 2.0 // chi² per degree of freedom of the lens
	leastGain    = 4.0 // how many times worse a constant fits
	widest       = 1.0 // impact parameter, in Einstein radii: A ≥ 1.34
)

func main() { plugin.Serve(microlensing()) }

func microlensing() plugin.Filter {
	return plugin.Filter{
		Name:    "microlensing",
		Version: "1.0.0",
		Fields: []string{
			"candidate.jd", "candidate.fid", "candidate.magpsf", "candidate.sigmapsf", "candidate.isdiffpos",
			"prv_candidates[].jd", "prv_candidates[].fid", "prv_candidates[].magpsf", "prv_candidates[].sigmapsf",
			"prv_candidates[].isdiffpos",
		},
		Judge: judge,
	}
}

func judge(a *plugin.Alert) (plugin.Verdict, error) {
	points := lightCurve(a)
	if len(points) < fewestPoints {
		return plugin.Verdict{}, nil
	}
	constant := constantChi2(points)
	if constant < leastGain {
		return plugin.Verdict{}, nil // no lens can be so much better: most alerts end here, unfitted
	}
	best := fit(points)
	looksLikeOne := best.chi2 <= mostChi2 && constant >= leastGain*max(best.chi2, 1) && best.u0 <= widest &&
		best.tE <= spanOf(points) && best.brightens
	return plugin.PassIf(looksLikeOne).
		With("chi2_n", best.chi2).With("t0", best.t0).With("tE", best.tE).With("u0", best.u0), nil
}

// spanOf is the time over which there are points, in days: a lens that is
// slower has shown too little of its shape.
func spanOf(points []point) float64 {
	first, last := points[0].jd, points[0].jd
	for _, p := range points {
		first, last = min(first, p.jd), max(last, p.jd)
	}
	return last - first
}

// point is one detection: the flux of the difference image, in units in which
// magnitude 25 is 1, negative where the source had faded.
type point struct {
	jd, flux, sigma float64
	band            int // fid - 1
}

// bands is how many there are: g, r, i.
const bands = 3

// lightCurve gathers the detections of the history and the alert's own. A
// whole list may be missing from the history, of which there is nothing then.
func lightCurve(a *plugin.Alert) []point {
	jd, mag, sigma := a.Floats("prv_candidates[].jd"), a.Floats("prv_candidates[].magpsf"), a.Floats("prv_candidates[].sigmapsf")
	fid, sign := a.Ints("prv_candidates[].fid"), a.Texts("prv_candidates[].isdiffpos")
	known := min(len(jd), len(mag), len(sigma), len(fid), len(sign))
	points := make([]point, 0, known+1)
	for i := range known {
		points = appendPoint(points, jd[i], mag[i], sigma[i], fid[i], sign[i])
	}
	return appendPoint(points, a.Float("candidate.jd"), a.Float("candidate.magpsf"), a.Float("candidate.sigmapsf"),
		a.Int("candidate.fid"), a.Text("candidate.isdiffpos"))
}

// appendPoint appends a measurement, unless it is an upper limit: those have
// no magnitude.
func appendPoint(points []point, jd, mag, sigma float64, fid int64, sign string) []point {
	if math.IsNaN(jd+mag+sigma) || sigma <= 0 || fid < 1 || fid > bands {
		return points
	}
	flux := math.Pow(10, -0.4*(mag-25))
	deviation := flux * sigma * math.Ln10 / 2.5
	if sign != "t" && sign != "1" {
		flux = -flux
	}
	return append(points, point{jd, flux, deviation, int(fid - 1)})
}

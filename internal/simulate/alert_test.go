package simulate_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/skysift/skysift/internal/simulate"
	"github.com/skysift/skysift/internal/testdata"
)

// shares of candidates whose field holds ZTF's word for none, in the real
// alerts as ZTF sent them.
func realShares(t *testing.T) map[string]float64 {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(testdata.Dir(t), "stats.json"))
	if err != nil {
		t.Fatal(err)
	}
	var stats struct {
		Groups map[string]struct {
			Fields map[string]map[string]float64 `json:"candidate_fields(fraction)"`
		}
	}
	if err := json.Unmarshal(text, &stats); err != nil {
		t.Fatal(err)
	}
	shares := map[string]float64{}
	for name, field := range stats.Groups["family:native"].Fields {
		shares[name] = field["sentinel_-999/-99"]
	}
	return shares
}

func TestValuesAreMissingAsOftenAsInRealAlerts(t *testing.T) {
	read := reader(t)
	want := realShares(t)
	alerts := night(t, simulate.Options{Seed: 6, Alerts: 2000, Cutouts: simulate.CutoutsNone})
	got := map[string]float64{}
	for _, alert := range alerts {
		c := read(alert.Value).candidate()
		for name := range want {
			if value, known := c.number(name); known && (value == -999 || value == -99) {
				got[name] += 1 / float64(len(alerts))
			}
		}
	}
	for name := range want {
		// Real shares differ by as much from one part of the sky to another.
		if math.Abs(got[name]-want[name]) > 0.12 || (got[name] == 0) != (want[name] == 0) {
			t.Errorf("%s: missing in %.3f of the alerts, in real ones %.3f", name, got[name], want[name])
		}
	}
}

func TestHistoryHoldsDetectionsAndUpperLimits(t *testing.T) {
	read := reader(t)
	detections, limits := 0, 0
	for _, alert := range night(t, simulate.Options{Seed: 8, Alerts: 300, Cutouts: simulate.CutoutsNone}) {
		p := read(alert.Value)
		last := 0.0
		for _, earlier := range p.list("prv_candidates") {
			jd, _ := earlier.number("jd")
			if jd <= last || jd >= alert.JD || jd < alert.JD-31 {
				t.Fatalf("%d: earlier exposure at %v after %v, alert at %v", alert.Candid, jd, last, alert.JD)
			}
			last = jd
			mag, detected := earlier.number("magpsf")
			limit, limited := earlier.number("diffmaglim")
			_, numbered := earlier.number("candid")
			if !limited || detected != numbered || detected && mag > limit+0.3 {
				t.Fatalf("%d: earlier detection %v (mag %v, limit %v, candid %v)", alert.Candid, detected, mag, limit, numbered)
			}
			if detected {
				detections++
			} else {
				limits++
			}
		}
		if forced, history := len(p.list("fp_hists")), len(p.list("prv_candidates")); forced != history {
			t.Fatalf("%d: %d forced measurements, %d epochs", alert.Candid, forced, history)
		}
	}
	if detections < 1000 || limits < 1000 {
		t.Errorf("%d earlier detections and %d upper limits", detections, limits)
	}
}

// What one alert says of an earlier detection is what that one's own alert said.
func TestHistoryAgreesWithTheAlertsThatItTellsOf(t *testing.T) {
	read := reader(t)
	alerts := night(t, simulate.Options{Seed: 12, Alerts: 600, Cutouts: simulate.CutoutsNone})
	own := map[int64]packet{}
	for _, alert := range alerts {
		own[alert.Candid] = read(alert.Value)
	}
	found := 0
	for _, alert := range alerts {
		for _, earlier := range own[alert.Candid].list("prv_candidates") {
			union, _ := earlier["candid"].(map[string]any)
			candid, _ := union["long"].(int64)
			told, seen := own[candid]
			if !seen {
				continue
			}
			found++
			for _, name := range []string{"jd", "magpsf", "sigmapsf", "ra", "dec", "rb", "fid"} {
				want, _ := told.candidate().number(name)
				if got, _ := earlier.number(name); got != want {
					t.Errorf("%d tells of %d: %s %v, it said %v", alert.Candid, candid, name, got, want)
				}
			}
			if told["objectId"] != alert.ObjectID {
				t.Errorf("%s tells of %d, an alert of %v", alert.ObjectID, candid, told["objectId"])
			}
		}
	}
	if found < 100 {
		t.Errorf("only %d alerts of the night are told of by later ones", found)
	}
}

func TestKindsLookLikeWhatTheyAre(t *testing.T) {
	read := reader(t)
	sums := map[simulate.Kind]map[string]float64{}
	counts := map[simulate.Kind]float64{}
	for _, alert := range night(t, simulate.Options{Seed: 10, Alerts: 1500, Cutouts: simulate.CutoutsNone}) {
		c := read(alert.Value).candidate()
		of := func(name string) float64 { v, _ := c.number(name); return v }
		kind := alert.Kind()
		if sums[kind] == nil {
			sums[kind] = map[string]float64{}
		}
		counts[kind]++
		for name, holds := range map[string]bool{
			"listed":   of("ssdistnr") >= 0 && of("ssdistnr") <= 5 && of("ssmagnr") > 0,
			"star":     of("distpsnr1") >= 0 && of("distpsnr1") < 1 && of("sgscore1") > 0.76,
			"long":     of("jd")-of("jdstarthist") > 365 && of("ndethist") > 5,
			"positive": c["isdiffpos"] == "t" || c["isdiffpos"] == "1",
			"real":     of("drb") > 0.5,
			"round":    of("elong") < 1.3 && of("nbad") == 0,
		} {
			if holds {
				sums[kind][name]++
			}
		}
	}
	for _, test := range []struct {
		kind      simulate.Kind
		name      string
		low, high float64
	}{
		{simulate.Asteroid, "listed", 0.9, 1}, {simulate.Supernova, "listed", 0, 0.01}, {simulate.Variable, "listed", 0, 0.01},
		{simulate.Variable, "star", 0.9, 1}, {simulate.Supernova, "star", 0, 0.15}, {simulate.Asteroid, "star", 0, 0.1},
		{simulate.Variable, "long", 0.95, 1}, {simulate.Supernova, "long", 0, 0.01}, {simulate.Asteroid, "long", 0, 0},
		{simulate.Supernova, "positive", 1, 1}, {simulate.Asteroid, "positive", 1, 1}, {simulate.Variable, "positive", 0.3, 0.8}, {simulate.Bogus, "positive", 0.3, 0.9},
		{simulate.Supernova, "real", 0.9, 1}, {simulate.Bogus, "real", 0.01, 0.25},
		{simulate.Variable, "round", 0.97, 1}, {simulate.Bogus, "round", 0, 0.3},
	} {
		if share := sums[test.kind][test.name] / counts[test.kind]; share < test.low || share > test.high {
			t.Errorf("%s: %s in a share of %.3f, want %v to %v", test.kind, test.name, share, test.low, test.high)
		}
	}
}

// An asteroid is another object in each exposure, and its number tells that it
// is the same; no detection before tonight lies there.
func TestAsteroidsMove(t *testing.T) {
	read := reader(t)
	type seen struct{ jd, ra, dec float64 }
	first := map[string]seen{}
	moved := 0
	for _, alert := range night(t, simulate.Options{Seed: 13, Alerts: 600, Fractions: simulate.Fractions{Asteroids: 1}, Cutouts: simulate.CutoutsNone}) {
		p := read(alert.Value)
		for _, earlier := range p.list("prv_candidates") {
			if _, detected := earlier.number("magpsf"); detected {
				t.Fatalf("%d: an asteroid has been here before", alert.Candid)
			}
		}
		name := p.candidate()["ssnamenr"].(map[string]any)["string"].(string)
		before, again := first[name]
		if !again || alert.Class != simulate.KnownAsteroid {
			first[name] = seen{alert.JD, alert.RA, alert.Dec}
			continue
		}
		moved++
		hours := (alert.JD - before.jd) * 24
		east := (alert.RA - before.ra) * math.Cos(alert.Dec*math.Pi/180)
		rate := math.Hypot(east, alert.Dec-before.dec) * 3600 / hours
		if rate < 15 || rate > 60 {
			t.Errorf("asteroid %s moves by %.1f arcsec an hour", name, rate)
		}
	}
	if moved < 100 {
		t.Errorf("only %d asteroids were seen twice", moved)
	}
}

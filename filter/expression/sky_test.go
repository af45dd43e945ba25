package expression

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestAgainstAstropy holds the sky functions against testdata/astropy.txt, to
// 1e-6 degrees, the altitude behind airmass to 0.02 degrees.
func TestAgainstAstropy(t *testing.T) {
	raw, err := os.ReadFile("testdata/astropy.txt")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for line := range strings.Lines(string(raw)) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		checked++
		checkFigure(t, words)
	}
	if checked < 60 {
		t.Errorf("%d figures", checked)
	}
}

func checkFigure(t *testing.T, words []string) {
	call := func(name string, args ...string) float64 {
		return valueOf(t, nil, fmt.Sprintf("%s(%s)", name, strings.Join(args, ", ")), tree{}).Float()
	}
	near := func(what string, got float64, want string, tolerance float64) {
		wanted, _ := strconv.ParseFloat(want, 64)
		if !(math.Abs(got-wanted) <= tolerance) {
			t.Errorf("%s of %v is %.10f, astropy has %s", what, words, got, want)
		}
	}
	switch words[0] {
	case "sky":
		b, _ := strconv.ParseFloat(words[4], 64)
		near("gal_b", call("gal_b", words[1:3]...), words[4], 1e-6)
		if math.Abs(b) < 89.9 { // at the pole a longitude has no such precision
			near("gal_l", call("gal_l", words[1:3]...), words[3], 1e-6/math.Cos(b*math.Pi/180))
		}
		near("ecl_lat", call("ecl_lat", words[1:3]...), words[5], 1e-6)
	case "separation":
		near("separation", call("separation", words[1:5]...), words[5], 1e-9)
	case "altitude":
		for _, s := range sites() {
			if s.name == words[1] {
				var v [3]float64
				for i := range v {
					v[i], _ = strconv.ParseFloat(words[2+i], 64)
				}
				near("altitude", altitude(v[0], v[1], v[2], s.longitude, s.latitude), words[5], 0.02)
			}
		}
		altitude, _ := strconv.ParseFloat(words[5], 64)
		plane := 1 / math.Sin(altitude*math.Pi/180)
		near("airmass", call("airmass", words[2], words[3], words[4], strconv.Quote(words[1])), fmt.Sprint(plane), 0.02)
	case "distance":
		want, _ := strconv.ParseFloat(words[2], 64)
		near("lum_dist", call("lum_dist", words[1]), words[2], want*2e-3)
	}
}

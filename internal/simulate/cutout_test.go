package simulate_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/skysift/skysift/internal/simulate"
)

const side = 63

// image unpacks a cutout: its header's cards and its pixels.
func image(t *testing.T, stamp []byte) ([]string, []float64) {
	t.Helper()
	zipped, err := gzip.NewReader(bytes.NewReader(stamp))
	if err != nil {
		t.Fatal(err)
	}
	if !zipped.ModTime.IsZero() {
		t.Errorf("the compressed image has a time: %v", zipped.ModTime)
	}
	fits, err := io.ReadAll(zipped)
	if err != nil {
		t.Fatal(err)
	}
	if len(fits)%2880 != 0 || len(fits) != 2880*7 {
		t.Fatalf("FITS file of %d bytes", len(fits))
	}
	var cards []string
	for i := 0; i < 2880; i += 80 {
		cards = append(cards, string(fits[i:i+80]))
	}
	pixels := make([]float64, side*side)
	for i := range pixels {
		pixels[i] = float64(math.Float32frombits(binary.BigEndian.Uint32(fits[2880+4*i:])))
	}
	return cards, pixels
}

func TestCutoutsAreFITS(t *testing.T) {
	read := reader(t)
	want := []string{
		"SIMPLE  =                    T", "BITPIX  =                  -32", "NAXIS   =                    2",
		"NAXIS1  =                   63", "NAXIS2  =                   63", "BUNIT   = 'DN      '", "ORIGIN  = 'Skysift simulated'", "END",
	}
	for _, alert := range night(t, simulate.Options{Seed: 14, Alerts: 20}) {
		p := read(alert.Value)
		pid := p.candidate()["pid"]
		for name, file := range map[string]string{
			"cutoutScience":    fmt.Sprintf("candid%d_pid%d_targ_sci.fits.gz", alert.Candid, pid),
			"cutoutTemplate":   fmt.Sprintf("candid%d_ref.fits.gz", alert.Candid),
			"cutoutDifference": fmt.Sprintf("candid%d_pid%d_targ_scimref.fits.gz", alert.Candid, pid),
		} {
			got, stamp := p.stamp(name)
			if got != file {
				t.Errorf("%s is called %s, want %s", name, got, file)
			}
			cards, _ := image(t, stamp)
			for i, card := range cards {
				expected := ""
				if i < len(want) {
					expected = want[i]
				}
				if strings.TrimRight(card, " ") != expected {
					t.Fatalf("card %d is %q, want %q", i, card, expected)
				}
			}
		}
	}
}

// centre sums the pixels around the middle, and the noise far from it.
func centre(pixels []float64) (sum, noise float64) {
	n := 0.0
	for i, pixel := range pixels {
		x, y := i%side-side/2, i/side-side/2
		if x*x+y*y <= 9 {
			sum += pixel
		}
		if x*x+y*y > 20*20 {
			noise += pixel * pixel
			n++
		}
	}
	return sum, math.Sqrt(noise / n)
}

func TestDifferenceImagesShowTheDetection(t *testing.T) {
	read := reader(t)
	wrong, all := 0, 0
	for _, alert := range night(t, simulate.Options{Seed: 15, Alerts: 200}) {
		if alert.Kind() == simulate.Bogus {
			continue
		}
		p := read(alert.Value)
		_, stamp := p.stamp("cutoutDifference")
		_, pixels := image(t, stamp)
		sum, noise := centre(pixels)
		positive := p.candidate()["isdiffpos"] == "t" || p.candidate()["isdiffpos"] == "1"
		all++
		if (sum > 0) != positive || math.Abs(sum) < 1.5*noise {
			wrong++
		}
	}
	if wrong*50 > all {
		t.Errorf("%d of %d difference images do not show what their alert says", wrong, all)
	}
}

func TestDipolesHaveBothSigns(t *testing.T) {
	read := reader(t)
	for _, alert := range night(t, simulate.Options{Seed: 16, Alerts: 60, Fractions: simulate.Fractions{Bogus: 1}}) {
		if alert.Class != simulate.Dipole {
			continue
		}
		_, stamp := read(alert.Value).stamp("cutoutDifference")
		_, pixels := image(t, stamp)
		_, noise := centre(pixels)
		low, high := 0.0, 0.0
		for i, pixel := range pixels {
			if x, y := i%side-side/2, i/side-side/2; x*x+y*y <= 16 {
				low, high = min(low, pixel), max(high, pixel)
			}
		}
		if low > -3*noise || high < 3*noise {
			t.Errorf("%d: dipole from %.0f to %.0f over a noise of %.0f", alert.Candid, low, high, noise)
		}
	}
}

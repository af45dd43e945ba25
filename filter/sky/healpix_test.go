package sky

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
)

// figures returns the lines of a file of testdata, which testdata/figures.py
// wrote, as numbers in words.
func figures(t testing.TB, name string) []string {
	t.Helper()
	file, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var lines []string
	for s := bufio.NewScanner(file); s.Scan(); {
		if !strings.HasPrefix(s.Text(), "#") {
			lines = append(lines, s.Text())
		}
	}
	if len(lines) < 100 {
		t.Fatalf("%s has only %d figures", name, len(lines))
	}
	return lines
}

func TestPixelsAreThoseOfAstropyHealpix(t *testing.T) {
	for _, line := range figures(t, "healpix.txt") {
		var ra, dec float64
		var want [4]uint64
		if _, err := fmt.Sscan(line, &ra, &dec, &want[0], &want[1], &want[2], &want[3]); err != nil {
			t.Fatal(err)
		}
		for i, order := range []int{0, 5, 13, 29} {
			if got := pixelAt(order, ra, dec); got != want[i] {
				t.Errorf("RA %v, Dec %v: pixel %d of order %d, astropy-healpix has %d", ra, dec, got, order, want[i])
			}
		}
	}
}

func TestEveryDirectionHasAPixelAndCoarserOnesHoldIt(t *testing.T) {
	for dec := -90.0; dec <= 90; dec += 0.5 {
		for ra := -180.0; ra <= 720; ra += 3.75 {
			fine := pixelAt(finest, ra, dec)
			if fine >= pixels(finest) {
				t.Fatalf("RA %v, Dec %v: pixel %d is none", ra, dec, fine)
			}
			for _, order := range []int{0, 3, 11} {
				if coarse := pixelAt(order, ra, dec); coarse != fine>>(2*(finest-order)) {
					t.Fatalf("RA %v, Dec %v: pixel %d of order %d does not hold %d", ra, dec, coarse, order, fine)
				}
			}
		}
	}
	pixelAt(finest, math.MaxFloat64, 90)
}

package sky

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/golang/geo/s2"
)

func loadRegion(t testing.TB, source RegionSource) *Region {
	t.Helper()
	r, found := LoadRegion(source)
	if len(found) > 0 {
		t.Fatal(found[0])
	}
	return r
}

// TestRegionsHoldWhatMocpyFinds in the same MOC, in each form that it writes.
func TestRegionsHoldWhatMocpyFinds(t *testing.T) {
	for _, c := range []struct {
		file, figures string
		probability   float64
	}{
		{"survey.fits", "survey.txt", 0}, {"survey-v1.fits", "survey.txt", 0}, {"survey.json", "survey.txt", 0},
		{"skymap.multiorder.fits", "skymap.txt", 0.9},
	} {
		t.Run(c.file, func(t *testing.T) {
			r := loadRegion(t, RegionSource{Path: filepath.Join("testdata", c.file), Probability: c.probability})
			inside := 0
			for _, line := range figures(t, c.figures) {
				var ra, dec float64
				var want int
				if _, err := fmt.Sscan(line, &ra, &dec, &want); err != nil {
					t.Fatal(err)
				}
				inside += want
				if has, ok := r.Has(ra, dec); !ok || has != (want == 1) {
					t.Errorf("RA %v, Dec %v: %v, %v; mocpy says %d", ra, dec, has, ok, want)
				}
			}
			if inside < 50 {
				t.Errorf("only %d figures are inside", inside)
			}
		})
	}
}

func TestOneCoverageInThreeForms(t *testing.T) {
	want := loadRegion(t, RegionSource{Path: "testdata/survey.fits"}).covered
	for _, name := range []string{"survey-v1.fits", "survey.json"} {
		if got := loadRegion(t, RegionSource{Path: "testdata/" + name}).covered; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s has %d spans, and survey.fits %d", name, len(got), len(want))
		}
	}
	if share := want.share(); share < 0.01 || share > 0.05 {
		t.Errorf("the MOC covers %g of the sky", share)
	}
}

func TestPolygonsHaveTheSmallerSideInEitherDirection(t *testing.T) {
	corners := [][2]float64{{350, -10}, {10, -10}, {12, 10}, {348, 12}}
	turned := [][2]float64{{348, 12}, {12, 10}, {10, -10}, {350, -10}}
	closed := append(corners[:4:4], corners[0])
	around := [][2]float64{{0, 80}, {90, 80}, {180, 80}, {270, 80}} // the pole
	for _, c := range []struct {
		corners [][2]float64
		ra, dec float64
		want    bool
	}{
		{corners, 0, 0, true}, {corners, 359, 9, true}, {corners, 20, 0, false}, {corners, 180, 0, false}, {corners, 0, -45, false},
		{turned, 0, 0, true}, {turned, 180, 0, false}, {closed, 0, 0, true}, {closed, 20, 0, false},
		{around, 45, 89, true}, {around, 45, 90, true}, {around, 45, 70, false}, {around, 45, -89, false},
	} {
		r := loadRegion(t, RegionSource{Polygons: [][][2]float64{c.corners}})
		if has, ok := r.Has(c.ra, c.dec); has != c.want || !ok {
			t.Errorf("polygon %v has %v, %v: %v", c.corners, c.ra, c.dec, has)
		}
	}
}

// TestPolygonsHaveWhatS2Finds, in stars of many corners anywhere on the sky.
func TestPolygonsHaveWhatS2Finds(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	inside := 0
	for range 200 {
		n := 3 + r.IntN(60)
		ra, dec := randomDirection(r)
		// Around a centre, in the plane that touches the sphere there.
		centre := s2.PointFromLatLng(s2.LatLngFromDegrees(dec, ra)).Vector
		east := centre.Ortho()
		north := centre.Cross(east)
		corners := make([][2]float64, n)
		for i := range corners {
			angle, size := 2*math.Pi*float64(i)/float64(n), 0.02+1.2*r.Float64()
			corner := centre.Add(east.Mul(size * math.Cos(angle))).Add(north.Mul(size * math.Sin(angle)))
			at := s2.LatLngFromPoint(s2.Point{Vector: corner.Normalize()})
			corners[i] = [2]float64{at.Lng.Degrees(), at.Lat.Degrees()}
		}
		region := loadRegion(t, RegionSource{Polygons: [][][2]float64{corners}})
		for range 200 {
			ra, dec := randomDirection(r)
			want := region.polygons[0].loop.ContainsPoint(s2.PointFromLatLng(s2.LatLngFromDegrees(dec, ra)))
			if has, _ := region.Has(ra, dec); has != want {
				t.Fatalf("%v, %v in %v: %v, s2 says %v", ra, dec, corners, has, want)
			}
			if want {
				inside++
			}
		}
	}
	if inside < 500 {
		t.Errorf("only %d directions are inside", inside)
	}
}

func TestAskingARegionAllocatesNothing(t *testing.T) {
	r := loadRegion(t, RegionSource{Polygons: [][][2]float64{{{350, -10}, {10, -10}, {12, 10}, {348, 12}}}})
	if n := testing.AllocsPerRun(100, func() { r.Has(5, 5) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestNoDirectionIsInNoRegion(t *testing.T) {
	r := loadRegion(t, RegionSource{Path: "testdata/survey.fits"})
	for _, dec := range []float64{90.1, -91, nan()} {
		if has, ok := r.Has(0, dec); has || ok {
			t.Errorf("Dec %v is in the region: %v, %v", dec, has, ok)
		}
	}
}

func TestMistakesOfRegions(t *testing.T) {
	fits, err := os.ReadFile("testdata/survey.fits")
	if err != nil {
		t.Fatal(err)
	}
	changed := func(old, new string) string { return strings.Replace(string(fits), old, new, 1) }
	for _, c := range []struct {
		name, content string
		probability   float64
		want          string
	}{
		{"empty", "", 0, "the file is empty"},
		{"cut in the table", string(fits[:7000]), 0, "cut off: its table has 652 rows, of which 155 are there"},
		{"cut in the header", string(fits[:4000]), 0, "the FITS file is cut off"},
		{"cut in the first header", string(fits[:100]), 0, "the FITS file is cut off"},
		{"without a table", string(fits[:2880]), 0, "no binary table"},
		{"of time", changed("'SPACE'", "'TIME' "), 0, "this is a MOC of time"},
		{"in galactic coordinates", changed("'C'", "'G'"), 0, "its COORDSYS is G"},
		{"rows beyond all bounds", changed("NAXIS2  =                  652", "NAXIS2  =  9223372036854775807"), 0, "NAXIS2 = 9223372036854775807"},
		{"rows that are not there", changed("NAXIS2  =                  652", "NAXIS2  =            500000000"), 0, "cut off: its table has 500000000 rows"},
		{"an odd number of ends", changed("NAXIS2  =                  652", "NAXIS2  =                  651"), 0, "an odd number of range ends: 651"},
		{"a column of texts", changed("'1K'", "'8A'"), 0, "column 1 of the FITS table has the form 8A"},
		{"another ordering", changed("'RANGE'", "'RINGS'"), 0, "the MOC's ORDERING is RINGS, and NUNIQ and RANGE are read"},
		{"ranges that fall", string(fits[:5760]) + strings.Repeat("\x00\x00\x00\x00\x00\x00\x00\x09", 652), 0, "range 1 of the MOC goes from 9 to 9"},
		{"a MOC with a probability", string(fits), 0.9, "this is a MOC, not a sky map: it has no probabilities (leave probability out)"},
		{"gzip", "\x1f\x8b\x08\x00", 0, "this is a gzip file (gunzip it first)"},
		{"CSV", "ra,dec\n1,2\n", 0, "this is neither FITS nor JSON"},
		{"JSON cut off", `{"3": [1, 2`, 0, "the JSON is cut off"},
		{"JSON list", `[1, 2]`, 0, "the JSON is no MOC"},
		{"JSON order", `{"30": [1]}`, 0, `the order "30"`},
		{"JSON word", `{"x": [1]}`, 0, `the order "x"`},
		{"JSON pixel", `{"0": [12]}`, 0, "order 0 of the MOC has the pixel 12: it has integers from 0 to 11"},
		{"JSON fraction", `{"0": [1.5]}`, 0, "order 0 of the MOC has the pixel 1.5"},
		{"JSON minus", `{"0": [-1]}`, 0, "order 0 of the MOC has the pixel -1"},
		{"JSON nest", `{"0": [[1]]}`, 0, "order 0 of the MOC has the pixel ["},
		{"JSON text", `{"0": 1}`, 0, "the JSON is no MOC (each order has a list of pixels)"},
		{"JSON twice", `{"0": [1]} {}`, 0, "something follows"},
		{"JSON with a probability", `{"0": [1]}`, 0.5, "only a sky map"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "region")
			if err := os.WriteFile(path, []byte(c.content), 0o644); err != nil {
				t.Fatal(err)
			}
			r, found := LoadRegion(RegionSource{Path: path, Probability: c.probability})
			if r != nil || len(found) != 1 || !strings.Contains(found[0].Error(), c.want) || found[0].Path != path {
				t.Errorf("%v; want %q", found, c.want)
			}
		})
	}
}

func TestMistakesOfSkyMapsAndPolygons(t *testing.T) {
	for _, c := range []struct {
		source RegionSource
		key    string
		want   string
	}{
		{RegionSource{Path: "testdata/skymap.multiorder.fits"}, "probability", "nothing says which part"},
		{RegionSource{Path: "testdata/none.fits"}, "", "no such file"},
		{RegionSource{Path: "testdata"}, "", "this is a folder"},
		{RegionSource{Path: "/dev/zero"}, "", "not a regular file"},
		{RegionSource{Polygons: [][][2]float64{{{1, 2}, {3, 4}}}}, "polygon", "and this has 2"},
		{RegionSource{Polygons: [][][2]float64{{{1, 2}, {3, 4}, {5, 91}}}}, "polygon", "corner 3 is at RA 5, Dec 91"},
		{RegionSource{Polygons: [][][2]float64{{{1, 2}, {nan(), 4}, {5, 1}}}}, "polygon", "corner 2"},
		{RegionSource{Polygons: [][][2]float64{{{0, 0}, {10, 10}, {10, 0}, {0, 10}}}}, "polygon", "crosses itself"},
		{RegionSource{Polygons: [][][2]float64{{{0, 0}, {10, 10}, {0, 0}, {0, 10}}}}, "polygon", "corners 1 and 3"},
		{RegionSource{Polygons: [][][2]float64{manyCorners()}}, "polygon", "3 to 1000 corners"},
	} {
		_, found := LoadRegion(c.source)
		if len(found) != 1 || found[0].Key != c.key || !strings.Contains(found[0].Error(), c.want) {
			t.Errorf("%v; want %q", found, c.want)
		}
	}
}

func manyCorners() [][2]float64 {
	corners := make([][2]float64, 1001)
	for i := range corners {
		corners[i] = [2]float64{float64(i) * 0.3, 10}
	}
	return corners
}

func TestRegionsAreToldApartByTheirContent(t *testing.T) {
	seen := map[string]string{}
	for name, source := range map[string]RegionSource{
		"fits": {Path: "testdata/survey.fits"}, "json": {Path: "testdata/survey.json"},
		"map 0.9":   {Path: "testdata/skymap.multiorder.fits", Probability: 0.9},
		"map 0.5":   {Path: "testdata/skymap.multiorder.fits", Probability: 0.5},
		"polygon":   {Polygons: [][][2]float64{{{1, 2}, {3, 4}, {5, 9}}}},
		"polygon 2": {Polygons: [][][2]float64{{{1, 2}, {3, 4}, {5, 8}}}},
	} {
		digest := loadRegion(t, source).Digest()
		if other := seen[digest]; other != "" || digest == "" {
			t.Errorf("%s and %s have the digest %q", name, other, digest)
		}
		seen[digest] = name
	}
}

// FuzzRegion: whatever a file holds, it is read or refused.
func FuzzRegion(f *testing.F) {
	for name, rows := range map[string]string{"survey.fits": "652", "survey-v1.fits": "729", "skymap.multiorder.fits": "1293"} {
		content, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		// A few rows are as good as many, and faster.
		old, few := "NAXIS2  ="+strings.Repeat(" ", 21-len(rows))+rows, "NAXIS2  ="+strings.Repeat(" ", 20)+"8"
		if !bytes.Contains(content, []byte(old)) {
			f.Fatalf("%s does not say %q", name, old)
		}
		content = bytes.Replace(content[:2*fitsBlock+16*8], []byte(old), []byte(few), 1)
		f.Add(content, name == "skymap.multiorder.fits")
	}
	f.Add([]byte(`{"3": [1, 2], "29": [3458764513820540927]}`), false)
	f.Fuzz(func(t *testing.T, content []byte, isMap bool) {
		source := RegionSource{Path: "region"}
		if isMap {
			source.Probability = 0.9
		}
		r, err := ReadRegion(source, bytes.NewReader(content), int64(len(content)))
		if err != nil {
			return
		}
		for i, s := range r.covered {
			if s.from >= s.to || s.to > pixels(finest) || i > 0 && s.from <= r.covered[i-1].to {
				t.Fatalf("span %d is %v", i, s)
			}
		}
	})
}

package sky

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	goruntime "runtime"
	"testing"
)

// benchmarked is how many rows the catalogues of benchmarks have.
func benchmarked() int {
	if testing.Short() {
		return 100_000
	}
	return 1_000_000
}

// list writes a watchlist of n rows all over the sky; radius is in arcseconds.
func list(r *rand.Rand, n int, radius func() float64) []byte {
	var b bytes.Buffer
	b.WriteString("ra,dec,id,radius_arcsec\n")
	for i := range n {
		ra, dec := randomDirection(r)
		fmt.Fprintf(&b, "%.6f,%.6f,source-%d,%.6g\n", ra, dec, i, radius())
	}
	return b.Bytes()
}

func randomDirection(r *rand.Rand) (ra, dec float64) {
	return r.Float64() * 360, degrees(math.Asin(2*r.Float64() - 1))
}

func heap() uint64 {
	goruntime.GC()
	goruntime.GC()
	var m goruntime.MemStats
	goruntime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkMillionCones looks for alerts in a watchlist of 1,000,000 rows, each
// with a radius of its own, and reports the memory that it takes. Half of the
// alerts are close to a row.
func BenchmarkMillionCones(b *testing.B) {
	for _, c := range []struct {
		name   string
		radius func(*rand.Rand) float64
	}{
		{"3arcsec", func(*rand.Rand) float64 { return 3 }},
		{"1to60arcsec", func(r *rand.Rand) float64 { return 1 + 59*r.Float64() }},
		{"1arcsecTo1degree", func(r *rand.Rand) float64 { return math.Exp(r.Float64() * math.Log(3600)) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			r := rand.New(rand.NewPCG(7, 7))
			text := list(r, benchmarked(), func() float64 { return c.radius(r) })
			before := heap()
			made, found := ReadCatalogue(CatalogueSource{Watchlist: true}, bytes.NewReader(text))
			if len(found) > 0 {
				b.Fatal(found[0])
			}
			size := heap() - before
			type direction struct{ ra, dec float64 }
			alerts := make([]direction, 1<<16)
			for i := range alerts {
				d := &alerts[i]
				d.ra, d.dec = randomDirection(r)
				if i%2 == 0 {
					row := r.IntN(made.Len())
					d.ra, d.dec = made.ra[row]+0.0002*r.NormFloat64(), min(made.dec[row]+0.0002*r.NormFloat64(), 90)
				}
			}
			var room []Match
			matches, i := 0, 0
			b.ReportAllocs()
			for b.Loop() {
				d := &alerts[i&(len(alerts)-1)]
				room, _ = made.Near(room[:0], d.ra, d.dec, 0, math.MaxInt)
				matches += len(room)
				i++
			}
			b.ReportMetric(float64(size)/1e6, "MB")
			b.ReportMetric(float64(matches)/float64(i), "matches/alert")
			goruntime.KeepAlive(made)
			goruntime.KeepAlive(text)
		})
	}
}

// BenchmarkReadMillionRows reads such a file.
func BenchmarkReadMillionRows(b *testing.B) {
	text := list(rand.New(rand.NewPCG(7, 7)), benchmarked(), func() float64 { return 3 })
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, found := ReadCatalogue(CatalogueSource{Watchlist: true}, bytes.NewReader(text)); len(found) > 0 {
			b.Fatal(found[0])
		}
	}
}

// BenchmarkRegion asks whether directions are in a region.
func BenchmarkRegion(b *testing.B) {
	corners := make([][2]float64, 200)
	for i := range corners {
		angle := 2 * math.Pi * float64(i) / float64(len(corners))
		corners[i] = [2]float64{180 + 30*math.Cos(angle), 30 * math.Sin(angle)}
	}
	for name, source := range map[string]RegionSource{
		"MOC": {Path: filepath.Join("testdata", "survey.fits")}, "polygon": {Polygons: [][][2]float64{corners}},
	} {
		b.Run(name, func(b *testing.B) {
			region := loadRegion(b, source)
			r := rand.New(rand.NewPCG(1, 1))
			var alerts [1024][2]float64
			for i := range alerts {
				alerts[i][0], alerts[i][1] = 150+60*r.Float64(), 60*r.Float64()-30
			}
			i := 0
			b.ReportAllocs()
			for b.Loop() {
				region.Has(alerts[i&1023][0], alerts[i&1023][1])
				i++
			}
		})
	}
}

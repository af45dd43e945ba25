package avro_test

import (
	"path/filepath"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/testdata"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/decode/avro"
)

// candidatePaths are what a typical set of filters asks of a detection.
func candidatePaths() []string {
	return []string{
		"candid", "candidate.jd", "candidate.isdiffpos", "candidate.ra", "candidate.dec",
		"candidate.magpsf", "candidate.rb", "candidate.sgscore1", "candidate.distpsnr1", "candidate.drb",
	}
}

func historyPaths() []string {
	return []string{"prv_candidates[].jd", "prv_candidates[].fid", "prv_candidates[].magpsf", "prv_candidates[].sigmapsf", "prv_candidates[].isdiffpos"}
}

// nightOf returns full alerts of ZTF's newest schema, some 70 KB each.
func nightOf(b *testing.B) [][]byte {
	b.Helper()
	var night [][]byte
	bytes := 0
	for _, path := range testdata.Files(b, ".avro", filepath.Join("ztf", "boom-astro+boom")) {
		night = append(night, readFile(b, path))
		bytes += len(night[len(night)-1])
	}
	b.ReportMetric(float64(bytes/len(night)), "B/alert")
	return night
}

func benchmarkDecode(b *testing.B, format runtime.Format, fields []filter.Field, night [][]byte, load bool) {
	decoder := format.NewDecoder(fields)
	each := func(alert *filter.Alert) error {
		if load {
			return alert.Load()
		}
		return nil
	}
	for i := 0; i < b.N; i++ {
		if i == len(night) {
			b.ReportAllocs()
			b.ResetTimer()
		}
		if err := decoder.Decode(night[i%len(night)], each); err != nil {
			b.Fatal(err)
		}
	}
}

func eager(int) bool { return false }

func BenchmarkCandidate(b *testing.B) {
	night := nightOf(b)
	fields := fieldsOf(candidatePaths(), eager)
	b.Run("container", func(b *testing.B) { benchmarkDecode(b, avro.New(), fields, night, false) })
	b.Run("framing", func(b *testing.B) { benchmarkDecode(b, avro.New(), nil, night, false) })
	b.Run("one schema", func(b *testing.B) { benchmarkDecode(b, avro.New(), fields, night[:1], false) })
}

func BenchmarkCandidateWithLazyHistory(b *testing.B) {
	night := nightOf(b)
	fields := fieldsOf(append(candidatePaths(), historyPaths()...), func(i int) bool { return i >= len(candidatePaths()) })
	b.Run("asked for", func(b *testing.B) { benchmarkDecode(b, avro.New(), fields, night, true) })
	b.Run("not asked for", func(b *testing.B) { benchmarkDecode(b, avro.New(), fields, night, false) })
}

func BenchmarkWholeAlert(b *testing.B) {
	night := nightOf(b)
	o := newOracle(b, schemaOf(b, night[0]))
	fields := fieldsOf(o.paths(o.tree, "", false), eager)
	b.Run("every field", func(b *testing.B) { benchmarkDecode(b, avro.New(), fields, night, false) })
	b.Run("walked as bare", func(b *testing.B) {
		bare, err := avro.NewBare(schemaOf(b, night[0]))
		if err != nil {
			b.Fatal(err)
		}
		datums := [][]byte{datumOf(b, night[0])}
		benchmarkDecode(b, bare, fieldsOf(candidatePaths(), eager), datums, false)
	})
	b.Run("goavro, codec kept", func(b *testing.B) {
		datum := datumOf(b, night[0])
		b.ReportAllocs()
		for b.Loop() {
			if _, _, err := o.codec.NativeFromBinary(datum); err != nil {
				b.Fatal(err)
			}
		}
	})
}

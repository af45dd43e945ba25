package confluent_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/testdata"
)

// BenchmarkRubin decodes a real alert of some 100 KB, each of four schema
// versions, for four fields, and for those and a column of the history.
func BenchmarkRubin(b *testing.B) {
	four := []string{"diaSource.diaSourceId", "diaSource.psfFlux", "diaSource.band", "diaSource.reliability"}
	history := append(four[:4:4], "prvDiaSources[].psfFlux")
	for _, file := range []string{"wire/25409136044802067.avro", "wire/7912941781254298.avro", "wire_derived/169298432601096247.v9_0.bin", "wire_derived/169813006270595324.v10_0.bin"} {
		value, err := os.ReadFile(filepath.Join(testdata.Dir(b), "lsst", file))
		if err != nil {
			b.Fatal(err)
		}
		for name, paths := range map[string][]string{"four fields": four, "four and history": history} {
			b.Run(filepath.Base(file)+"/"+name, func(b *testing.B) {
				decoder := folder(b, filepath.Join(testdata.Dir(b), "lsst/alert_packet_schema")).NewDecoder(fields(paths...))
				each := func(*filter.Alert) error { return nil }
				b.ReportAllocs()
				b.SetBytes(int64(len(value)))
				for b.Loop() {
					if err := decoder.Decode(value, each); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

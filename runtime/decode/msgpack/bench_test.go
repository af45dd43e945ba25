package msgpack_test

import (
	"testing"

	"github.com/tinylib/msgp/msgp"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime/decode/msgpack"
)

// BenchmarkEventWithAMegabyte is what the project promises: at most 20 µs for
// an event with an array of 1 MB that is not used.
func BenchmarkEventWithAMegabyte(b *testing.B) {
	record := eventWithAMegabyte()
	for _, c := range []struct {
		name   string
		fields []filter.Field
	}{
		{"unused", []filter.Field{{Path: "name"}, {Path: "uid"}, {Path: "data.det"}, {Path: "data.motor"}}},
		{"asked for", []filter.Field{{Path: "name"}, {Path: "data.det"}, {Path: "data.image", Lazy: true}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			decoder := msgpack.New().NewDecoder(c.fields)
			each := func(alert *filter.Alert) error { return alert.Load() }
			b.ReportAllocs()
			for b.Loop() {
				if err := decoder.Decode(record, each); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func eventWithAMegabyte() []byte {
	return event(object{{"det", 4.5}, {"image", array("<f8", make([]byte, 1<<20), 256, 512)}, {"motor", -3}})
}

// BenchmarkEventWithAMegabyteWhole is tinylib/msgp making Go values of it, from
// which a filter would be asked.
func BenchmarkEventWithAMegabyteWhole(b *testing.B) {
	record := eventWithAMegabyte()
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := msgp.ReadIntfBytes(record); err != nil {
			b.Fatal(err)
		}
	}
}

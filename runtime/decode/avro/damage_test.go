package avro_test

import (
	"errors"
	"math/rand/v2"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/internal/container"
	"github.com/skysift/skysift/internal/testdata"
	"github.com/skysift/skysift/runtime/decode/avro"
)

// damaged are the files that truncation and corruption are tried on: a plain
// one, several alerts in one file, and both kinds of compression.
func damaged(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for _, name := range []string{
		"ztf/boom-astro+boom/2752190655615010046.avro",
		"ztf_multi/astrolabsoftware+fink-client/avro_multi_alerts_other.avro",
		"other_surveys/roman_rapid/alert.avro",
		"malformed/candid_rounded_000010510007802576.avro",
	} {
		files[name] = readFile(t, filepath.Join(testdata.Dir(t), name))
	}
	return files
}

func damageFields() []filter.Field {
	return append(eagerFields("candid", "candidate.magpsf", "candidate", "prv_candidates", "prv_candidates[].jd", "diaSource.psfFlux", "prvDiaSources[].ra"),
		lazyFields("prv_candidates[].magpsf", "cutoutDifference.stampData", "cutouts")...)
}

// A container that is cut short must never pass for a whole one. The one cut
// that nothing shows lies between blocks: what is left then is a whole file
// with fewer alerts, each of them right.
func TestContainerCutAtAnyByteIsNoticed(t *testing.T) {
	for name, value := range damaged(t) {
		decoder := avro.New().NewDecoder(damageFields())
		whole, err := decodeAll(decoder, value)
		if err != nil {
			t.Fatal(err)
		}
		unnoticed := 0
		for n := range value {
			got, err := decodeAll(decoder, value[:n])
			if err != nil {
				if len(got) > 0 {
					t.Fatalf("%s: the first %d bytes give alerts before the cut is noticed", name, n)
				}
				continue
			}
			unnoticed++
			if !slices.Equal(got, whole[:len(got)]) || len(got) == len(whole) {
				t.Fatalf("%s: the first %d of %d bytes give other alerts than the whole", name, n, len(value))
			}
		}
		if between := boundaries(t, value); unnoticed != between {
			t.Errorf("%s: %d cuts unnoticed, %d lie between blocks", name, unnoticed, between)
		}
	}
}

func boundaries(t *testing.T, value []byte) int {
	t.Helper()
	var r container.Reader
	if err := r.Reset(value); err != nil {
		t.Fatal(err)
	}
	blocks := 0
	for {
		if _, err := r.Next(); err != nil {
			return blocks
		}
		blocks++
	}
}

func TestBareDatumCutAtAnyByteIsNoticed(t *testing.T) {
	value := readFile(t, filepath.Join(testdata.Dir(t), "ztf/boom-astro+boom/2752190655615010046.avro"))
	datum := datumOf(t, value)
	decoder := bare(t, string(schemaOf(t, value))).NewDecoder(damageFields())
	for n := range datum {
		if got, err := decodeAll(decoder, datum[:n]); err == nil {
			t.Fatalf("the first %d of %d bytes give %v", n, len(datum), got)
		}
	}
	if _, err := decodeAll(decoder, datum); err != nil || decoder.Shape().Trailing != 0 {
		t.Errorf("the whole: %v, %+v", err, decoder.Shape())
	}
}

// Random bytes of real alerts are changed: whatever comes of it, there is no
// panic, and memory stays bounded.
func TestCorruptedAlertsNeitherPanicNorTakeMemory(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	decoder := avro.New().NewDecoder(damageFields())
	for name, value := range damaged(t) {
		header, err := container.ParseHeader(value)
		if err != nil {
			t.Fatal(err)
		}
		refused := 0
		for range 1500 {
			broken := slices.Clone(value)
			from, to := header.Size, len(broken) // mostly of the datums,
			if random.IntN(10) == 0 {
				from = 0 // and at times of the header
			}
			if random.IntN(2) == 0 {
				to = min(to, from+3000)
			}
			for range 1 + random.IntN(8) {
				broken[from+random.IntN(to-from)] = byte(random.Uint32())
			}
			took := allocated(func() { _, err = decodeAll(decoder, broken) })
			if err != nil {
				refused++
			}
			// The texts that the test itself makes of cutouts count too.
			if took > 64*mebibyte {
				t.Fatalf("%s: %d bytes of memory", name, took)
			}
		}
		if refused == 0 {
			t.Errorf("%s: nothing was refused", name)
		}
	}
}

// A stream of one schema must not leave anything behind for each alert.
func TestDecodingSettlesWithoutAllocation(t *testing.T) {
	fields := append(eagerFields(candidatePaths()...), lazyFields(historyPaths()...)...)
	for name, value := range damaged(t) {
		decoder := avro.New().NewDecoder(fields)
		each := func(alert *filter.Alert) error { return alert.Load() }
		allocs := testing.AllocsPerRun(20, func() {
			if err := decoder.Decode(value, each); err != nil {
				t.Fatal(err)
			}
		})
		if allocs > 0 {
			t.Errorf("%s: %v allocations a record", name, allocs)
		}
	}
}

// After a giant, what it took is given back with the next record.
func TestMemoryOfAGiantAlertIsGivenBack(t *testing.T) {
	schema := record(field("a", `{"type":"array","items":"int"}`))
	giant := file(schema, 1, long(900_000)+string(make([]byte, 900_000))+long(0))
	decoder := avro.New().NewDecoder(eagerFields("a"))
	each := func(alert *filter.Alert) error {
		if len(alert.Values[0].List()) == 0 {
			return errors.New("the list is empty")
		}
		return nil
	}
	kept := func(value []byte) int64 {
		if err := decoder.Decode(value, each); err != nil {
			t.Fatal(err)
		}
		var m goruntime.MemStats
		goruntime.GC()
		goruntime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	small := file(schema, 1, long(1)+long(1)+long(0))
	before := kept(small)
	if held := kept(giant) - before; held < 15*mebibyte {
		t.Errorf("a list of 900,000 values takes only %d bytes: this test measures nothing", held)
	}
	if held := kept(small) - before; held > mebibyte {
		t.Errorf("%d bytes are still held", held)
	}
	goruntime.KeepAlive(decoder)
	goruntime.KeepAlive(giant)
}

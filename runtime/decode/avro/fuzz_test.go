package avro_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime/decode/avro"
)

func fuzzFields() []filter.Field {
	return append(eagerFields("i", "p.x", "a", "a[].x", "m", "u.x", "s", "candidate.magpsf"), lazyFields("a[].y", "p", "u", "e", "l[].l[].x")...)
}

// FuzzDecode decodes any bytes as a container.
func FuzzDecode(f *testing.F) {
	for _, seed := range fuzzSeeds() {
		f.Add(file(seed.schema, 1, seed.datum))
		f.Add(file(seed.schema, 2, seed.datum+seed.datum))
	}
	small, err := filepath.Glob(filepath.Join(os.Getenv("SKYSIFT_TESTDATA"), "other_surveys", "askap", "*.avro"))
	if err == nil && os.Getenv("SKYSIFT_TESTDATA") != "" {
		for _, path := range small {
			f.Add(readFile(f, path))
		}
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		format := avro.New()
		format.MaxBlock = 1 << 20
		decoder := format.NewDecoder(fuzzFields())
		_ = decoder.Decode(value, func(alert *filter.Alert) error {
			_ = alert.Load()
			_, err := decoder.Single()
			return err
		})
		_, _ = avro.Describe(value)
	})
}

// FuzzSchema parses any bytes as a schema, and describes and plans for it what
// it accepts.
func FuzzSchema(f *testing.F) {
	for _, seed := range fuzzSeeds() {
		f.Add([]byte(seed.schema))
	}
	f.Fuzz(func(t *testing.T, schema []byte) {
		format, err := avro.NewBare(schema)
		if err != nil {
			return
		}
		described, err := format.Describe(nil)
		if err != nil {
			t.Fatal(err)
		}
		fields := fuzzFields()
		for i, field := range described.Fields {
			fields = append(fields, filter.Field{Path: field.Path, Lazy: i%2 == 0})
		}
		_ = format.NewDecoder(fields).Decode(make([]byte, 100), func(alert *filter.Alert) error { return alert.Load() })
	})
}

// FuzzDatum decodes any datum of a known schema: all fields, eager or lazy,
// must come to the same end, and a datum that decodes must do so in a container.
func FuzzDatum(f *testing.F) {
	for i, seed := range fuzzSeeds() {
		f.Add(i, []byte(seed.datum))
	}
	f.Fuzz(func(t *testing.T, which int, datum []byte) {
		seeds := fuzzSeeds()
		schema := seeds[uint(which)%uint(len(seeds))].schema
		paths := []string{}
		for _, field := range fuzzFields() {
			paths = append(paths, field.Path)
		}
		format := bare(t, schema)
		now, nowErr := decodeAll(format.NewDecoder(eagerFields(paths...)), datum)
		later, laterErr := decodeAll(format.NewDecoder(lazyFields(paths...)), datum)
		if nowErr == nil && laterErr == nil && now[0] != later[0] {
			t.Errorf("eager %v, lazy %v", now, later)
		}
		if (nowErr == nil) != (laterErr == nil) {
			// Only what the first pass skips by its stated length may differ.
			t.Logf("eager %v, lazy %v", nowErr, laterErr)
		}
		framed, framedErr := decodeAll(avro.New().NewDecoder(eagerFields(paths...)), file(schema, 1, string(datum)))
		if nowErr == nil && (framedErr != nil || framed[0] != now[0]) {
			t.Errorf("bare %v, in a container %v, %v", now, framed, framedErr)
		}
	})
}

type seed struct{ schema, datum string }

func fuzzSeeds() []seed {
	point := `{"type":"record","name":"p","fields":[` + field("x", `["null","int"]`) + `,` + field("y", `"string"`) + `]}`
	return []seed{
		{record(field("i", `"int"`) + "," + field("s", `"string"`)), long(5) + text("s")},
		{record(field("p", `["null",`+point+`]`) + "," + field("a", `["null",{"type":"array","items":["p","null"]}]`)),
			long(1) + long(1) + long(7) + text("y") + long(1) + long(2) + long(0) + long(0) + text("z") + long(1) + long(0)},
		{record(field("m", `{"type":"map","values":["double","bytes"]}`) + "," + field("e", `{"type":"enum","name":"e","symbols":["a","b"]}`)),
			long(1) + text("k") + long(0) + double(1) + long(0) + long(1)},
		{record(field("u", `["null","int",`+point+`,{"type":"fixed","name":"f","size":3}]`) + "," + field("i", `"boolean"`)), long(3) + "abc" + "\x01"},
		{record(field("l", `{"type":"array","items":{"type":"record","name":"q","fields":[`+field("l", `{"type":"array","items":`+point+`}`)+`]}}`)),
			long(-1) + long(6) + long(1) + long(1) + long(3) + text("y") + long(0) + long(0)},
		{`[` + point + `,{"type":"record","name":"t","fields":[` + field("i", `"long"`) + `,` + field("a", `{"type":"array","items":"null"}`) + `]}]`, long(1) + long(9) + long(3) + long(0)},
	}
}

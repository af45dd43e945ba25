package avro_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime/decode/avro"
)

func TestSchemasThatCannotBeReadAreRefusedWithTheirPlace(t *testing.T) {
	deep := `"int"`
	for range 70 {
		deep = `{"type":"array","items":` + deep + `}`
	}
	// Each type holds the one before it twice: 2^40 fields in 3 KB.
	doubled := field("f0", `{"type":"record","name":"r0","fields":[`+field("a", `"int"`)+`]}`)
	for n := 1; n <= 40; n++ {
		last := fmt.Sprintf(`"r%d"`, n-1)
		doubled += "," + field(fmt.Sprint("f", n), fmt.Sprintf(`{"type":"record","name":"r%d","fields":[%s,%s]}`, n, field("a", last), field("b", last)))
	}
	tests := []struct{ name, schema, want string }{
		{"no JSON", `{"type":`, "schema: it is no JSON"},
		{"empty", ``, "schema: it is no JSON"},
		{"a number", `7`, "a type is 7; it must be a name, a list or an object"},
		{"null", `null`, "a type is <nil>"},
		{"no type", `{}`, "a type is <nil>"},
		{"not a record", `"string"`, "its top level is no record"},
		{"a list at the top", `{"type":"array","items":"int"}`, "its top level is no record"},
		{"a union of no records", `["null","int"]`, "its top level is no record"},
		{"unknown type", record(field("a", `"integer"`)), "schema: record t: field 1: a: unknown type integer"},
		{"unknown type in a list", record(field("a", `{"type":"array","items":"x.y"}`)), "unknown type x.y"},
		{"no name", `{"type":"record","fields":[]}`, "a type of kind record has no name"},
		{"no fields", `{"type":"record","name":"t"}`, "it has no list of fields"},
		{"a field without a name", record(`{"type":"int"}`), `its name "" must have`},
		{"a field without a type", record(`{"name":"a"}`), "a has no type"},
		{"a field that is a word", record(`"a"`), "it is a, not an object"},
		{"a long name", record(field(strings.Repeat("n", 300), `"int"`)), "must have 1 to 256 characters"},
		{"empty union", record(field("a", `[]`)), "a union has no branches"},
		{"union in a union", record(field("a", `["null",["int","string"]]`)), "a union stands directly in a union"},
		{"enum without symbols", record(field("a", `{"type":"enum","name":"e"}`)), "it has no list of symbols"},
		{"enum of numbers", record(field("a", `{"type":"enum","name":"e","symbols":[1]}`)), "symbol 1 is no string"},
		{"fixed without a size", record(field("a", `{"type":"fixed","name":"f"}`)), "its size is <nil>"},
		{"fixed of negative size", record(field("a", `{"type":"fixed","name":"f","size":-1}`)), "its size is -1"},
		{"fixed of 2^62", record(field("a", `{"type":"fixed","name":"f","size":4611686018427387904}`)), "its size is 4.6"},
		{"list of nothing", record(field("a", `{"type":"array"}`)), "does not say what it holds"},
		{"deep", record(field("a", deep)), "nested more than 64 deep"},
		{"deeper than JSON goes", strings.Repeat("[", 100_000), "schema: it is no JSON"},
		{"fields without end", record(doubled), "more than 32768 fields once every reference is followed"},
		{"large", record(field("a", `"int"`)) + strings.Repeat(" ", 1<<20), "at most 1048576 are read"},
		{"recursive", record(field("a", `["null","t"]`)), "type t contains itself"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, bareErr := avro.NewBare([]byte(test.schema))
			decoder := avro.New().NewDecoder(eagerFields("a"))
			_, err := decodeAll(decoder, file(test.schema, 1, "x"))
			_, again := decodeAll(decoder, file(test.schema, 1, "x"))
			_, described := avro.Describe(file(test.schema))
			for _, err := range []error{bareErr, err, again, described} {
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("got %v, want %q", err, test.want)
				}
			}
		})
	}
}

func TestNamesAreResolvedInTheirNamespaces(t *testing.T) {
	schemas := map[string]string{
		"dotted name":             `{"type":"record","name":"s.alert","fields":[` + field("p", `{"type":"record","name":"p","fields":[`+field("x", `"int"`)+`]}`) + `,` + field("q", `"s.p"`) + `]}`,
		"namespace of the record": `{"type":"record","name":"alert","namespace":"s","fields":[` + field("p", `{"type":"record","name":"p","fields":[`+field("x", `"int"`)+`]}`) + `,` + field("q", `"p"`) + `]}`,
		"namespace of its own":    `{"type":"record","name":"alert","namespace":"s","fields":[` + field("p", `{"type":"record","name":"p","namespace":"z","fields":[`+field("x", `"int"`)+`]}`) + `,` + field("q", `"z.p"`) + `]}`,
		"dots in the inner name":  `{"type":"record","name":"alert","fields":[` + field("p", `{"type":"record","name":"ztf.alert.p","fields":[`+field("x", `"int"`)+`]}`) + `,` + field("q", `"ztf.alert.p"`) + `]}`,
		"no namespace at all":     `{"type":"record","name":"alert","namespace":"s","fields":[` + field("p", `{"type":"record","name":"p","namespace":"","fields":[`+field("x", `"int"`)+`]}`) + `,` + field("q", `"p"`) + `]}`,
	}
	for name, schema := range schemas {
		got, err := decodeAll(avro.New().NewDecoder(eagerFields("p.x", "q.x")), file(schema, 1, long(1)+long(2)))
		if err != nil || len(got) != 1 || got[0] != "[1,2]" {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestIllegalDefaultsAreNotRead(t *testing.T) {
	schema := record(`{"name":"i","type":["int","null"],"default":null},{"name":"j","type":"int","default":{"a":[]}}`)
	got, err := decodeAll(avro.New().NewDecoder(eagerFields("i", "j")), file(schema, 1, long(0)+long(5)+long(6)))
	if err != nil || len(got) != 1 || got[0] != "[5,6]" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestDescribeTellsKindUnitDocAndNullability(t *testing.T) {
	documented := func(name, kind, doc string) string {
		return `{"name":"` + name + `","type":` + kind + `,"doc":"` + doc + `"}`
	}
	point := `{"type":"record","name":"p","fields":[` + documented("x", `"float"`, "Position on the chip [pixels]") + `,` + field("l", `{"type":"array","items":"long"}`) + `]}`
	schema := record(strings.Join([]string{
		documented("mag", `["null","float"]`, "Magnitude\\n from PSF-fit photometry [mag]."), documented("chip", `"int"`, "Readout channel [00 .. 63]"),
		field("p", point), field("q", `["null","p"]`), field("h", `["null",{"type":"array","items":["p","null"]}]`),
		field("s", `{"type":"array","items":["null","string"]}`), field("m", `{"type":"map","values":"int"}`),
		field("u", `["int","string"]`), field("e", `{"type":"enum","name":"e","symbols":["a"]}`), field("b", `["bytes","null"]`), field("n", `"null"`),
		field("w", `{"type":"array","items":{"type":"array","items":"int"}}`),
	}, ","))
	want := []filter.SchemaField{
		{Path: "mag", Kind: filter.Float, Unit: "mag", Doc: "Magnitude from PSF-fit photometry [mag].", Nullable: true},
		{Path: "chip", Kind: filter.Int, Doc: "Readout channel [00 .. 63]"},
		{Path: "p.x", Kind: filter.Float, Unit: "pixels", Doc: "Position on the chip [pixels]"},
		{Path: "p.l", Kind: filter.List},
		{Path: "q.x", Kind: filter.Float, Unit: "pixels", Doc: "Position on the chip [pixels]", Nullable: true},
		{Path: "q.l", Kind: filter.List, Nullable: true},
		{Path: "h[].x", Kind: filter.Float, Unit: "pixels", Doc: "Position on the chip [pixels]", Nullable: true},
		{Path: "h[].l", Kind: filter.List, Nullable: true},
		{Path: "s", Kind: filter.List}, {Path: "m", Kind: filter.Map}, {Path: "u"},
		{Path: "e", Kind: filter.String}, {Path: "b", Kind: filter.Bytes, Nullable: true}, {Path: "n", Nullable: true},
		{Path: "w[]", Kind: filter.List},
	}
	format := bare(t, schema)
	for _, describe := range []func() (*filter.Schema, error){
		func() (*filter.Schema, error) { return avro.Describe(file(schema)) },
		func() (*filter.Schema, error) { return format.Describe(nil) },
	} {
		got, err := describe()
		if err != nil || fmt.Sprint(got.Fields) != fmt.Sprint(want) {
			t.Errorf("got  %v, %v\nwant %v", got.Fields, err, want)
		}
	}
}

package avro_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime/decode/avro"
)

// Each shape of a schema, a datum of it, and what the paths give.
func TestPathsThroughEveryShapeOfSchema(t *testing.T) {
	point := `{"type":"record","name":"p","fields":[` + field("x", `"int"`) + `,` + field("y", `["null","string"]`) + `]}`
	tests := []struct {
		name, fields, datum string
		paths               []string
		want                string
	}{
		{"primitives", field("b", `"boolean"`) + "," + field("i", `"int"`) + "," + field("d", `"double"`) + "," + field("s", `"string"`),
			"\x01" + long(-7) + double(1.5) + text("hi"), []string{"b", "i", "d", "s"}, `[true,-7,1.5,"hi"]`},
		{"64 bits are kept", field("l", `"long"`), long(9223372036854775807), []string{"l"}, `[9223372036854775807]`},
		{"null", field("n", `"null"`) + "," + field("i", `"int"`), long(3), []string{"n", "i"}, `[null,3]`},
		{"enum and fixed", field("e", `{"type":"enum","name":"e","symbols":["g","r"]}`) + "," + field("f", `{"type":"fixed","name":"f","size":2}`),
			long(1) + "ab", []string{"f", "e"}, `["YWI=","r"]`},
		{"logical types are their numbers", field("t", `{"type":"long","logicalType":"timestamp-millis"}`), long(1500), []string{"t"}, `[1500]`},
		{"a type in a wrapper", field("i", `{"type":{"type":{"type":"int"}}}`), long(4), []string{"i"}, `[4]`},
		{"a wrapped union", field("i", `{"type":["null","int"]}`), long(1) + long(4), []string{"i"}, `[4]`},
		{"record", field("p", point), long(5) + long(1) + text("q"), []string{"p.y", "p", "p.x", "p.z", "p.x.deeper"}, `["q",{},5,null,null]`},
		{"nullable record that is null", field("p", `["null",`+point+`]`) + "," + field("i", `"int"`), long(0) + long(8), []string{"p.x", "p", "i"}, `[null,null,8]`},
		{"nullable record, null last", field("p", `[`+point+`,"null"]`) + "," + field("i", `"int"`), long(0) + long(5) + long(0) + long(8), []string{"p.x", "p.y", "p", "i"}, `[5,null,{},8]`},
		{"fixed sizes after a nullable record that is stepped over", field("p", `["null",{"type":"record","name":"p","fields":[`+field("s", `"string"`)+`,`+field("d", `"double"`)+`]}]`) + "," + field("e", `"double"`) + "," + field("i", `"int"`),
			long(0) + double(1) + long(8), []string{"i"}, `[8]`},
		{"union of more than null and one", field("u", `["null","int","string",`+point+`]`) + "," + field("i", `"int"`),
			long(3) + long(5) + long(0) + long(8), []string{"u.x", "u", "i"}, `[5,{},8]`},
		{"the same union as a string", field("u", `["null","int","string",`+point+`]`) + "," + field("i", `"int"`),
			long(2) + text("s") + long(8), []string{"u.x", "u", "i"}, `[null,"s",8]`},
		{"union of a record and a list", field("u", `[`+point+`,{"type":"array","items":"p"}]`), long(1) + long(1) + long(5) + long(0) + long(0), []string{"u.x", "u[].x", "u"}, `[null,[5],[{}]]`},
		{"union of two records", field("u", `[`+point+`,{"type":"record","name":"q","fields":[`+field("x", `"string"`)+`]}]`), long(1) + text("s"), []string{"u.x", "u.y"}, `["s",null]`},
		{"union of one", field("u", `["int"]`), long(0) + long(9), []string{"u"}, `[9]`},
		{"list of scalars", field("a", `{"type":"array","items":"int"}`), long(2) + long(1) + long(2) + long(0), []string{"a", "a[]", "a.x", "a[].x"}, `[[1,2],[1,2],null,null]`},
		{"empty list", field("a", `{"type":"array","items":"int"}`), long(0), []string{"a"}, `[[]]`},
		{"nullable list that is null", field("a", `["null",{"type":"array","items":`+point+`}]`), long(0), []string{"a", "a[].x"}, `[null,null]`},
		{"list in many blocks, some with their length", field("a", `{"type":"array","items":"int"}`) + "," + field("i", `"int"`),
			long(1) + long(1) + long(-2) + long(2) + long(2) + long(3) + long(1) + long(4) + long(0) + long(7), []string{"a", "i"}, `[[1,2,3,4],7]`},
		{"columns of records", field("a", `{"type":"array","items":["null",`+point+`]}`),
			long(3) + long(1) + long(1) + long(0) + long(0) + long(1) + long(2) + long(1) + text("y") + long(0),
			[]string{"a[].y", "a[].x", "a", "a[].z", "a.x"}, `[[null,null,"y"],[1,null,2],[{},null,{}],null,null]`},
		{"lists in lists", field("a", `{"type":"array","items":{"type":"record","name":"r","fields":[`+field("b", `["null",{"type":"array","items":`+point+`}]`)+`]}}`),
			long(3) + long(1) + long(2) + long(1) + long(0) + long(2) + long(0) + long(0) + long(0) + long(1) + long(0) + long(0),
			[]string{"a[].b[].x", "a[].b", "a", "a[].b[].y"}, `[[[1,2],null,[]],[[{},{}],null,[]],[{},{},{}],[[null,null],null,[]]]`},
		{"matrix", field("m", `{"type":"array","items":{"type":"array","items":"int"}}`),
			long(2) + long(1) + long(5) + long(0) + long(0) + long(0), []string{"m", "m[]", "m[][]"}, `[[[5],[]],[[5],[]],[[5],[]]]`},
		{"map", field("m", `{"type":"map","values":["null","double"]}`) + "," + field("i", `"int"`),
			long(2) + text("a") + long(1) + double(0.5) + text("b") + long(0) + long(0) + long(7), []string{"m", "i", "m.a"}, `[{"a":0.5,"b":null},7,null]`},
		{"map of maps in blocks", field("m", `{"type":"map","values":{"type":"map","values":"int"}}`),
			long(1) + text("a") + long(1) + text("x") + long(1) + long(0) + long(-1) + long(7) + text("b") + long(1) + text("y") + long(2) + long(0) + long(0),
			[]string{"m"}, `[{"a":{"x":1},"b":{"y":2}}]`},
		{"map of records", field("m", `{"type":"map","values":`+point+`}`), long(1) + text("a") + long(1) + long(0) + long(0), []string{"m"}, `[{"a":{}}]`},
		{"list of maps", field("a", `{"type":"array","items":{"type":"map","values":"int"}}`),
			long(2) + long(1) + text("a") + long(1) + long(0) + long(1) + text("b") + long(2) + long(0) + long(0), []string{"a"}, `[[{"a":1},{"b":2}]]`},
		{"one path twice", field("i", `["null","int"]`) + "," + field("a", `{"type":"array","items":"int"}`), long(1) + long(3) + long(0), []string{"i", "i", "a", "a"}, `[3,3,[],[]]`},
		{"a name twice: the last counts", field("i", `"int"`) + "," + field("i", `"string"`), long(3) + text("s"), []string{"i"}, `["s"]`},
		{"referenced type", field("p", point) + "," + field("q", `["null","p"]`), long(1) + long(0) + long(1) + long(2) + long(0), []string{"p.x", "q.x"}, `[1,2]`},
		{"NaN is missing, infinity is not", field("d", `"double"`) + "," + field("e", `"double"`), double(nan()) + double(2), []string{"d", "e"}, `[null,2]`},
		{"no such path", field("i", `"int"`), long(1), []string{"j", "i.j", "i[]", "", ".", "[]", "i."}, `[null,null,null,null,null,null,null]`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			schema := record(test.fields)
			for _, fields := range [][]filter.Field{eagerFields(test.paths...), lazyFields(test.paths...)} {
				got, err := decodeAll(avro.New().NewDecoder(fields), file(schema, 2, test.datum+test.datum))
				if err != nil || !slices.Equal(got, []string{test.want, test.want}) {
					t.Errorf("container: got %v, %v, want %s twice", got, err, test.want)
				}
				decoder := bare(t, schema).NewDecoder(fields)
				got, err = decodeAll(decoder, []byte(test.datum))
				if err != nil || !slices.Equal(got, []string{test.want}) {
					t.Errorf("bare: got %v, %v, want %s", got, err, test.want)
				}
				if n := decoder.Shape().Trailing; n != 0 {
					t.Errorf("bare: %d bytes are left over", n)
				}
			}
			testCutShort(t, schema, test.datum, test.paths)
		})
	}
}

// testCutShort cuts the bare datum at every byte, where each must be noticed.
func testCutShort(t *testing.T, schema, datum string, paths []string) {
	t.Helper()
	decoder := bare(t, schema).NewDecoder(eagerFields(paths...))
	for n := range len(datum) {
		if got, err := decodeAll(decoder, []byte(datum[:n])); err == nil {
			t.Errorf("the first %d of %d bytes give %v", n, len(datum), got)
		}
	}
}

func TestListOfManyBlocksIsRead(t *testing.T) {
	schema := record(field("a", `{"type":"array","items":"int"}`) + "," + field("m", `{"type":"map","values":"int"}`))
	datum := strings.Repeat(long(1)+long(7), 20_000) + long(0) + strings.Repeat(long(1)+text("k")+long(7), 5000) + long(0)
	decoder := avro.New().NewDecoder(eagerFields("a", "m"))
	err := decoder.Decode(file(schema, 1, datum), func(alert *filter.Alert) error {
		if list, entries := alert.Values[0].List(), alert.Values[1].Map(); len(list) != 20_000 || list[19_999].Int() != 7 || len(entries) != 5000 {
			t.Errorf("%d items, %d entries", len(list), len(entries))
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func nan() float64 {
	zero := 0.0
	return zero / zero
}

func TestTopLevelUnionOfRecordsIsRead(t *testing.T) {
	schema := `[{"type":"record","name":"a","fields":[` + field("x", `"int"`) + `]},
	            {"type":"record","name":"b","version":"2","fields":[` + field("y", `"a"`) + `,` + field("x", `"string"`) + `]}]`
	decoder := avro.New().NewDecoder(append(eagerFields("x", "y.x"), lazyFields("y")...))
	var schemas []string
	err := decoder.Decode(file(schema, 2, long(0)+long(5)+long(1)+long(6)+text("s")), func(alert *filter.Alert) error {
		schemas = append(schemas, alert.Schema)
		return nil
	})
	if err != nil || len(schemas) != 2 || !strings.HasPrefix(schemas[0], "a sha256:") || !strings.HasPrefix(schemas[1], "b 2 sha256:") {
		t.Errorf("%q, %v", schemas, err)
	}
	got, err := decodeAll(decoder, file(schema, 2, long(0)+long(5)+long(1)+long(6)+text("s")))
	if want := []string{`[5,null,null]`, `["s",6,{}]`}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	_, err = decodeAll(decoder, file(schema, 1, long(2)+long(5)))
	if err == nil || !strings.Contains(err.Error(), "a union's index is 2; it must lie between 0 and 1") {
		t.Errorf("a branch that does not exist: %v", err)
	}
}

func TestLazyFieldsAreReadOnlyWhenAskedFor(t *testing.T) {
	schema := record(field("i", `"int"`) + "," + field("s", `"string"`) + "," + field("j", `"int"`))
	broken := file(schema, 1, long(1)+long(-3)+"abcdef") // s cannot be read
	decoder := avro.New().NewDecoder(append(eagerFields("i"), lazyFields("s", "j")...))
	calls := 0
	err := decoder.Decode(broken, func(alert *filter.Alert) error {
		calls++
		if alert.Values[0].Int() != 1 {
			t.Errorf("i is %v", alert.Values[0].Int())
		}
		for range 2 { // the error stays
			if err := alert.Load(); err == nil || !strings.Contains(err.Error(), "field s: it has the negative length -3") {
				t.Errorf("loading: %v", err)
			}
		}
		return nil
	})
	if err != nil || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
}

func TestSchemaLabelSaysNameVersionAndDigest(t *testing.T) {
	tests := map[string]string{
		`{"type":"record","name":"ztf.alert","version":"4.02","fields":[]}`:          "ztf.alert 4.02 sha256:",
		`{"type":"record","name":"alert","namespace":"ztf","version":3,"fields":[]}`: "ztf.alert 3 sha256:",
		`{"type":"record","name":"topLevelRecord","fields":[]}`:                      "topLevelRecord sha256:",
	}
	for schema, want := range tests {
		err := bare(t, schema).NewDecoder(nil).Decode([]byte("x"), func(alert *filter.Alert) error {
			digest, ok := strings.CutPrefix(alert.Schema, want)
			if !ok || len(digest) != 16 {
				t.Errorf("%q, want %q and 16 digits", alert.Schema, want)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

package avro_test

import (
	"bytes"
	"fmt"
	"math"
	goruntime "runtime"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime"
	"github.com/skysift/skysift/runtime/decode/avro"
)

// allocated returns how many bytes f allocates, kept or not.
func allocated(f func()) uint64 {
	var before, after goruntime.MemStats
	goruntime.ReadMemStats(&before)
	f()
	goruntime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

const mebibyte = 1 << 20

// Numbers are those of the project's list of bad input, its part on Avro; 11
// is beside the registry, in runtime/decode/confluent. Each is decoded as a container and as a bare datum,
// with its field eager, lazy, and not asked for at all.
func TestBadInput(t *testing.T) {
	list := func(items string) string { return field("a", `{"type":"array","items":`+items+`}`) }
	mapped := func(values string) string { return field("a", `{"type":"map","values":`+values+`}`) }
	empty := `{"type":"record","name":"e","fields":[{"name":"n","type":"null"}]}`
	tests := []struct {
		name, fields, datum, want string
		// skipped says that the fault is not noticed where the field is not
		// asked for.
		skipped bool
	}{
		{"2 truncated string", field("a", `"string"`), long(5) + "abc", "byte 0, field a: cut short: it takes 5 bytes and 3 are left", false},
		{"2 truncated number", field("a", `"long"`), "\xff", "cut short: the bytes end within a number", false},
		{"2 truncated double", field("a", `"double"`), "1234567", "field a: cut short: 7 bytes are left of what it takes", false},
		{"2 truncated list", list(`"int"`), long(1) + long(7), "field a: cut short", false},
		{"2 truncated nullable", field("a", `["null","string"]`), long(1), "cut short: no bytes are left", false},
		{"4 length of 2^40", field("a", `"bytes"`), long(1<<40) + "x", "it takes 1099511627776 bytes and 1 are left", false},
		{"4 nullable length of 2^40", field("a", `["string","null"]`), long(0) + long(1<<40) + "x", "it takes 1099511627776 bytes and 1 are left", false},
		{"4 length of MaxInt64", field("a", `"string"`), long(math.MaxInt64) + "x", "it takes 9223372036854775807 bytes", false},
		{"4 fixed of 2^30", field("a", `{"type":"fixed","name":"f","size":1073741824}`), "x", "cut short", false},
		{"4 block of 2^40 bytes", list(`"int"`), long(-1) + long(1<<40) + "x", "a block claims 1099511627776 bytes, 1 are left", false},
		{"4 list of 2^40", list(`"int"`), long(1<<40) + "x", "a block claims 1099511627776 items of at least 1 bytes, 1 bytes are left", false},
		{"4 map of 2^40", mapped(`"double"`), long(1<<40) + "x", "a block claims 1099511627776 items of at least 9 bytes", false},
		{"5 negative length", field("a", `"string"`), long(-2) + "xx", "it has the negative length -2", false},
		{"5 length of MinInt64", field("a", `"bytes"`), long(math.MinInt64) + "xx", "negative length -9223372036854775808", false},
		{"5 block of negative length", list(`"int"`), long(-1) + long(-1) + "xx", "a block claims -1 bytes", false},
		{"5 key of negative length", mapped(`"int"`), long(1) + long(-1) + "xx", "negative length -1", false},
		{"6 list of MinInt64", list(`"int"`), long(math.MinInt64) + long(1) + "x", "a block claims -2^63 items", false},
		{"6 map of MinInt64", mapped(`"int"`), long(math.MinInt64) + long(1) + "x", "a block claims -2^63 items", false},
		{"7 list of 2^31 nulls", list(`"null"`), long(1<<31) + long(0), "a block claims 2147483648 items of no bytes; at most 65536 are read", false},
		{"7 list of MaxInt64 empty records", list(empty), long(math.MaxInt64) + long(0), "items of no bytes", false},
		{"7 many blocks of nulls", list(`"null"`), strings.Repeat(long(65536), 100_000) + long(0), "refused as a bomb", true},
		{"7 lists of lists of nulls", list(`{"type":"array","items":"null"}`), long(50_000) + strings.Repeat(long(65536)+long(0), 50_000) + long(0), "refused as a bomb", true},
		{"7 map of lists of nulls", mapped(`{"type":"array","items":"null"}`), long(50_000) + strings.Repeat(text("")+long(65536)+long(0), 50_000) + long(0), "refused as a bomb", true},
		{"9 union index out of range", field("a", `["null","int"]`), long(2) + "x", "a union's index is 2; it must lie between 0 and 1", false},
		{"9 negative union index", field("a", `["null","int"]`), long(-1) + "x", "a union's index is -1", false},
		{"9 wide union's index out of range", field("a", `["null","int","string"]`), long(3) + "x", "a union's index is 3; it must lie between 0 and 2", false},
		{"9 union index of 2^62", field("a", `["int","string","float"]`), long(1<<62) + "x", "a union's index is 4611686018427387904", false},
		{"10 enum index out of range", field("a", `{"type":"enum","name":"e","symbols":["g","r"]}`), long(2), "an enum's index is 2; it must lie between 0 and 1", false},
		{"10 negative enum index", field("a", `["null",{"type":"enum","name":"e","symbols":["g","r"]}]`), long(1) + long(-1), "an enum's index is -1", false},
		{"a number of eleven bytes", field("a", `"long"`), strings.Repeat("\xff", 10) + "\x01", "a number takes more than 10 bytes", false},
		{"a boolean of 2", field("a", `"boolean"`), "\x02", "a boolean is written as 2", true},
		{"a block whose length lies", list(`"int"`), long(-2) + long(3) + long(1) + long(1) + "x" + long(0), "a block's items end", true},
		{"an item of a list", list(`["null","int"]`), long(3) + long(0) + long(0) + long(7) + long(0), "byte 3, field a[2]: a union's index is 7", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			schema := record(test.fields)
			for way, fields := range map[string][]filter.Field{"eager": eagerFields("a"), "lazy": lazyFields("a")} {
				refused(t, way+" in a container", avro.New(), fields, file(schema, 1, test.datum), test.want)
				refused(t, way+", bare", bare(t, schema), fields, []byte(test.datum), test.want)
			}
			if !test.skipped {
				refused(t, "not asked for", bare(t, schema), nil, []byte(test.datum), test.want)
			}
		})
	}
}

// refused wants a record to be refused, for little memory.
func refused(t *testing.T, way string, format runtime.Format, fields []filter.Field, value []byte, want string) {
	t.Helper()
	var err error
	took := allocated(func() { _, err = decodeAll(format.NewDecoder(fields), value) })
	if took > 10*mebibyte {
		t.Errorf("%s: %d bytes of memory", way, took)
	}
	place, what, placed := strings.Cut(want, ", ")
	if placed && strings.HasPrefix(place, "byte ") && strings.Contains(way, "container") {
		want = what // its place is that in the container
	}
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: got %v, want %q", way, err, want)
	}
}

func TestBadInput1EmptyRecord(t *testing.T) {
	for _, value := range [][]byte{nil, {}} {
		_, err := decodeAll(avro.New().NewDecoder(nil), value)
		if err == nil || !strings.Contains(err.Error(), "empty") {
			t.Errorf("container: %v", err)
		}
		_, err = decodeAll(bare(t, record(field("i", `"int"`))).NewDecoder(nil), value)
		if err == nil || !strings.Contains(err.Error(), "empty") {
			t.Errorf("bare: %v", err)
		}
	}
}

func TestBadInput3TrailingBytesAreAcceptedAndCounted(t *testing.T) {
	schema := record(field("i", `"int"`))
	decoder := bare(t, schema).NewDecoder(eagerFields("i"))
	got, err := decodeAll(decoder, []byte(long(7)+"\n"))
	if err != nil || !slices.Equal(got, []string{"[7]"}) || decoder.Shape().Trailing != 1 {
		t.Errorf("bare: %v, %v, %+v", got, err, decoder.Shape())
	}
	decoder = avro.New().NewDecoder(eagerFields("i"))
	got, err = decodeAll(decoder, file(schema, 2, long(7)+long(8)+"\n", 0, "ab"))
	if err != nil || !slices.Equal(got, []string{"[7]", "[8]"}) || decoder.Shape().Trailing != 3 {
		t.Errorf("container: %v, %v, %+v", got, err, decoder.Shape())
	}
	if _, err = decodeAll(decoder, append(file(schema, 1, long(7)), '\n')); err == nil {
		t.Error("bytes after a container's last block are the start of a block that was cut short")
	}
	if decoder.Shape().Trailing != 0 {
		t.Error("the count is that of an earlier record")
	}
}

func TestBadInput8RecursiveSchemaIsRefused(t *testing.T) {
	schemas := []string{
		record(field("next", `["null","t"]`)),
		record(field("next", `{"type":"array","items":"t"}`)),
		record(field("a", `{"type":"record","name":"u","fields":[`+field("up", `{"type":"map","values":"t"}`)+`]}`)),
	}
	for _, schema := range schemas {
		value := file(schema, 1, strings.Repeat(long(1), 3<<20))
		_, err := decodeAll(avro.New().NewDecoder(eagerFields("next")), value)
		if err == nil || !strings.Contains(err.Error(), "type t contains itself: recursive schemas are refused") {
			t.Errorf("%v", err)
		}
	}
}

func TestBadInput12And13FramingIsCheckedBeforeAnyAlertIsGiven(t *testing.T) {
	schema := record(field("i", `"int"`))
	good := file(schema, 1, long(7), 1, long(8))
	other := bytes.Replace(good, []byte(marker), []byte("0123456789abcdef"), 1)
	tests := map[string][]byte{
		"not an Avro container":                good[1:],
		"the block's sync marker is not":       other,
		"cut short: it ends within a block's ": good[:len(good)-1],
	}
	for want, value := range tests {
		got, err := decodeAll(avro.New().NewDecoder(eagerFields("i")), value)
		if err == nil || !strings.Contains(err.Error(), want) || len(got) > 0 {
			t.Errorf("got %v, %v, want %q", got, err, want)
		}
	}
}

func TestBadInput14DeflateBombIsRefused(t *testing.T) {
	var packed bytes.Buffer
	w, _ := flate.NewWriter(&packed, flate.BestSpeed)
	zeros := make([]byte, mebibyte)
	for range 256 {
		_, _ = w.Write(zeros)
	}
	_ = w.Close()
	value := []byte("Obj\x01" + long(2) + text("avro.schema") + text(record(field("i", `"int"`))) + text("avro.codec") + text("deflate") +
		long(0) + marker + long(1) + text(packed.String()) + marker)
	for limit, most := range map[int]uint64{0: 320 * mebibyte, mebibyte: 5 * mebibyte} {
		format := avro.New()
		format.MaxBlock = limit
		var err error
		took := allocated(func() { _, err = decodeAll(format.NewDecoder(nil), value) })
		if err == nil || !strings.Contains(err.Error(), "refused as a bomb") {
			t.Errorf("limit %d: %v", limit, err)
		}
		if took > most {
			t.Errorf("limit %d: %d bytes of memory in all", limit, took)
		}
	}
}

func TestBadInput15SchemasNeverSeenBeforeAreReadAndForgotten(t *testing.T) {
	decoder := avro.New().NewDecoder(eagerFields("i", "j"))
	schema := func(n int) string {
		return record(field(fmt.Sprintf("f%d", n), `"int"`) + "," + field("i", `"int"`))
	}
	for n := range 300 {
		for _, seen := range []int{n, 0, n / 2} {
			got, err := decodeAll(decoder, file(schema(seen), 1, long(1)+long(int64(seen))))
			if want := fmt.Sprintf("[%d,null]", seen); err != nil || !slices.Equal(got, []string{want}) {
				t.Fatalf("schema %d: %v, %v", seen, got, err)
			}
		}
	}
}

func TestBadInput16NaNIsMissingAndInfinityANumber(t *testing.T) {
	schema := record(field("f", `"double"`) + "," + field("g", `"double"`))
	err := avro.New().NewDecoder(eagerFields("f", "g")).Decode(file(schema, 1, double(nan())+double(math.Inf(-1))), func(alert *filter.Alert) error {
		if !alert.Values[0].IsMissing() || alert.Values[1].Float() != math.Inf(-1) {
			t.Errorf("%v", alert.Values)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestBadInput17InvalidUTF8PassesAsItIs(t *testing.T) {
	schema := record(field("s", `"string"`))
	err := avro.New().NewDecoder(eagerFields("s")).Decode(file(schema, 1, text("a\xff\xfeb")), func(alert *filter.Alert) error {
		if got := alert.Values[0].Text(); got != "a\xff\xfeb" {
			t.Errorf("%q", got)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestBadInput18SeveralAlertsOrNone(t *testing.T) {
	schema := record(field("i", `"int"`))
	tests := []struct {
		value   []byte
		want    []string
		several bool
	}{
		{file(schema), nil, false},
		{file(schema, 0, ""), nil, false},
		{file(schema, 1, long(1), 0, ""), []string{"[1]"}, false},
		{file(schema, 2, long(1)+long(2), 1, long(3)), []string{"[1]", "[2]", "[3]"}, true},
		{file(schema, 0, "", 1, long(1), 1, long(2)), []string{"[1]", "[2]"}, true},
	}
	decoder := avro.New().NewDecoder(eagerFields("i"))
	for i, test := range tests {
		got, err := decodeAll(decoder, test.value)
		shape := decoder.Shape()
		if err != nil || !slices.Equal(got, test.want) || shape.Several != test.several || !shape.Container {
			t.Errorf("%d: %v, %v, %+v", i, got, err, shape)
		}
	}
}

// No bytes may cost more than a small multiple of themselves.
func TestWideRowsOfNullsAreBounded(t *testing.T) {
	var fields, paths []string
	for n := range 200 {
		fields = append(fields, field(fmt.Sprint("f", n), `"int"`))
		paths = append(paths, fmt.Sprint("a[].f", n))
	}
	schema := record(field("a", `{"type":"array","items":["null",{"type":"record","name":"r","fields":[`+strings.Join(fields, ",")+`]}]}`))
	value := file(schema, 1, long(500_000)+strings.Repeat("\x00", 500_001))
	decoder := avro.New().NewDecoder(eagerFields(paths...))
	var err error
	took := allocated(func() { _, err = decodeAll(decoder, value) })
	if err == nil || !strings.Contains(err.Error(), "refused as a bomb") || took > 60*mebibyte {
		t.Errorf("%v with %d bytes of memory", err, took)
	}
}

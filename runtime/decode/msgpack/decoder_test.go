package msgpack_test

import (
	"math"
	"slices"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime/decode/msgpack"
	"github.com/skysift/skysift/runtime/runtimetest"
)

var image = array("<u2", []byte{1, 0, 2, 0, 3, 0, 0, 1}, 2, 2)

var document = object{
	{"name", "primary"}, {"uid", "4fd0"}, {"big", uint64(9007199254740993)}, {"data", object{
		{"det", 4.5}, {"img", image}, {"f32", number("<f4", []byte{0, 0, 0xc0, 0x3f})}, {"nan", math.NaN()}, {"bytes", []byte{1, 2}},
		{"list", []any{1, nil, 2.5}}, {"motor.x", -3},
	}}, {"keys", []any{object{{"a", 1}, {"b", []any{1, 2}}}, nil, object{{"a", 2}}}},
}

func TestDecoderConforms(t *testing.T) {
	one := pack([]any{"event", document})
	runtimetest.TestDecoder(t, runtimetest.DecoderCase{
		Format: msgpack.New(),
		Fields: []filter.Field{{Path: "uid"}, {Path: "data.det"}, {Path: "data.img", Lazy: true}, {Path: "keys[].a", Lazy: true}, {Path: "data.list"}},
		One:    one, Several: append(append(pack([]any{document, document}), one...), pack(document)...), Count: 4,
		Damaged: one[:60], Framed: true,
	})
}

func TestFieldsOfADocument(t *testing.T) {
	record := pack([]any{"event", document})
	for path, want := range map[string]string{
		"name": `"event"`, "document.name": `"primary"`, "uid": `"4fd0"`, "big": "9007199254740993",
		"data.det": "4.5", "document.data.det": "4.5", "data.img": "[[1,2],[3,256]]", "data.f32": "1.5", "data.nan": "null",
		"data.bytes": `"AQI="`, "data.list": "[1,null,2.5]", "data.motor.x": "-3", "data.img.x": "null", "data.img[].x": "null",
		"keys": "[{},null,{}]", "keys[].a": "[1,null,2]", "keys[].b": "[[1,2],null,null]", "nothing": "null",
		"data": `{"det":4.5,"img":[[1,2],[3,256]],"f32":1.5,"nan":null,"bytes":"AQI=","list":[1,null,2.5],"motor.x":-3}`,
	} {
		for _, lazy := range []bool{false, true} {
			if got := decodeOne(t, record, filter.Field{Path: path, Lazy: lazy}); got != want {
				t.Errorf("%s (lazy: %v): %s, want %s", path, lazy, got, want)
			}
		}
	}
}

func TestAPlainMapIsAMessage(t *testing.T) {
	record := pack(object{{"ra", float32(1.5)}, {"name", "x"}, {"document", int8(-5)}, {"u", uint64(math.MaxUint64)}, {"t", raw{0xd6, 0xff, 0, 0, 0, 60}}})
	for path, want := range map[string]string{
		"ra": "1.5", "name": `"x"`, "document": "-5", "u": "18446744073709552000", "t": "60",
	} {
		if got := decodeOne(t, record, filter.Field{Path: path}); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestTimestampsAreSeconds(t *testing.T) {
	for want, value := range map[string]raw{
		"1.5":        {0xd7, 0xff, 0x77, 0x35, 0x94, 0, 0, 0, 0, 1},
		"-1":         {0xc7, 12, 0xff, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255},
		"4294967295": {0xd6, 0xff, 255, 255, 255, 255},
	} {
		if got := decodeOne(t, pack(object{{"t", value}}), filter.Field{Path: "t"}); got != want {
			t.Errorf("%x is %s, want %s", []byte(value), got, want)
		}
	}
}

func decodeOne(t *testing.T, record []byte, field filter.Field) string {
	t.Helper()
	var found []string
	err := msgpack.New().NewDecoder([]filter.Field{field}).Decode(record, func(alert *filter.Alert) error {
		if err := alert.Load(); err != nil {
			return err
		}
		found = append(found, string(alert.Values[0].AppendJSON(nil)))
		return nil
	})
	if err != nil || len(found) != 1 {
		t.Fatalf("%d alerts, %v", len(found), err)
	}
	return found[0]
}

func TestSeveralMessagesOfARecordAreEachARecordOfTheirOwn(t *testing.T) {
	first, second := pack(object{{"a", 1}}), pack([]any{"stop", object{{"a", 2}}})
	decoder := msgpack.New().NewDecoder([]filter.Field{{Path: "a"}})
	var singles []string
	err := decoder.Decode(slices.Concat(first, second), func(*filter.Alert) error {
		single, err := decoder.Single()
		if !decoder.Shape().Several {
			t.Error("the decoder does not say that there are several")
		}
		singles = append(singles, string(single))
		return err
	})
	if want := []string{string(first), string(second)}; err != nil || !slices.Equal(singles, want) {
		t.Errorf("%q, %v", singles, err)
	}
}

func TestNothingIsAllocatedOnceAStreamIsUnderWay(t *testing.T) {
	record := pack([]any{"event", document})
	decoder := msgpack.New().NewDecoder([]filter.Field{{Path: "uid"}, {Path: "data.img", Lazy: true}, {Path: "keys[].a"}, {Path: "data"}})
	decode := func() {
		if err := decoder.Decode(record, func(alert *filter.Alert) error { return alert.Load() }); err != nil {
			t.Fatal(err)
		}
	}
	for range 8 {
		decode()
	}
	if n := testing.AllocsPerRun(200, decode); n != 0 {
		t.Errorf("%v allocations a message, want 0", n)
	}
}

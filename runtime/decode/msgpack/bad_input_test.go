package msgpack_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime/decode/msgpack"
)

// The numbers are those of the list of bad input, rows 26 to 30.
func TestBadInput(t *testing.T) {
	deepLists := append(bytes.Repeat([]byte{0x91}, 1_000_000), 0xc0)
	deepMaps := append(bytes.Repeat([]byte{0x81, 0xa1, 'a'}, 1_000_000), 0xc0)
	pickle := object{{[]byte("nd"), true}, {[]byte("type"), []any{[]any{"", "|O"}}}, {[]byte("kind"), []byte("O")}, {[]byte("shape"), []any{1}}, {[]byte("data"), []byte("cos\nsystem\n(S'true'\ntR.")}}
	oldPickle := object{{[]byte("nd"), true}, {[]byte("type"), "|O"}, {[]byte("shape"), []any{1}}, {[]byte("data"), []byte("cos\n")}}
	for _, c := range []struct {
		name   string
		record []byte
		want   string // of field a
		reason string // part of why the record is rejected; "" where it is not
	}{
		{"26 array header of 2^32-1", []byte{0x81, 0xa1, 'a', 0xdd, 255, 255, 255, 255}, "", "an array of 4294967295"},
		{"26 map header of 2^32-1", []byte{0xdf, 255, 255, 255, 255, 0xa1, 'a'}, "", "a map of 4294967295"},
		{"26 a string of 2^32-1 bytes, unread", []byte{0x81, 0xa1, 'b', 0xdb, 255, 255, 255, 255, 'x'}, "", "a string of 4294967295"},
		{"27 keys that are no strings", pack(object{{1, 2}}), "", "an integer is the key of a map"},
		{"27 keys that are no strings, unread", pack(object{{"b", object{{true, 2}}}}), "", "a boolean is the key"},
		{"27 keys that are bytes", pack(object{{[]byte("a"), 7}}), "7", ""},
		{"28 an extension of an application", pack(object{{"a", raw{0xd4, 5, 1}}}), "null", ""},
		{"28 a timestamp of 2 bytes", pack(object{{"a", raw{0xd5, 0xff, 1, 2}}}), "", "a timestamp of 2 bytes"},
		{"28 a timestamp of 2 seconds in nanoseconds, unread", pack(object{{"b", raw{0xd7, 0xff, 255, 255, 255, 255, 0, 0, 0, 1}}}), "", "nanoseconds"},
		{"28 an extension cut short", []byte{0x81, 0xa1, 'a', 0xc9, 0, 0, 1, 0, 5, 1}, "", "an extension of 256"},
		{"29 deep arrays", append([]byte{0x81, 0xa1, 'b'}, deepLists...), "", "more than 512 deep"},
		{"29 deep arrays that are read", append([]byte{0x81, 0xa1, 'a'}, deepLists...), "", "more than 512 deep"},
		{"29 deep maps", deepMaps, "", "more than 512 deep"},
		{"30 too few bytes for the shape", event(object{{"a", array("<f8", make([]byte, 24), 2, 2)}}), "", "its shape"},
		{"30 too many", event(object{{"a", array("<f8", make([]byte, 24), 2)}}), "", "its shape"},
		{"30 a shape of 2^63", event(object{{"a", array("<f8", nil, uint64(1)<<62, 4)}}), "", "cannot fill"},
		{"30 a product that overflows", event(object{{"a", array("|u1", []byte{}, 65536, 65536, 65536, 65536)}}), "", "its shape"},
		{"30 a negative dimension", event(object{{"a", array("|u1", nil, -1)}}), "", "cannot fill"},
		{"30 no numbers", event(object{{"a", array("<f8", nil, 0, 3)}}), "null", ""},
		{"30 dtype object", event(object{{"b", pickle}}), "", "never opened"},
		{"30 dtype object, as old versions write it", event(object{{"b", oldPickle}}), "", "never opened"},
		{"30 a number with too few bytes", event(object{{"b", number("<f8", []byte{1, 2})}}), "", "it has 8"},
		{"30 a structure", event(object{{"a", array("", nil)}}), "null", ""},

		{"empty", nil, "", "empty"}, {"a number", []byte{7}, "", "an integer stands where"}, {"unused byte", []byte{0x81, 0xa1, 'a', 0xc1}, "", "0xc1"},
		{"an array of numbers", pack([]any{1, 2}), "", "an integer stands in"}, {"a name and a number", pack([]any{"event", 5}), "", "an integer stands where the document"},
		{"trailing newline", append(pack(object{{"a", 1}}), '\n'), "", "an integer stands where a message"},
		{"cut short", pack(object{{"a", "abc"}})[:5], "", "field \"a\": cut short"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			err := msgpack.New().NewDecoder([]filter.Field{{Path: "a"}}).Decode(c.record, func(alert *filter.Alert) error {
				got = string(alert.Values[0].AppendJSON(nil))
				return nil
			})
			switch {
			case c.reason == "" && (err != nil || got != c.want):
				t.Errorf("got %s, %v, want %s", got, err, c.want)
			case c.reason != "" && (err == nil || !strings.Contains(err.Error(), c.reason)):
				t.Errorf("got %s, %v, want an error about %q", got, err, c.reason)
			case err != nil && len(err.Error()) > 1000:
				t.Errorf("the error has %d characters", len(err.Error()))
			}
		})
	}
}

func TestOfEqualKeysNothingOfTheFirstIsLeft(t *testing.T) {
	record := pack(object{{"a", object{{"x", 1}}}, {"a", object{{"y", 2}}}, {"b", 1}, {"b", 2}})
	for path, want := range map[string]string{"a.x": "null", "a.y": "2", "b": "2"} {
		if got := decodeOne(t, record, filter.Field{Path: path}); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
}

func TestManyColumnsOfALongListAreBounded(t *testing.T) {
	record := append([]byte{0x81, 0xa1, 'a', 0xdd, 0, 0x10, 0, 0}, make([]byte, 1<<20)...)
	fields := []filter.Field{{Path: "a[].x"}, {Path: "a[].y"}, {Path: "a"}}
	err := msgpack.New().NewDecoder(fields).Decode(record, func(*filter.Alert) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "more values") {
		t.Errorf("three columns of a million numbers: %v", err)
	}
}

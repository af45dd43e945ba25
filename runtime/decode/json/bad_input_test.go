package json_test

import (
	"strings"
	"testing"

	"github.com/skysift/skysift/filter"
	"github.com/skysift/skysift/runtime/decode/json"
)

// The numbers are those of the list of bad input, rows 19 to 25.
func TestBadInput(t *testing.T) {
	deep := 1_000_000
	for _, c := range []struct {
		name, record string
		want         string // of field a; "" where the record is rejected
		reason       string // part of why
	}{
		{"19 depth 1e6, arrays", `{"a": ` + strings.Repeat("[", deep) + strings.Repeat("]", deep) + "}", "", "more than 512 deep"},
		{"19 depth 1e6, objects, unread", `{"b": ` + strings.Repeat(`{"b":`, deep) + "1" + strings.Repeat("}", deep+1), "", "more than 512 deep"},
		{"20 duplicate keys", `{"a": 1, "b": 0, "a": 2}`, "2", ""},
		{"20 duplicate keys, the last null", `{"a": 1, "a": null}`, "null", ""},
		{"21 1e400", `{"a": 1e400}`, "null", ""}, // infinite, which AppendJSON cannot write
		{"22 an integer above 2^53", `{"a": 9007199254740993}`, "9007199254740993", ""},
		{"22 the greatest integer", `{"a": 9223372036854775807}`, "9223372036854775807", ""},
		{"22 the least integer", `{"a": -9223372036854775808}`, "-9223372036854775808", ""},
		{"22 beyond 64 bits", `{"a": 9223372036854775808}`, "9223372036854776000", ""},
		{"22 far beyond", `{"a": 123456789012345678901234567890}`, "1.2345678901234568e+29", ""},
		{"23 NaN token", `{"a": NaN, "b": -Infinity}`, "null", ""},
		{"23 another token", `{"a": nan}`, "", "a value"},
		{"24 lone surrogate", `{"a": "\ud800x"}`, "\"\ufffdx\"", ""},
		{"24 the second half alone", `{"a": "\udc00"}`, "\"\ufffd\"", ""},
		{"24 a pair", `{"a": "\ud83d\ude00"}`, `"😀"`, ""},
		{"25 byte-order mark", "\xef\xbb\xbf{\"a\": 1}", "1", ""},
		{"25 UTF-16", "\xff\xfe{\x00", "", "an object"}, {"25 bytes", "\x92\xa5event", "", "byte 0x92 stands"},

		{"empty", "", "", "empty"}, {"white space", " \n ", "", "empty"}, {"only a byte-order mark", "\xef\xbb\xbf", "", "empty"},
		{"no object", "42", "", "an object"}, {"an array of numbers", "[1]", "", "an object"},
		{"two at once", `{"a": 1}{"a": 2}`, "", "white space"}, {"a word behind", `{"a": 1} x`, "", "an object"},
		{"a name without document", `["event"]`, "", "a comma"}, {"a name and a number", `["event", 1]`, "", "an object"},
		{"a name and two documents", `["event", {}, {}]`, "", "two"},
		{"no comma", `{"a": 1 "b": 2}`, "", "a comma"}, {"a comma too many", `{"a": 1,}`, "", "a key"}, {"in a list", `{"a": [1,]}`, "", "a value"},
		{"no colon", `{"a" 1}`, "", "a colon"}, {"a key without quotation marks", `{a: 1}`, "", "a key"},
		{"a comment", "{\"a\": 1 /* x */}", "", "a comma"},
		{"leading zero", `{"a": 01}`, "", "a comma"}, {"leading plus", `{"a": +1}`, "", "a value"}, {"no digit", `{"a": -}`, "", "a digit"},
		{"point without digit", `{"a": 1.}`, "", "a digit"}, {"exponent without digit", `{"a": 1e}`, "", "a digit"},
		{"unread number", `{"b": 1.e5}`, "", "a digit"},
		{"control character", "{\"a\": \"x\ny\"}", "", "control character"}, {"bad escape", `{"a": "\x41"}`, "", "backslash"},
		{"short escape", `{"a": "\u12"}`, "", "backslash"}, {"invalid UTF-8", "{\"b\": \"\xc3(\"}", "", "not UTF-8"},
		{"cut short", `{"a": [1, {"b": "x`, "", "field a[].b: cut short"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			err := json.New().NewDecoder([]filter.Field{{Path: "a"}}).Decode([]byte(c.record), func(alert *filter.Alert) error {
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

func TestTooLargeANumberIsInfinite(t *testing.T) {
	for record, want := range map[string]string{`{"a": 1e400}`: "+Inf", `{"a": -1e400}`: "-Inf", `{"a": Infinity}`: "+Inf", `{"a": -Infinity}`: "-Inf"} {
		err := json.New().NewDecoder([]filter.Field{{Path: "a"}}).Decode([]byte(record), func(alert *filter.Alert) error {
			if v := alert.Values[0]; v.Kind() != filter.Float || (v.Float() > 0) != (want == "+Inf") || v.Float() == 0 || v.Float()-v.Float() == 0 {
				t.Errorf("%s is %v, want %s", record, v.Float(), want)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func TestOfEqualKeysNothingOfTheFirstIsLeft(t *testing.T) {
	for record, want := range map[string]string{
		`{"a": {"x": 1}, "a": {"y": 2}}`: "null", `{"a": {"x": 1}, "a": 5}`: "null", `{"a": [{"x": 1}], "a": {"x": 2}}`: "2",
	} {
		if got := decodeOne(t, record, filter.Field{Path: "a.x"}); got != want {
			t.Errorf("a.x of %s is %s, want %s", record, got, want)
		}
	}
	for record, want := range map[string]string{
		`{"a": [{"x": 1}], "a": 7}`: "null", `{"a": [{"x": 1, "x": null}, {"x": {}, "x": 3}]}`: "[null,3]",
	} {
		if got := decodeOne(t, record, filter.Field{Path: "a[].x"}); got != want {
			t.Errorf("a[].x of %s is %s, want %s", record, got, want)
		}
	}
}

package filter

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"strconv"
	"unicode/utf8"
)

// AppendJSON appends v as JSON: integers with every digit, floats in the
// shortest form that reads back the same, Missing and infinities as null,
// bytes in base64.
func (v Value) AppendJSON(dst []byte) []byte {
	switch v.kind {
	case Bool:
		return strconv.AppendBool(dst, v.True())
	case Int:
		return strconv.AppendInt(dst, v.Int(), 10)
	case Float:
		return AppendJSONFloat(dst, v.Float(), 64)
	case String:
		return AppendJSONString(dst, v.Text())
	case Bytes:
		return AppendJSONBytes(dst, v.Bytes())
	case List:
		return appendJSONList(dst, v.List())
	case Map:
		return appendJSONMap(dst, v.Map())
	case Array:
		return v.Numbers().appendJSON(dst)
	case Record:
		return append(dst, "{}"...)
	}
	return append(dst, "null"...)
}

// AppendJSONString appends s as a JSON string; bytes that are not UTF-8
// become U+FFFD.
func AppendJSONString(dst []byte, s string) []byte {
	if needsEscape(s) {
		quoted, err := json.Marshal(s)
		if err != nil { // a string always marshals
			return append(dst, `""`...)
		}
		return append(dst, quoted...)
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

func needsEscape(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return true
		}
	}
	return false
}

// AppendJSONBytes appends b as a JSON string in base64.
func AppendJSONBytes(dst, b []byte) []byte {
	dst = append(dst, '"')
	dst = base64.StdEncoding.AppendEncode(dst, b)
	return append(dst, '"')
}

// AppendJSONFloat appends f with as many digits as it takes for a float of
// these bits, 32 or 64, to be read back the same; NaN and infinities as null.
func AppendJSONFloat(dst []byte, f float64, bits int) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(dst, "null"...)
	}
	format := byte('f')
	if size := math.Abs(f); size != 0 && (size < 1e-6 || size >= 1e21) {
		format = 'e' // as JavaScript and encoding/json write them
	}
	return strconv.AppendFloat(dst, f, format, -1, bits)
}

func appendJSONList(dst []byte, items []Value) []byte {
	dst = append(dst, '[')
	for i, item := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = item.AppendJSON(dst)
	}
	return append(dst, ']')
}

func appendJSONMap(dst []byte, entries []Entry) []byte {
	dst = append(dst, '{')
	for i, entry := range entries {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendJSONString(dst, entry.Key)
		dst = append(dst, ':')
		dst = entry.Value.AppendJSON(dst)
	}
	return append(dst, '}')
}

package expression

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/skysift/skysift/filter"
)

func textFunctions() []Function {
	text := params(wantText, []string{"text"})
	return []Function{
		{Name: "lower", Group: "text", Params: text, Doc: "The text in lower case.", Example: `lower("SN Ia")`, Gives: `"sn ia"`,
			result: gives(stringKind), price: 40, call: lower},
		{Name: "upper", Group: "text", Params: text, Doc: "The text in upper case.", Example: `upper("SN Ia")`, Gives: `"SN IA"`,
			result: gives(stringKind), price: 40, call: upper},
		{Name: "trim", Group: "text", Params: text, Doc: "The text without the white space around it.", Example: `trim(" SN ")`, Gives: `"SN"`,
			result: gives(stringKind), call: func(_ *machine, a []filter.Value) filter.Value {
				return filter.StringOf(strings.TrimSpace(a[0].Text()))
			}},
		{Name: "string", Group: "text", Params: params(wantAny, []string{"x"}), Doc: "Text of a number, true, false, or a text itself; missing for other values.", Example: `string(42) + "a"`, Gives: `"42a"`,
			result: gives(stringKind), price: 40, call: toText},
	}
}

func lower(m *machine, a []filter.Value) filter.Value {
	return recase(m, a[0].Text(), 'A', 'Z', strings.ToLower)
}

func upper(m *machine, a []filter.Value) filter.Value {
	return recase(m, a[0].Text(), 'a', 'z', strings.ToUpper)
}

// recase changes the case of the ASCII letters from first to last; a text
// with other characters is given to slow. The result is bounded, for a change
// of case may lengthen a text.
func recase(m *machine, text string, first, last byte, slow func(string) string) filter.Value {
	if len(text) > maxTextBytes/utf8.UTFMax {
		return m.fail(ErrTextLength)
	}
	changed := m.room(len(text))
	for i := range len(text) {
		c := text[i]
		if c >= utf8.RuneSelf {
			return filter.StringOf(slow(text))
		}
		if c >= first && c <= last {
			c ^= 'a' - 'A'
		}
		changed = append(changed, c)
	}
	return filter.StringOfBytes(changed)
}

func toText(m *machine, a []filter.Value) filter.Value {
	switch v := a[0]; v.Kind() {
	case filter.String:
		return v
	case filter.Bool:
		return filter.StringOf(strconv.FormatBool(v.True()))
	case filter.Int:
		return filter.StringOfBytes(strconv.AppendInt(m.room(20), v.Int(), 10))
	case filter.Float:
		return filter.StringOfBytes(strconv.AppendFloat(m.room(32), v.Float(), 'g', -1, 64))
	}
	return filter.Value{}
}

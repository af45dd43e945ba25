package json

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// Patterns for eight bytes at a time.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// special marks, by its highest bit, the first byte of a word that is not
// plain text in a string: a quotation mark, a backslash, a control character, or
// a byte beyond ASCII. Bytes behind it may be marked wrongly.
func special(word uint64) uint64 {
	quote, slash := word^('"'*ones), word^('\\'*ones)
	return ((quote-ones)&^quote | (slash-ones)&^slash | (word-' '*ones)&^word | word) & highs
}

// span steps over a string and returns what stands between its quotation
// marks, which it shares, and whether that has escapes.
func (c *cursor) span() (text []byte, escaped bool, err error) {
	buf, start := c.buf, c.pos+1
	i, wide := start, false
	for {
		for i+8 <= len(buf) {
			mark := special(binary.LittleEndian.Uint64(buf[i:]))
			if mark != 0 {
				i += bits.TrailingZeros64(mark) / 8
				break
			}
			i += 8
		}
		if i >= len(buf) {
			return nil, false, c.fault(len(buf), "cut short: the bytes end within a string")
		}
		switch b := buf[i]; {
		case b == '"':
			text = buf[start:i:i]
			c.pos = i + 1
			if wide && !utf8.Valid(text) {
				return nil, false, c.fault(start, "a string is not UTF-8")
			}
			return text, escaped, nil
		case b == '\\':
			escaped = true
			n := escapeLength(buf[i:])
			if n == 0 {
				return nil, false, c.fault(i, "a backslash begins no escape: JSON has \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX")
			}
			i += n
		case b < ' ':
			return nil, false, c.fault(i, "a control character stands in a string, where JSON has an escape")
		default:
			wide = wide || b >= utf8.RuneSelf
			i++
		}
	}
}

// escapeLength returns the length of the escape that text begins with; 0: it
// is none.
func escapeLength(text []byte) int {
	if len(text) < 2 {
		return 0
	}
	switch text[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := hex4(text); ok {
			return 6
		}
	}
	return 0
}

// hex4 returns the number that "\uXXXX" stands for.
func hex4(text []byte) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, b := range text[2:6] {
		switch {
		case b >= '0' && b <= '9':
			b -= '0'
		case b|0x20 >= 'a' && b|0x20 <= 'f':
			b = b | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(b)
	}
	return r, true
}

// unescape returns a string without its escapes, all of which are right. It
// lies in the alert's room.
func (c *cursor) unescape(text []byte) []byte {
	if len(c.room)+len(text) > cap(c.room) { // it only gets shorter
		c.room = make([]byte, 0, max(2*cap(c.room), len(text), 1024))
	}
	start := len(c.room)
	for i := 0; i < len(text); {
		if text[i] != '\\' {
			c.room = append(c.room, text[i])
			i++
			continue
		}
		if text[i+1] != 'u' {
			c.room = append(c.room, plain(text[i+1]))
			i += 2
			continue
		}
		r, _ := hex4(text[i:])
		i += 6
		if utf16.IsSurrogate(r) {
			second, _ := hex4(text[i:])
			if r = utf16.DecodeRune(r, second); r != utf8.RuneError {
				i += 6
			}
		}
		c.room = utf8.AppendRune(c.room, r)
	}
	return c.room[start:len(c.room):len(c.room)]
}

// plain returns what a one-letter escape stands for.
func plain(b byte) byte {
	switch b {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return b
}

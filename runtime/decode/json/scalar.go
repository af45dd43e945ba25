package json

import (
	"bytes"
	"math"
	"strconv"
	"unsafe"

	"github.com/skysift/skysift/filter"
)

// scalar reads a value that is no object and no array.
func (c *cursor) scalar() (filter.Value, error) {
	switch b := c.peek(); {
	case b == '"':
		return c.text()
	case b == '-' || b >= '0' && b <= '9':
		return c.number()
	}
	return c.word()
}

// skipScalar steps over such a value.
func (c *cursor) skipScalar() error {
	switch b := c.peek(); {
	case b == '"':
		_, _, err := c.span()
		return err
	case b == '-' || b >= '0' && b <= '9':
		_, err := c.digits()
		return err
	}
	_, err := c.word()
	return err
}

// text reads a string.
func (c *cursor) text() (filter.Value, error) {
	raw, escaped, err := c.span()
	if err != nil {
		return filter.Value{}, err
	}
	if escaped {
		raw = c.unescape(raw)
	}
	return filter.StringOfBytes(raw), nil
}

// word reads a value that is written as a word.
func (c *cursor) word() (filter.Value, error) {
	text, v := "", filter.Value{}
	switch c.peek() {
	case 't':
		text, v = "true", filter.BoolOf(true)
	case 'f':
		text, v = "false", filter.BoolOf(false)
	case 'n':
		text = "null"
	case 'N':
		text = "NaN"
	case 'I':
		text, v = "Infinity", filter.FloatOf(math.Inf(1))
	}
	if text == "" || len(c.buf)-c.pos < len(text) || string(c.buf[c.pos:c.pos+len(text)]) != text {
		return filter.Value{}, c.expected("a value")
	}
	c.pos += len(text)
	return v, nil
}

// negativeInfinity is how Python writes it.
const negativeInfinity = "-Infinity"

// digits steps over a number and reports whether it is a whole one.
func (c *cursor) digits() (whole bool, err error) {
	buf, i := c.buf, c.pos
	if buf[i] == '-' {
		if bytes.HasPrefix(buf[i:], []byte(negativeInfinity)) {
			c.pos += len(negativeInfinity)
			return false, nil
		}
		i++
	}
	switch {
	case i < len(buf) && buf[i] == '0':
		i++
	default:
		start := i
		if i = pastDigits(buf, i); i == start {
			c.pos = i
			return false, c.expected("a digit")
		}
	}
	whole = true
	if i < len(buf) && buf[i] == '.' {
		whole = false
		start := i + 1
		if i = pastDigits(buf, start); i == start {
			c.pos = i
			return false, c.expected("a digit behind the point")
		}
	}
	if i < len(buf) && buf[i]|0x20 == 'e' {
		whole = false
		i++
		if i < len(buf) && (buf[i] == '+' || buf[i] == '-') {
			i++
		}
		start := i
		if i = pastDigits(buf, i); i == start {
			c.pos = i
			return false, c.expected("a digit of the exponent")
		}
	}
	c.pos = i
	return whole, nil
}

func pastDigits(buf []byte, i int) int {
	for i < len(buf) && buf[i]-'0' <= 9 {
		i++
	}
	return i
}

// number reads a number with all its digits.
func (c *cursor) number() (filter.Value, error) {
	start := c.pos
	whole, err := c.digits()
	if err != nil {
		return filter.Value{}, err
	}
	text := c.buf[start:c.pos]
	if whole {
		if i, ok := integer(text); ok {
			return filter.IntOf(i), nil
		}
	}
	// What is out of range becomes infinite or 0, as Python reads it; the
	// error says only that.
	f, _ := strconv.ParseFloat(unsafe.String(unsafe.SliceData(text), len(text)), 64)
	return filter.FloatOf(f), nil
}

// integer returns the value of an optional sign and digits; not ok where it
// takes more than 64 bits.
func integer(text []byte) (int64, bool) {
	negative := text[0] == '-'
	if negative {
		text = text[1:]
	}
	if len(text) > 19 {
		return 0, false
	}
	var u uint64 // 19 digits fit
	for _, digit := range text {
		u = 10*u + uint64(digit-'0')
	}
	switch {
	case negative && u <= 1<<63:
		return -int64(u), true
	case !negative && u < 1<<63:
		return int64(u), true
	}
	return 0, false
}

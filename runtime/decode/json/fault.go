package json

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// fault is where and why a record is no JSON.
type fault struct {
	offset int
	path   string // of the field that it lies in, as far as it is known
	what   string
}

func (f *fault) Error() string {
	if f.path == "" {
		return fmt.Sprintf("byte %d: %s", f.offset, f.what)
	}
	return fmt.Sprintf("byte %d, field %s: %s", f.offset, clip(f.path), f.what)
}

// maxShown is how much of somebody's text an error repeats.
const maxShown = 200

func clip(text string) string {
	if len(text) > maxShown {
		return fmt.Sprintf("%.200q…", text[:maxShown])
	}
	return text
}

func (c *cursor) fault(offset int, what string) error { return &fault{offset: offset, what: what} }

// expected says what should stand at the cursor and what does.
func (c *cursor) expected(what string) error {
	if c.pos >= len(c.buf) {
		return c.fault(len(c.buf), "cut short: expected "+what)
	}
	b := c.buf[c.pos]
	if b >= utf8.RuneSelf {
		return c.fault(c.pos, fmt.Sprintf("byte 0x%02x stands where %s is expected", b, what))
	}
	return c.fault(c.pos, fmt.Sprintf("%q stands where %s is expected", rune(b), what))
}

// within adds the key under which a fault was met. Deep paths keep their end.
func within(err error, key []byte, list bool) error {
	var f *fault
	if !errors.As(err, &f) || len(f.path) > maxShown {
		return err
	}
	step := "[]"
	if !list {
		step = string(key[:min(len(key), maxShown)])
	}
	switch {
	case f.path == "" || f.path[0] == '[':
		f.path = step + f.path
	default:
		f.path = step + "." + f.path
	}
	return err
}

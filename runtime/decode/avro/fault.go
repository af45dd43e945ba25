package avro

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// fault is where and why a datum cannot be read. Its offset is that in the
// cursor's bytes; the decoder says of what these are a part.
type fault struct {
	path   string
	offset int
	what   string
}

func (f *fault) Error() string {
	return fmt.Sprintf("byte %d, field %s: %s", f.offset, clip(f.path), f.what)
}

func (c *cursor) fault(at *step, offset int, what string) error {
	return &fault{path: at.String(), offset: offset, what: what}
}

// inItem names the list's item in which a fault lies.
func inItem(err error, list *step, item int) error {
	var f *fault
	if errors.As(err, &f) {
		prefix := list.String()
		if rest, ok := strings.CutPrefix(f.path, prefix+"[]"); ok {
			f.path = fmt.Sprintf("%s[%d]%s", prefix, item, rest)
		}
	}
	return err
}

// fail says why the step at pc failed on the bytes from start on. It looks at
// them again, so that the way without errors need not remember anything.
func (c *cursor) fail(p *program, pc, start int) error {
	return c.fault(p.where[pc], start, c.diagnose(&p.ops[pc], start))
}

func (c *cursor) diagnose(o *op, start int) string {
	left := len(c.buf) - start
	if left <= 0 {
		return "cut short: no bytes are left"
	}
	switch o.code {
	case skipNullableFixed, skipNullableLong, skipNullableBytes, ifNull:
		if (c.buf[start]^o.null)&^2 != 0 {
			return c.badIndex(start, "a union's index", 2)
		}
		return c.diagnose(&op{code: o.code - skipNullableFixed + skipFixed}, start+1)
	case anyBranch:
		return c.badIndex(start, "a union's index", len(o.branches))
	case readEnum, skipEnum:
		return c.badIndex(start, "an enum's index", len(o.symbols))
	case skipLong, readLong:
		return c.badLong(start)
	case skipBytes, readString, readBytes:
		return c.badSpan(start)
	case readBoolean:
		return fmt.Sprintf("a boolean is written as %d; it must be 0 or 1", c.buf[start])
	}
	return fmt.Sprintf("cut short: %d bytes are left of what it takes", left)
}

func (c *cursor) badLong(start int) string {
	if len(c.buf)-start < binary.MaxVarintLen64 {
		return "cut short: the bytes end within a number"
	}
	return fmt.Sprintf("a number takes more than %d bytes", binary.MaxVarintLen64)
}

func (c *cursor) badIndex(start int, what string, n int) string {
	i, _, ok := varint(c.buf, start)
	if !ok {
		return c.badLong(start)
	}
	return fmt.Sprintf("%s is %d; it must lie between 0 and %d", what, i, n-1)
}

func (c *cursor) badSpan(start int) string {
	n, pos, ok := varint(c.buf, start)
	switch {
	case !ok:
		return c.badLong(start)
	case n < 0:
		return fmt.Sprintf("it has the negative length %d", n)
	}
	return fmt.Sprintf("cut short: it takes %d bytes and %d are left", n, len(c.buf)-pos)
}

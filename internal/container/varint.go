package container

import "encoding/binary"

// maxVarint is how many bytes a long takes at most.
const maxVarint = binary.MaxVarintLen64

// long reads the zigzag number with which what begins at b[pos:], and returns
// the position after it.
func long(b []byte, pos int, what string) (int64, int, *Error) {
	if pos < len(b) && b[pos] < 0x80 {
		u := int64(b[pos])
		return u>>1 ^ -(u & 1), pos + 1, nil
	}
	u, n := binary.Uvarint(b[min(pos, len(b)):])
	switch {
	case n == 0 && len(b)-pos < maxVarint:
		return 0, pos, cut(pos, pos+1, "cut short: it ends within %s", what)
	case n <= 0:
		return 0, pos, broken(pos, "no number begins %s: it takes more than %d bytes", what, maxVarint)
	}
	return int64(u>>1) ^ -int64(u&1), pos + n, nil
}

// span reads a length and returns the bytes of what that follow it.
func span(b []byte, pos int, what string) ([]byte, int, *Error) {
	n, start, err := long(b, pos, what)
	if err != nil {
		return nil, pos, err
	}
	if n < 0 {
		return nil, pos, broken(pos, "%s has the negative length %d", what, n)
	}
	if n > int64(len(b)-start) {
		return nil, pos, cut(pos, needed(start, n), "cut short: %s takes %d bytes and %d are left", what, n, len(b)-start)
	}
	end := start + int(n)
	return b[start:end:end], end, nil
}

// needed returns start+n, held below what an int of any machine can say.
func needed(start int, n int64) int {
	return start + int(min(n, 1<<30))
}

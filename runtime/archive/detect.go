package archive

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"sync/atomic"
)

const (
	// tarBlock is the size of a tar archive's header.
	tarBlock = 512
	// readSize is how much is read from disk at once.
	readSize = 256 << 10
)

func isGzip(head []byte) bool { return bytes.HasPrefix(head, []byte{0x1f, 0x8b}) }

// isTar verifies the header's checksum (octal, at 148, its own eight bytes
// counted as blanks): archives older than POSIX have no magic. An archive of no
// members is blocks of zeros, which only its name tells from a ruined file.
func (r *reader) isTar(name string, head []byte) bool {
	if len(head) < tarBlock {
		return false
	}
	var sum int64 = 8 * ' '
	for i, b := range head[:tarBlock] {
		if i < 148 || i >= 156 {
			sum += int64(b)
		}
	}
	if sum == 8*' ' {
		return !r.source.endings.member(name)
	}
	said, err := strconv.ParseInt(strings.Trim(string(head[148:156]), " \x00"), 8, 64)
	return err == nil && said == sum
}

// countingReader counts what is read.
type countingReader struct {
	in   io.Reader
	done *atomic.Int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.done.Add(int64(n))
	return n, err
}

// faultReader remembers in's error, to tell it from those of its readers.
type faultReader struct {
	in  io.Reader
	err error
}

func (f *faultReader) Read(p []byte) (int, error) {
	n, err := f.in.Read(p)
	if err != nil && err != io.EOF {
		f.err = err
	}
	return n, err
}

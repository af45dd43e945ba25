package container

import (
	"bufio"
	"io"
)

const (
	readSize  = 64 << 10
	maxHeader = 16 << 20
	// growth is how much is read at a time of a block, so that a length that
	// lies costs no more memory than the bytes that are there.
	growth = 1 << 20
)

// Stream reads a container of any length block by block, in memory for its
// header and one block.
type Stream struct {
	Header
	in       *bufio.Reader
	buf      []byte // the header, and behind it the block in hand
	offset   int64  // of the stream: where the next block begins
	maxBlock int
}

// NewStream reads the header of a container from r. A block may take maxBlock
// bytes as it is written, compressed or not; 0: DefaultMaxBlock.
func NewStream(r io.Reader, maxBlock int) (*Stream, error) {
	if maxBlock <= 0 {
		maxBlock = DefaultMaxBlock
	}
	s := &Stream{in: bufio.NewReaderSize(r, readSize), maxBlock: maxBlock}
	header, err := s.header()
	if err != nil {
		return nil, err
	}
	s.buf = make([]byte, header.Size, header.Size+readSize)
	if _, err := io.ReadFull(s.in, s.buf); err != nil {
		return nil, err
	}
	if s.Header, err = ParseHeader(s.buf); err != nil {
		return nil, err
	}
	s.offset = int64(s.Size)
	return s, nil
}

// header looks ahead as far as the header goes.
func (s *Stream) header() (Header, error) {
	for size := readSize; ; size *= 2 {
		// A reader of twice the size takes over what the smaller one has read.
		s.in = bufio.NewReaderSize(s.in, size)
		head, readErr := s.in.Peek(size)
		if readErr != nil && readErr != io.EOF {
			return Header{}, readErr
		}
		header, err := parseHeader(head)
		switch {
		case err == nil:
			return header, nil
		case err.need == 0 || readErr == io.EOF:
			return Header{}, err
		case size >= maxHeader || err.need > maxHeader:
			return Header{}, broken(0, "the header takes more than %d bytes", maxHeader)
		}
	}
}

// Next returns the next block as a container of its own, with the stream's
// header, and how many objects it claims to hold. The bytes are valid until
// the next call. It returns io.EOF after the last block.
func (s *Stream) Next() ([]byte, int, error) {
	head, err := s.in.Peek(2 * maxVarint)
	if err != nil && err != io.EOF {
		return nil, 0, err
	}
	if len(head) == 0 {
		return nil, 0, io.EOF
	}
	size, broke := s.frameSize(head)
	if broke != nil {
		return nil, 0, s.place(broke, 0)
	}
	if err := s.read(size); err != nil {
		return nil, 0, err
	}
	// What was cut short is found out here, as it is in memory.
	frame, broke := parseFrame(s.buf, s.Size, s.Sync)
	if broke != nil {
		return nil, 0, s.place(broke, s.Size)
	}
	if frame.objects > maxObjects {
		return nil, 0, s.place(broken(0, "a block claims %d objects", frame.objects), 0)
	}
	s.offset += int64(size)
	return s.buf, int(frame.objects), nil
}

// frameSize returns how many bytes the frame that begins with head takes.
func (s *Stream) frameSize(head []byte) (int, *Error) {
	_, pos, err := long(head, 0, "a block's number of objects")
	if err != nil {
		return 0, err
	}
	size, pos, err := long(head, pos, "the length of a block's data")
	switch {
	case err != nil:
		return 0, err
	case size < 0:
		return 0, broken(0, "a block's data has the negative length %d", size)
	case size > int64(s.maxBlock):
		return 0, broken(0, "a block's data takes %d bytes; at most %d are read", size, s.maxBlock)
	}
	return pos + int(size) + SyncSize, nil
}

// read reads n bytes behind the header, or what there is of them.
func (s *Stream) read(n int) error {
	s.buf = s.buf[:s.Size]
	if cap(s.buf) > s.Size+n+keptScratch {
		s.buf = append(make([]byte, 0, s.Size+n), s.buf...)
	}
	for n > 0 {
		start := len(s.buf)
		step := min(n, growth)
		s.buf = append(s.buf, make([]byte, step)...)
		got, err := io.ReadFull(s.in, s.buf[start:])
		s.buf = s.buf[:start+got]
		switch err {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF:
			return nil
		default:
			return err
		}
		n -= step
	}
	return nil
}

// place returns err with its offset in the stream instead of in a buffer that
// has the block at start.
func (s *Stream) place(err *Error, start int) *Error {
	err.Offset += s.offset - int64(start)
	return err
}

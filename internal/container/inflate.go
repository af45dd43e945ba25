package container

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/snappy"
)

// DefaultMaxBlock is how many bytes a block may inflate to unless told
// otherwise: some eight hundred alerts of 80 KB.
const DefaultMaxBlock = 64 << 20

const (
	// keptScratch is the scratch space that is kept from one container to the
	// next; what a rare large block needed is given back.
	keptScratch = 4 << 20
	// snappyRatio is above what Snappy can compress to: its longest copy gives
	// 64 bytes for 3.
	snappyRatio = 22
	crcSize     = 4
)

// inflater decompresses blocks into scratch space of its own, so that each
// result is valid until the next call.
type inflater struct {
	scratch []byte
	source  bytes.Reader
	flate   io.ReadCloser
}

func (in *inflater) shrink() {
	if cap(in.scratch) > keptScratch {
		in.scratch = nil
	}
}

func (in *inflater) block(codec string, f frame, limit int) ([]byte, *Error) {
	if limit <= 0 {
		limit = DefaultMaxBlock
	}
	if codec == CodecSnappy {
		return in.unsnap(f, limit)
	}
	return in.deflated(f, limit)
}

// deflated inflates raw deflate data (RFC 1951), growing with what comes out
// of it and never beyond the limit.
func (in *inflater) deflated(f frame, limit int) ([]byte, *Error) {
	in.source.Reset(f.data)
	if in.flate == nil {
		in.flate = flate.NewReader(&in.source)
	} else if err := in.flate.(flate.Resetter).Reset(&in.source, nil); err != nil {
		return nil, broken(f.start, "the block's deflate data: %v", err)
	}
	out := in.scratch[:0]
	for {
		if len(out) == cap(out) {
			more := min(max(len(out), 64<<10), limit+1-len(out))
			out = append(out, make([]byte, more)...)[:len(out)]
		}
		n, err := in.flate.Read(out[len(out):cap(out)])
		out = out[:len(out)+n]
		in.scratch = out
		switch {
		case len(out) > limit:
			return nil, tooLarge(f, limit)
		case err == io.EOF:
			return out, nil
		case err != nil:
			return nil, broken(f.start, "the block's deflate data is damaged: %v", err)
		}
	}
}

// unsnap decompresses Snappy data, after which the CRC-32 of what it holds
// stands in four bytes.
func (in *inflater) unsnap(f frame, limit int) ([]byte, *Error) {
	if len(f.data) < crcSize {
		return nil, broken(f.start, "the block's snappy data has %d bytes: too few for its checksum", len(f.data))
	}
	packed, sum := f.data[:len(f.data)-crcSize], f.data[len(f.data)-crcSize:]
	size, err := snappy.DecodedLen(packed)
	switch {
	case err != nil || size > snappyRatio*len(packed):
		return nil, broken(f.start, "the block's snappy data is damaged: its length cannot be right")
	case size > limit:
		return nil, tooLarge(f, limit)
	}
	out, err := snappy.DecodeStrict(in.scratch[:cap(in.scratch)], packed)
	if err != nil {
		return nil, broken(f.start, "the block's snappy data is damaged: %v", err)
	}
	in.scratch = out
	if got, want := crc32.ChecksumIEEE(out), binary.BigEndian.Uint32(sum); got != want {
		return nil, broken(f.start, "the block's snappy data is damaged: its checksum is %08x and says %08x", got, want)
	}
	return out, nil
}

func tooLarge(f frame, limit int) *Error {
	return broken(f.start, "a block of %d bytes inflates to more than %d: refused as a bomb", len(f.data), limit)
}

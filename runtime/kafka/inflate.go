package kafka

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// maxInflated bounds what one compressed record batch may grow to.
const maxInflated = 64 << 20

var errInflated = fmt.Errorf("a compressed record batch grows beyond %d MiB", maxInflated>>20)

// The codes of compression in a record batch.
const (
	codecNone   = 0
	codecGzip   = 1
	codecSnappy = 2
	codecLZ4    = 3
	codecZstd   = 4
)

// inflater undoes the compression of record batches into pooled buffers. It
// serves one goroutine and makes each decoder when it is first needed.
type inflater struct {
	pool   *pool
	source bytes.Reader
	gzip   *gzip.Reader
	lz4    *lz4.Reader
	zstd   *zstd.Decoder
}

func (f *inflater) inflate(codec int, packed []byte) (*buffer, error) {
	var b *buffer
	var err error
	switch codec {
	case codecGzip:
		b, err = f.inflateGzip(packed)
	case codecSnappy:
		b, err = f.inflateSnappy(packed)
	case codecLZ4:
		b, err = f.inflateLZ4(packed)
	case codecZstd:
		b, err = f.inflateZstd(packed)
	default:
		return nil, fmt.Errorf("unknown compression %d of a record batch (known are none, gzip, snappy, lz4, zstd)", codec)
	}
	if err != nil {
		return nil, fmt.Errorf("a compressed record batch cannot be read: %w", err)
	}
	return b, nil
}

func (f *inflater) inflateGzip(packed []byte) (*buffer, error) {
	f.source.Reset(packed)
	if f.gzip == nil {
		f.gzip = new(gzip.Reader)
	}
	if err := f.gzip.Reset(&f.source); err != nil {
		return nil, err
	}
	return f.readAll(f.gzip, 4*len(packed))
}

func (f *inflater) inflateLZ4(packed []byte) (*buffer, error) {
	f.source.Reset(packed)
	if f.lz4 == nil {
		f.lz4 = lz4.NewReader(nil)
	}
	f.lz4.Reset(&f.source)
	return f.readAll(f.lz4, 3*len(packed))
}

// readAll reads r into a buffer that grows from a guess of its size.
func (f *inflater) readAll(r io.Reader, guess int) (*buffer, error) {
	b := f.pool.getNow(min(guess, maxInflated))
	b.bytes = b.bytes[:cap(b.bytes)]
	filled := 0
	for {
		n, err := io.ReadFull(r, b.bytes[filled:])
		filled += n
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			b.bytes = b.bytes[:filled]
			return b, nil
		}
		if err == nil && filled >= maxInflated {
			err = errInflated
		}
		if err != nil {
			b.release()
			return nil, err
		}
		b = f.grow(b)
	}
}

func (f *inflater) grow(b *buffer) *buffer {
	larger := f.pool.getNow(min(2*len(b.bytes), maxInflated+1))
	larger.bytes = larger.bytes[:cap(larger.bytes)]
	copy(larger.bytes, b.bytes)
	b.release()
	return larger
}

func (f *inflater) inflateZstd(packed []byte) (*buffer, error) {
	if f.zstd == nil {
		decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxInflated))
		if err != nil {
			return nil, err
		}
		f.zstd = decoder
	}
	b := f.pool.getNow(zstdSize(packed))
	inflated, err := f.zstd.DecodeAll(packed, b.bytes[:0])
	if err != nil {
		b.release()
		return nil, err
	}
	if cap(inflated) > cap(b.bytes) {
		// The guess was too small and the decoder took memory of its own.
		b.release()
		b = f.pool.getNow(len(inflated))
		copy(b.bytes, inflated)
		return b, nil
	}
	b.bytes = b.bytes[:len(inflated)]
	return b, nil
}

// zstdSize is the size that a frame says it has, or a guess.
func zstdSize(packed []byte) int {
	var h zstd.Header
	if h.Decode(packed) == nil && h.HasFCS && h.FrameContentSize <= uint64(64*len(packed)) {
		return min(int(h.FrameContentSize), maxInflated)
	}
	return min(4*len(packed), maxInflated)
}

// xerial begins snappy data in the framing of the Java library.
const xerial = "\x82SNAPPY\x00"

// maxSnappyRatio is beyond what the format can do: 64 bytes for three.
const maxSnappyRatio = 32

// xerialHeader has two versions of four bytes after the magic.
const xerialHeader = len(xerial) + 8

func (f *inflater) inflateSnappy(packed []byte) (*buffer, error) {
	if !bytes.HasPrefix(packed, []byte(xerial)) || len(packed) < xerialHeader {
		return f.inflateBlocks(packed, func(rest []byte) (block, after []byte, err error) { return rest, nil, nil })
	}
	return f.inflateBlocks(packed[xerialHeader:], cutBlock)
}

// cutBlock takes one block behind its length off framed snappy data.
func cutBlock(rest []byte) (block, after []byte, err error) {
	if len(rest) < 4 {
		return nil, nil, errShort
	}
	n := binary.BigEndian.Uint32(rest)
	rest = rest[4:]
	if uint64(n) > uint64(len(rest)) {
		return nil, nil, errShort
	}
	return rest[:n], rest[n:], nil
}

func (f *inflater) inflateBlocks(packed []byte, cut func([]byte) (block, after []byte, err error)) (*buffer, error) {
	size, err := snappySize(packed, cut)
	if err != nil {
		return nil, err
	}
	b := f.pool.getNow(size)
	filled := 0
	for rest := packed; len(rest) > 0; {
		var block []byte
		// snappySize has seen every cut succeed.
		block, rest, _ = cut(rest)
		inflated, err := snappy.Decode(b.bytes[filled:], block)
		if err != nil {
			b.release()
			return nil, err
		}
		filled += len(inflated)
	}
	b.bytes = b.bytes[:filled]
	return b, nil
}

func snappySize(packed []byte, cut func([]byte) (block, after []byte, err error)) (int, error) {
	size := 0
	for rest := packed; len(rest) > 0; {
		block, after, err := cut(rest)
		if err != nil {
			return 0, err
		}
		n, err := snappy.DecodedLen(block)
		if err != nil {
			return 0, err
		}
		if size += n; size > maxInflated {
			return 0, errInflated
		}
		if n > maxSnappyRatio*len(block) {
			return 0, errShort
		}
		rest = after
	}
	return size, nil
}

package kafka

import (
	"encoding/binary"
	"hash/crc32"
	"io"
	"time"

	"github.com/skysift/skysift/runtime"
)

const (
	// inlineValue is the size up to which a value is copied next to its frame;
	// larger ones are written from where they lie.
	inlineValue = 4 << 10
	// noTime is the timestamp of a record that has none.
	noTime = -1
)

// recordBatch is a record batch of format 2 in the making. Large values are
// not copied: until the batch is acknowledged they must not change.
type recordBatch struct {
	// framed is everything but the large values, which stand between: each
	// insert's value before framed[at].
	framed  []byte
	inserts []insert
	size    int
	count   int

	baseTime, maxTime int64
	headers           []runtime.Header
}

type insert struct {
	at    int
	value []byte
}

func (b *recordBatch) reset() {
	if b.framed == nil {
		b.framed = make([]byte, 0, 4<<10)
	}
	b.framed = b.framed[:batchHead]
	clear(b.framed)
	clear(b.inserts)
	b.inserts = b.inserts[:0]
	b.size, b.count = batchHead, 0
	b.baseTime, b.maxTime = noTime, noTime
}

// add appends an output unless the batch would become larger than limit, and
// says whether it did. An empty batch takes it whatever its size.
func (b *recordBatch) add(o *runtime.Output, limit int) bool {
	at := millis(o.Time)
	if b.count == 0 {
		b.baseTime, b.maxTime = at, at
	}
	b.headers = o.AppendHeaders(b.headers[:0])
	body := b.bodySize(o, at)
	size := varintSize(int64(body)) + body
	if b.count > 0 && b.size+size > limit {
		return false
	}
	b.maxTime = max(b.maxTime, at)
	b.frame(o, at, body)
	b.size += size
	b.count++
	return true
}

func (b *recordBatch) bodySize(o *runtime.Output, at int64) int {
	n := 1 + varintSize(at-b.baseTime) + varintSize(int64(b.count))
	n += bytesSize(o.Key) + bytesSize(o.Value) + varintSize(int64(len(b.headers)))
	for _, h := range b.headers {
		n += varintSize(int64(len(h.Key))) + len(h.Key) + bytesSize(h.Value)
	}
	return n
}

func (b *recordBatch) frame(o *runtime.Output, at int64, body int) {
	f := binary.AppendVarint(b.framed, int64(body))
	f = append(f, 0) // attributes
	f = binary.AppendVarint(f, at-b.baseTime)
	f = binary.AppendVarint(f, int64(b.count))
	f = appendBytes(f, o.Key)
	if len(o.Value) > inlineValue {
		f = binary.AppendVarint(f, int64(len(o.Value)))
		b.inserts = append(b.inserts, insert{at: len(f), value: o.Value})
	} else {
		f = appendBytes(f, o.Value)
	}
	f = binary.AppendVarint(f, int64(len(b.headers)))
	for _, h := range b.headers {
		f = binary.AppendVarint(f, int64(len(h.Key)))
		f = append(f, h.Key...)
		f = appendBytes(f, h.Value)
	}
	b.framed = f
}

// seal writes the head: the batch as this producer's, from this sequence on.
func (b *recordBatch) seal(p producer, sequence int32) {
	h := b.framed[:0]
	h = appendInt64(h, 0) // the broker gives the offset
	h = appendInt32(h, int32(b.size-batchPrefix))
	h = appendInt32(h, -1) // leader epoch, the broker's too
	h = append(h, 2)
	h = appendInt32(h, 0) // checksum, below
	h = appendInt16(h, 0) // no compression, the producer's time
	h = appendInt32(h, int32(b.count-1))
	h = appendInt64(h, b.baseTime)
	h = appendInt64(h, b.maxTime)
	h = appendInt64(h, p.id)
	h = appendInt16(h, p.epoch)
	h = appendInt32(h, sequence)
	appendInt32(h, int32(b.count))
	var sum uint32
	b.pieces(func(piece []byte, first bool) error {
		if first {
			piece = piece[batchCRCStart:]
		}
		sum = crc32.Update(sum, castagnoli(), piece)
		return nil
	})
	binary.BigEndian.PutUint32(b.framed[batchCRCAt:], sum)
}

// writeTo writes the batch behind the start of a request.
func (b *recordBatch) writeTo(w io.Writer, start []byte) error {
	return b.pieces(func(piece []byte, first bool) error {
		if first {
			piece = append(start, piece...)
		}
		_, err := w.Write(piece)
		return err
	})
}

// pieces calls each for the batch's bytes in order, the head in the first.
func (b *recordBatch) pieces(each func(piece []byte, first bool) error) error {
	from := 0
	for _, in := range b.inserts {
		if err := each(b.framed[from:in.at], from == 0); err != nil {
			return err
		}
		if err := each(in.value, false); err != nil {
			return err
		}
		from = in.at
	}
	return each(b.framed[from:], from == 0)
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return noTime
	}
	return t.UnixMilli()
}

// appendBytes appends bytes behind their length; nil is null.
func appendBytes(b, v []byte) []byte {
	if v == nil {
		return binary.AppendVarint(b, -1)
	}
	b = binary.AppendVarint(b, int64(len(v)))
	return append(b, v...)
}

func bytesSize(v []byte) int {
	if v == nil {
		return 1
	}
	return varintSize(int64(len(v))) + len(v)
}

// varintSize is the length of v in zigzag encoding.
func varintSize(v int64) int {
	u := uint64(v)<<1 ^ uint64(v>>63)
	n := 1
	for ; u >= 0x80; u >>= 7 {
		n++
	}
	return n
}

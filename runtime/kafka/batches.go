package kafka

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"time"

	"github.com/skysift/skysift/runtime"
)

// The layout of a record batch's head (format 2, since Kafka 0.11).
const (
	batchPrefix   = 12 // base offset and length
	batchHead     = 61
	batchMagicAt  = 16
	batchCRCAt    = 17
	batchCRCStart = 21 // the checksum covers all from the attributes on
)

// The attributes of a record batch.
const (
	attributeCodec         = 0x07
	attributeLogAppendTime = 0x08
	attributeTransactional = 0x10
	attributeControl       = 0x20
)

// errChecksum and errFormat tell damaged and foreign batches apart.
var (
	errChecksum = errors.New("checksum of a record batch is wrong: its bytes were damaged on the way or on the broker's disk")
	errFormat   = errors.New("a record batch is not of format 2: it was written before Kafka 0.11; copy the topic with a current client")
	errDamaged  = errors.New("a record batch contradicts itself")
)

// errPartial says that the first batch did not fit the answer; need bytes would.
type errPartial struct{ need int }

func (e errPartial) Error() string {
	return fmt.Sprintf("a record batch of %d bytes did not fit the answer", e.need)
}

// head is a record batch's head.
type head struct {
	baseOffset int64
	attributes int16
	lastOffset int64
	baseTime   int64
	maxTime    int64
	producer   int64
	count      int
}

// aborted is one aborted transaction in an answer's range.
type aborted struct {
	producer    int64
	firstOffset int64
}

// batches reads the record batches of one answer, in place: what it appends to
// records refers to the answer's bytes or to those of an inflated buffer.
//
// Invariant: every record below next was appended, is out of the asked range,
// or belongs to an aborted transaction or to the log itself.
type batches struct {
	topic     string
	partition int
	// next is the offset that follows what was read.
	next int64
	// end is where reading stops; records from there on are left out.
	end int64

	rest  []byte
	begun bool // a whole batch was read
	// transactions aborted, in order of their first offsets; nil unless only
	// committed records are read.
	aborted []aborted
	inside  map[int64]bool // producers of aborted transactions we are inside

	inflater *inflater
	names    *names
}

// more says that there may be further records.
func (r *batches) more() bool { return len(r.rest) > 0 && r.next < r.end }

// read appends the records of the next batch to p.
func (r *batches) read(p *parcel) error {
	batch, err := r.cut()
	if err != nil || batch == nil {
		r.rest = nil
		if r.begun && errors.As(err, new(errPartial)) {
			return nil // the answer ends within a batch, which comes again whole
		}
		return err
	}
	r.begun = true
	h, err := readHead(batch)
	if err != nil {
		return fmt.Errorf("at offset %d: %w", r.next, err)
	}
	if r.wanted(h, batch) {
		if err := r.records(h, batch[batchHead:], p); err != nil {
			return fmt.Errorf("batch at offset %d: %w", h.baseOffset, err)
		}
	}
	r.next = min(max(r.next, h.lastOffset+1), max(r.end, r.next))
	return nil
}

// cut takes the next whole batch off; nil when only a part is left.
func (r *batches) cut() ([]byte, error) {
	if len(r.rest) < batchPrefix {
		return nil, nil
	}
	n := int64(int32(binary.BigEndian.Uint32(r.rest[8:])))
	if n < batchHead-batchPrefix {
		if len(r.rest) > batchMagicAt && r.rest[batchMagicAt] < 2 {
			return nil, errFormat
		}
		return nil, errDamaged
	}
	if n+batchPrefix > int64(len(r.rest)) {
		return nil, errPartial{need: int(n) + batchPrefix}
	}
	batch := r.rest[:n+batchPrefix]
	r.rest = r.rest[n+batchPrefix:]
	return batch, nil
}

func readHead(batch []byte) (head, error) {
	if batch[batchMagicAt] != 2 {
		return head{}, errFormat
	}
	if binary.BigEndian.Uint32(batch[batchCRCAt:]) != crc32.Checksum(batch[batchCRCStart:], castagnoli()) {
		return head{}, errChecksum
	}
	w := wire{b: batch}
	h := head{baseOffset: w.int64()}
	w.take(batchCRCStart - 8)
	h.attributes = w.int16()
	h.lastOffset = h.baseOffset + int64(w.int32())
	h.baseTime, h.maxTime = w.int64(), w.int64()
	h.producer = w.int64()
	w.take(2 + 4) // the producer's epoch and sequence
	h.count = int(w.int32())
	if h.baseOffset < 0 || h.lastOffset < h.baseOffset || h.count < 0 {
		return head{}, errDamaged
	}
	return h, w.err
}

// wanted says whether the batch's records are to be handed on, and follows the
// aborted transactions.
func (r *batches) wanted(h head, batch []byte) bool {
	for len(r.aborted) > 0 && r.aborted[0].firstOffset <= h.lastOffset {
		if r.inside == nil {
			r.inside = make(map[int64]bool)
		}
		r.inside[r.aborted[0].producer] = true
		r.aborted = r.aborted[1:]
	}
	if h.attributes&attributeControl != 0 {
		if aborts(batch[batchHead:]) {
			delete(r.inside, h.producer)
		}
		return false
	}
	if h.attributes&attributeTransactional != 0 && r.inside[h.producer] {
		return false
	}
	return h.lastOffset >= r.next && h.baseOffset < r.end
}

// aborts says whether a control batch's record ends a transaction by aborting it.
func aborts(records []byte) bool {
	w := wire{b: records}
	w.varint() // length
	w.int8()   // attributes
	w.varint() // time
	w.varint() // offset
	key := wire{b: w.bytes()}
	key.int16() // version
	kind := key.int16()
	return w.err == nil && key.err == nil && kind == 0
}

// minRecord is the least a record takes: a length and six fields of a byte.
const minRecord = 7

func (r *batches) records(h head, body []byte, p *parcel) error {
	if codec := int(h.attributes & attributeCodec); codec != codecNone {
		inflated, err := r.inflater.inflate(codec, body)
		if err != nil {
			return err
		}
		p.hold(inflated)
		body = inflated.bytes
	}
	if h.count > len(body)/minRecord {
		return errDamaged
	}
	w := wire{b: body}
	for range h.count {
		if err := r.record(h, &w, p); err != nil {
			return err
		}
	}
	return nil
}

func (r *batches) record(h head, w *wire, p *parcel) error {
	length := w.varint()
	if length < 0 || length > int64(len(w.b)) {
		return errDamaged
	}
	one := wire{b: w.take(int(length))}
	one.int8() // attributes, unused
	at, offset := h.baseTime+one.varint(), h.baseOffset+one.varint()
	if h.attributes&attributeLogAppendTime != 0 {
		at = h.maxTime
	}
	record := runtime.Record{
		Topic: r.topic, Partition: r.partition, Offset: offset, Time: timeOf(at),
		Key: one.bytes(), Value: one.bytes(),
	}
	if one.err != nil || offset > h.lastOffset {
		return errDamaged
	}
	if offset < r.next || offset >= r.end {
		return nil
	}
	headers, err := r.headers(&one, p)
	record.Headers = headers
	p.records = append(p.records, record)
	return err
}

func (r *batches) headers(w *wire, p *parcel) ([]runtime.Header, error) {
	n := w.varint()
	if w.err != nil || n < 0 || n > int64(len(w.b)/2) {
		return nil, errDamaged
	}
	if n == 0 {
		return nil, nil
	}
	first := len(p.headers)
	for range n {
		p.headers = append(p.headers, runtime.Header{Key: r.names.of(w.bytes()), Value: w.bytes()})
	}
	if w.err != nil {
		return nil, errDamaged
	}
	return p.headers[first:len(p.headers):len(p.headers)], nil
}

// timeOf is the time of a record; the zero time where it has none.
func timeOf(millis int64) time.Time {
	if millis < 0 {
		return time.Time{}
	}
	return time.UnixMilli(millis)
}

// castagnoli is the polynomial of the batches' checksum; crc32 makes it once.
func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

// names remembers the keys of headers, which are few, so that each needs no
// string of its own.
type names struct{ known map[string]string }

// maxNames bounds what is remembered of keys that differ from record to record.
const maxNames = 256

func (n *names) of(key []byte) string {
	if name, ok := n.known[string(key)]; ok {
		return name
	}
	if n.known == nil || len(n.known) >= maxNames {
		n.known = make(map[string]string)
	}
	name := string(key)
	n.known[name] = name
	return name
}

// offsetAfter looks through the heads of record batches for the offset that
// follows the last whole one; otherwise where there is none.
func offsetAfter(records []byte, otherwise int64) int64 {
	next := otherwise
	for len(records) >= batchHead {
		n := int64(int32(binary.BigEndian.Uint32(records[8:])))
		if n < batchHead-batchPrefix || n+batchPrefix > int64(len(records)) {
			break
		}
		base := int64(binary.BigEndian.Uint64(records))
		delta := int64(int32(binary.BigEndian.Uint32(records[batchCRCStart+2:])))
		next = max(next, base+delta+1)
		records = records[n+batchPrefix:]
	}
	return next
}

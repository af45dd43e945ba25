package kafka

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"github.com/segmentio/kafka-go/protocol"
)

// The versions of Fetch that are spoken here: from record batches of format 2
// to the last that kafka-go negotiates.
const (
	fetchOldest = 4
	fetchNewest = 11
)

// fetcher fetches from one partition.
type fetcher struct {
	cluster   *cluster
	pool      *pool
	topic     string
	partition int
	committed bool // only committed records
	maxWait   time.Duration
}

// answer is a fetch's answer, read once into a buffer.
type answer struct {
	buffer *buffer
	err    error // the broker's, for this partition

	highWatermark int64
	lastStable    int64
	logStart      int64
	aborted       []aborted
	records       []byte
}

// fetch asks the leader for records from offset on, at most maxBytes unless
// the first batch alone is larger. The answer's buffer is the caller's.
func (f *fetcher) fetch(ctx context.Context, offset int64, maxBytes int) (*answer, error) {
	broker, err := f.cluster.leader(ctx, f.topic, f.partition)
	if err != nil {
		return nil, err
	}
	var a *answer
	x := &exchange{key: protocol.Fetch, broker: broker}
	x.do = func(rw io.ReadWriter, version int16) error {
		if version < fetchOldest || version > fetchNewest {
			return fmt.Errorf("the broker speaks no version of Fetch from %d to %d: Kafka 0.11 or later is needed", fetchOldest, fetchNewest)
		}
		if _, err := rw.Write(f.request(version, offset, maxBytes)); err != nil {
			return err
		}
		var err error
		a, err = f.answer(ctx, rw, version)
		return err
	}
	if err := f.cluster.send(ctx, x, f.maxWait+requestTimeout); err != nil {
		if a != nil {
			a.buffer.release()
		}
		return nil, err
	}
	return a, nil
}

// request encodes a Fetch of one partition, outside of any fetch session.
func (f *fetcher) request(version int16, offset int64, maxBytes int) []byte {
	b := make([]byte, 4, 128+len(f.topic)+len(f.cluster.dialer.ClientID))
	b = appendInt16(b, int16(protocol.Fetch))
	b = appendInt16(b, version)
	b = appendInt32(b, 1) // correlation
	b = appendString(b, f.cluster.dialer.ClientID)
	b = appendInt32(b, -1) // no replica
	b = appendInt32(b, int32(f.maxWait.Milliseconds()))
	b = appendInt32(b, 1) // at least a byte
	b = appendInt32(b, int32(maxBytes))
	b = append(b, f.isolation())
	if version >= 7 {
		b = appendInt32(b, 0)  // no session
		b = appendInt32(b, -1) // nor one to begin
	}
	b = appendInt32(b, 1)
	b = appendString(b, f.topic)
	b = appendInt32(b, 1)
	b = f.appendPartition(b, version, offset, maxBytes)
	if version >= 7 {
		b = appendInt32(b, 0) // no topics forgotten
	}
	if version >= 11 {
		b = appendString(b, "") // no rack
	}
	binary.BigEndian.PutUint32(b, uint32(len(b)-4))
	return b
}

func (f *fetcher) appendPartition(b []byte, version int16, offset int64, maxBytes int) []byte {
	b = appendInt32(b, int32(f.partition))
	if version >= 9 {
		b = appendInt32(b, -1) // the leader's epoch is not known
	}
	b = appendInt64(b, offset)
	if version >= 5 {
		b = appendInt64(b, -1) // log start, which followers send
	}
	return appendInt32(b, int32(maxBytes))
}

func (f *fetcher) isolation() byte {
	if f.committed {
		return 1
	}
	return 0
}

// answer reads a fetch's answer.
func (f *fetcher) answer(ctx context.Context, r io.Reader, version int16) (*answer, error) {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	n := int64(int32(binary.BigEndian.Uint32(size[:])))
	if n < 0 || n > max(f.pool.limit, minFetch) {
		return nil, fmt.Errorf("an answer of %d bytes is beyond the budget of %d: a record batch is larger than that, raise the budget", n, f.pool.limit)
	}
	b, err := f.pool.get(ctx, int(n))
	if err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(r, b.bytes); err != nil {
		b.release()
		return nil, err
	}
	a := &answer{buffer: b}
	if err := a.parse(version); err != nil {
		b.release()
		return nil, fmt.Errorf("the answer to a fetch of %s/%d cannot be read: %w", f.topic, f.partition, err)
	}
	return a, nil
}

// parse reads all but the record batches, which it leaves in records.
func (a *answer) parse(version int16) error {
	w := wire{b: a.buffer.bytes}
	w.int32() // correlation: there is one request at a time
	w.int32() // throttled; the broker mutes the connection itself
	if version >= 7 {
		if a.err = kafkaError(w.int16()); a.err != nil {
			return w.err
		}
		w.int32() // session
	}
	if w.count(8) != 1 {
		return errShort
	}
	w.string() // topic
	if w.count(8) != 1 {
		return errShort
	}
	w.int32() // partition
	a.err = kafkaError(w.int16())
	a.highWatermark, a.lastStable = w.int64(), w.int64()
	a.logStart = -1
	if version >= 5 {
		a.logStart = w.int64()
	}
	a.aborted = make([]aborted, w.count(16))
	for i := range a.aborted {
		a.aborted[i] = aborted{producer: w.int64(), firstOffset: w.int64()}
	}
	if version >= 11 {
		w.int32() // a better replica to read from: none without a rack
	}
	n := w.int32()
	if n > 0 {
		a.records = w.take(int(n))
	}
	return w.err
}

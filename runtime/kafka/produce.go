package kafka

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/initproducerid"
)

const (
	// The versions of Produce that are spoken here.
	produceOldest = 3
	produceNewest = 8
	// acknowledgeTimeout is how long a broker waits for the replicas.
	acknowledgeTimeout = 10 * time.Second
	// maxProduceAnswer bounds the answer about one batch, in bytes.
	maxProduceAnswer = 1 << 20
)

// refusal is a broker's answer that a batch as it is can never be written.
type refusal struct {
	err    error
	detail string
}

func (r *refusal) Error() string {
	if r.detail == "" {
		return r.err.Error()
	}
	return r.err.Error() + ": " + r.detail
}

func (r *refusal) Unwrap() error { return r.err }

// produce sends a batch to the leader of a partition and returns when all
// in-sync replicas have it. The batch must be sealed.
func (c *cluster) produce(ctx context.Context, at place, batch *recordBatch) error {
	broker, err := c.leader(ctx, at.topic, at.partition)
	if err != nil {
		return err
	}
	var outcome error
	x := &exchange{key: protocol.Produce, broker: broker}
	x.do = func(rw io.ReadWriter, version int16) error {
		if version < produceOldest || version > produceNewest {
			return fmt.Errorf("the broker speaks no version of Produce from %d to %d", produceOldest, produceNewest)
		}
		if err := batch.writeTo(rw, c.produceStart(version, at, batch.size)); err != nil {
			return err
		}
		var err error
		outcome, err = readProduced(rw, version)
		return err
	}
	if err := c.send(ctx, x, acknowledgeTimeout+requestTimeout); err != nil {
		return err
	}
	return outcome
}

// produceStart encodes a Produce request up to the batch, which ends it.
func (c *cluster) produceStart(version int16, at place, size int) []byte {
	b := make([]byte, 4, 512)
	b = appendInt16(b, int16(protocol.Produce))
	b = appendInt16(b, version)
	b = appendInt32(b, 1) // correlation
	b = appendString(b, c.dialer.ClientID)
	b = appendInt16(b, -1) // no transaction
	b = appendInt16(b, -1) // acknowledged by all in-sync replicas
	b = appendInt32(b, int32(acknowledgeTimeout.Milliseconds()))
	b = appendInt32(b, 1)
	b = appendString(b, at.topic)
	b = appendInt32(b, 1)
	b = appendInt32(b, int32(at.partition))
	b = appendInt32(b, int32(size))
	binary.BigEndian.PutUint32(b, uint32(len(b)-4+size))
	return b
}

// readProduced reads the answer: outcome is the broker's, err the connection's.
func readProduced(r io.Reader, version int16) (outcome, err error) {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	n := int32(binary.BigEndian.Uint32(size[:]))
	if n < 0 || n > maxProduceAnswer {
		return nil, fmt.Errorf("an answer of %d bytes to a batch", n)
	}
	w := wire{b: make([]byte, n)}
	if _, err := io.ReadFull(r, w.b); err != nil {
		return nil, err
	}
	w.int32() // correlation
	if w.count(8) != 1 {
		return nil, errShort
	}
	w.string()
	if w.count(16) != 1 {
		return nil, errShort
	}
	w.int32() // partition
	code := w.int16()
	w.int64() // base offset
	w.int64() // log append time
	if version >= 5 {
		w.int64() // log start
	}
	detail := ""
	if version >= 8 {
		for range w.count(6) {
			w.int32()
			detail = w.string()
		}
		if whole := w.string(); detail == "" {
			detail = whole
		}
	}
	return judgeProduced(kafkaError(code), detail), w.err
}

// judgeProduced sets apart what is written after all, and what never will be.
func judgeProduced(err error, detail string) error {
	switch err {
	case nil, kafkago.DuplicateSequenceNumber:
		// A repetition of a batch whose acknowledgement was lost.
		return nil
	case kafkago.MessageSizeTooLarge, kafkago.RecordListTooLarge, kafkago.InvalidTimestamp,
		kafkago.InvalidRecord, kafkago.UnsupportedForMessageFormat, kafkago.InvalidMessageSize:
		return &refusal{err, detail}
	}
	return err
}

// producer is an identity by which brokers know repetitions; noProducer none.
type producer struct {
	id    int64
	epoch int16
}

var noProducer = producer{id: -1, epoch: -1}

// newProducer asks for an identity.
func (c *cluster) newProducer(ctx context.Context) (producer, error) {
	response, err := ask[*initproducerid.Response](ctx, c, anyBroker, &initproducerid.Request{ProducerID: -1, ProducerEpoch: -1})
	if err == nil {
		err = kafkaError(response.ErrorCode)
	}
	if err != nil {
		return noProducer, fmt.Errorf("asking for a producer id: %w", err)
	}
	return producer{response.ProducerID, response.ProducerEpoch}, nil
}

package archive

import (
	"context"
	"errors"
	"io"

	"github.com/skysift/skysift/runtime"
)

const (
	// batchBytes is large beside an alert (70 KB), so that the cost of a batch
	// is shared by many, and small beside memory: three batches exist at once.
	batchBytes = 2 << 20
	// batchRecords bounds batches of very small alerts.
	batchRecords = 1024
	// maxWhole is the largest file that is one record. A larger container is
	// read block by block.
	maxWhole = 16 << 20
)

// errLarge says that there are more bytes than fit a record.
var errLarge = errors.New("larger than one record may be")

// gatherer gathers records into batches and sends them on.
//
// Invariant: the values of records lie in buffer or, where it had to grow for
// one of them, in the buffers before it; a buffer is written again only when
// the batch that it went out with has been released.
type gatherer struct {
	ctx     context.Context
	out     chan runtime.Batch
	spare   chan []byte
	buffer  []byte
	records []runtime.Record
	sent    int64
}

func newGatherer(ctx context.Context) *gatherer {
	return &gatherer{ctx: ctx, out: make(chan runtime.Batch, 1), spare: make(chan []byte, 2)}
}

// read appends the whole of in, about size bytes (-1: unknown), to the buffer
// and returns them. After errLarge they are in's first maxWhole bytes.
func (g *gatherer) read(in io.Reader, size int64) ([]byte, error) {
	want := int(min(max(size, 0), maxWhole)) + 1 // one more byte shows the end
	if err := g.before(want); err != nil {
		return nil, err
	}
	start := len(g.buffer)
	for {
		if len(g.buffer)-start > maxWhole {
			g.buffer = g.buffer[:start+maxWhole+1]
			return g.buffer[start : start+maxWhole+1 : start+maxWhole+1], errLarge
		}
		if len(g.buffer) == cap(g.buffer) {
			start = g.grow(start)
		}
		n, err := in.Read(g.buffer[len(g.buffer):cap(g.buffer)])
		g.buffer = g.buffer[:len(g.buffer)+n]
		if err == io.EOF {
			return g.buffer[start:len(g.buffer):len(g.buffer)], nil
		}
		if err != nil {
			g.buffer = g.buffer[:start]
			return nil, err
		}
	}
}

// keep appends a copy of value to the buffer and returns it.
func (g *gatherer) keep(value []byte) ([]byte, error) {
	if err := g.before(len(value)); err != nil {
		return nil, err
	}
	start := len(g.buffer)
	g.buffer = append(g.buffer, value...)
	return g.buffer[start:len(g.buffer):len(g.buffer)], nil
}

// before makes room for n bytes, sending what is gathered if it takes that.
func (g *gatherer) before(n int) error {
	if len(g.records) > 0 && len(g.buffer)+n > batchBytes {
		if err := g.flush(); err != nil {
			return err
		}
	}
	g.reserve(n)
	return nil
}

// reserve makes room for n bytes, in a spare buffer where there is one.
func (g *gatherer) reserve(n int) {
	if g.buffer == nil {
		select {
		case g.buffer = <-g.spare:
		default:
			g.buffer = make([]byte, 0, max(batchBytes, n))
		}
	}
	if cap(g.buffer)-len(g.buffer) < n {
		g.buffer = make([]byte, 0, max(batchBytes, n))
	}
}

// grow moves the bytes from start on to a larger buffer, and returns where
// they start there.
func (g *gatherer) grow(start int) int {
	held := g.buffer[start:]
	g.buffer = append(make([]byte, 0, max(batchBytes, 2*len(held))), held...)
	return 0
}

// add makes value, which read returned, the record of the alerts of name from
// number first on.
func (g *gatherer) add(name string, first int64, value []byte) error {
	g.records = append(g.records, runtime.Record{Topic: name, Offset: first, Value: value, File: true})
	if len(g.buffer) >= batchBytes || len(g.records) >= batchRecords {
		return g.flush()
	}
	return nil
}

// flush sends the batch, waiting until the one before has been taken.
func (g *gatherer) flush() error {
	if len(g.records) == 0 {
		return g.ctx.Err()
	}
	g.sent += int64(len(g.records))
	buffer := g.buffer
	batch := runtime.Batch{Records: g.records, Next: g.sent, Free: func() { g.free(buffer) }}
	g.buffer, g.records = nil, make([]runtime.Record, 0, len(g.records))
	select {
	case g.out <- batch:
		return nil
	case <-g.ctx.Done():
		return g.ctx.Err()
	}
}

// detach leaves the bytes last read to the caller: no batch will free them.
func (g *gatherer) detach() { g.buffer = nil }

// free takes a buffer back, unless it is one that an odd large record needed.
func (g *gatherer) free(buffer []byte) {
	if cap(buffer) == 0 || cap(buffer) > 2*batchBytes {
		return
	}
	select {
	case g.spare <- buffer[:0]:
	default:
	}
}

package kafka

import (
	"sync"

	"github.com/skysift/skysift/runtime"
)

// parcel is what one Fetch hands out: records, and the buffers that their
// bytes lie in.
type parcel struct {
	records []runtime.Record
	headers []runtime.Header
	buffers []*buffer
	home    *parcels
}

// parcels keeps parcels for further use; the zero value is ready.
type parcels struct{ pool sync.Pool }

func (h *parcels) get() *parcel {
	if p, ok := h.pool.Get().(*parcel); ok {
		return p
	}
	return &parcel{home: h}
}

// hold keeps a buffer until the parcel is freed.
func (p *parcel) hold(b *buffer) { p.buffers = append(p.buffers, b) }

// size is the sum of what the held buffers can take.
func (p *parcel) size() int {
	size := 0
	for _, b := range p.buffers {
		size += cap(b.bytes)
	}
	return size
}

// free gives all back. Whoever still reads the records then reads others.
func (p *parcel) free() {
	for i, b := range p.buffers {
		b.release()
		p.buffers[i] = nil
	}
	clear(p.records)
	clear(p.headers)
	p.records, p.headers, p.buffers = p.records[:0], p.headers[:0], p.buffers[:0]
	p.home.pool.Put(p)
}

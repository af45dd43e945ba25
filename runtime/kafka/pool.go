package kafka

import (
	"context"
	"math/bits"
	"sync"
	"sync/atomic"
)

// minBuffer is the smallest buffer the pool makes; larger ones are powers of
// two, or above largeBuffer multiples of it.
const (
	minBuffer   = 16 << 10
	largeBuffer = 8 << 20
)

// pool lends buffers for fetched records and bounds their bytes.
//
// Invariant: used is the sum of the buffers lent, idle that of the free ones;
// idle buffers are dropped before their sum with used passes limit. A wait in
// get ends, since whoever holds a buffer gives it back without getting another:
// what is inflated on the way is lent without waiting.
type pool struct {
	limit int64

	mu    sync.Mutex
	used  int64
	idle  int64
	free  map[int][]*buffer // by size
	freed chan struct{}     // closed when bytes are given back
}

// buffer is lent memory. Who holds a reference may read it.
type buffer struct {
	bytes []byte
	pool  *pool
	refs  atomic.Int32
}

func newPool(limit int64) *pool {
	return &pool{limit: limit, free: make(map[int][]*buffer), freed: make(chan struct{})}
}

// get lends a buffer of n bytes, waiting until the limit allows for it. A
// buffer larger than the limit is lent when nothing else is.
func (p *pool) get(ctx context.Context, n int) (*buffer, error) {
	size := sizeFor(n)
	for {
		p.mu.Lock()
		if p.used == 0 || p.used+int64(size) <= p.limit {
			b := p.lend(size)
			p.mu.Unlock()
			b.bytes = b.bytes[:n]
			return b, nil
		}
		freed := p.freed
		p.mu.Unlock()
		select {
		case <-freed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// getNow lends a buffer of n bytes even beyond the limit.
func (p *pool) getNow(n int) *buffer {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.lend(sizeFor(n))
	b.bytes = b.bytes[:n]
	return b
}

// lend takes a free buffer or makes one. It is called with the lock held.
func (p *pool) lend(size int) *buffer {
	p.used += int64(size)
	var b *buffer
	if free := p.free[size]; len(free) > 0 {
		b = free[len(free)-1]
		p.free[size] = free[:len(free)-1]
		p.idle -= int64(size)
	} else {
		p.dropIdle()
		b = &buffer{bytes: make([]byte, size), pool: p}
	}
	b.refs.Store(1)
	return b
}

// dropIdle leaves free buffers to the garbage collector until all fit the limit.
func (p *pool) dropIdle() {
	for size, free := range p.free {
		for len(free) > 0 && p.used+p.idle > p.limit {
			free = free[:len(free)-1]
			p.idle -= int64(size)
		}
		p.free[size] = free
	}
}

func (b *buffer) retain() { b.refs.Add(1) }

// release gives the buffer back when nobody else holds it.
func (b *buffer) release() {
	if b.refs.Add(-1) > 0 {
		return
	}
	p, size := b.pool, cap(b.bytes)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.used -= int64(size)
	if p.used+p.idle+int64(size) <= p.limit {
		p.idle += int64(size)
		p.free[size] = append(p.free[size], b)
	}
	close(p.freed)
	p.freed = make(chan struct{})
}

func sizeFor(n int) int {
	switch {
	case n <= minBuffer:
		return minBuffer
	case n <= largeBuffer:
		return 1 << bits.Len(uint(n-1))
	}
	return (n + largeBuffer - 1) / largeBuffer * largeBuffer
}

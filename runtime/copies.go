package runtime

import "sync"

// blockSize is how many bytes of records lie together: a block of its own for each
// record costs several times its copying in fresh memory.
const blockSize = 1 << 20

// maxSpare is how many empty blocks are kept for the next records.
const maxSpare = 2

// copies are bytes that outlive the batch they came in. They are given back about in
// the order in which they were taken.
//
// Invariant: a block is used again only when all that was copied into it was given
// back.
type copies struct {
	mu      sync.Mutex
	current *block
	spare   []*block
}

// block is room for copies of several records.
type block struct {
	bytes []byte
	users int
}

// hold returns the block, of room for size bytes, that a record is copied into. It has
// one more user, until drop.
func (c *copies) hold(size int) *block {
	c.mu.Lock()
	defer c.mu.Unlock()
	if size > blockSize {
		return &block{bytes: make([]byte, 0, size), users: 1}
	}
	if c.current == nil || cap(c.current.bytes)-len(c.current.bytes) < size {
		c.current = c.empty()
	}
	c.current.users++
	return c.current
}

func (c *copies) empty() *block {
	if n := len(c.spare); n > 0 {
		b := c.spare[n-1]
		c.spare = c.spare[:n-1]
		return b
	}
	return &block{bytes: make([]byte, 0, blockSize)}
}

// drop gives back what one record has in a block.
func (c *copies) drop(b *block) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if b.users--; b.users > 0 || cap(b.bytes) != blockSize {
		return
	}
	b.bytes = b.bytes[:0]
	if b != c.current && len(c.spare) < maxSpare {
		c.spare = append(c.spare, b)
	}
}

// add copies bytes; nil stays nil. A block has one writer, the partition's worker.
func (b *block) add(from []byte) []byte {
	if from == nil {
		return nil
	}
	start := len(b.bytes)
	b.bytes = append(b.bytes, from...)
	return b.bytes[start:len(b.bytes):len(b.bytes)]
}

package container

import (
	"bytes"
	"io"
)

// frame is one block as it stands in the container.
type frame struct {
	objects int64
	data    []byte // as written: compressed by the codec
	start   int    // of the data
	end     int    // after the sync marker
}

// parseFrame reads the frame at value[pos:], which must not be empty.
func parseFrame(value []byte, pos int, sync []byte) (frame, *Error) {
	objects, start, err := long(value, pos, "a block's number of objects")
	if err != nil {
		return frame{}, err
	}
	if objects < 0 {
		return frame{}, broken(pos, "a block claims %d objects", objects)
	}
	data, end, err := span(value, start, "a block's data")
	if err != nil {
		return frame{}, err
	}
	marker := value[end:min(end+SyncSize, len(value))]
	if !bytes.Equal(marker, sync[:len(marker)]) {
		return frame{}, broken(end, "the block's sync marker is not the header's: the file is damaged, or was joined with another")
	}
	if len(marker) < SyncSize {
		return frame{}, cut(end, end+SyncSize, "cut short: it ends within a block's sync marker")
	}
	return frame{objects: objects, data: data, start: end - len(data), end: end + SyncSize}, nil
}

// Block is the content of one block.
type Block struct {
	// Objects is the number of datums that Data claims to hold: never more
	// than Data has bytes.
	Objects int
	// Data is what the datums were written to, one after another. With the
	// null codec it is a part of the container; otherwise it is valid until
	// the next call of Next or Reset.
	Data []byte
	// Offset is the byte of the container at which the block's data begins.
	Offset int
	// Inflated says that Data was compressed.
	Inflated bool
}

// Reader iterates over the blocks of one container after another.
//
// Invariants:
//   - After a Reset without error every block of the container is complete and
//     closed by the right sync marker: a container cut short is found out
//     before its first block is given.
//   - With the null codec nothing is copied and nothing is allocated.
type Reader struct {
	Header
	// MaxBlock is how many bytes a block may inflate to; 0: DefaultMaxBlock.
	MaxBlock int

	value   []byte
	pos     int
	objects int
	inflate inflater
}

// Reset begins with another container.
func (r *Reader) Reset(value []byte) error {
	r.Header, r.value, r.pos, r.objects = Header{}, nil, 0, 0
	r.inflate.shrink()
	header, err := parseHeader(value)
	if err != nil {
		return err
	}
	objects := int64(0)
	for pos := header.Size; pos < len(value); {
		frame, err := parseFrame(value, pos, header.Sync)
		if err != nil {
			return err
		}
		if objects += frame.objects; objects < 0 || objects > maxObjects {
			return broken(pos, "the blocks claim %d objects and more", frame.objects)
		}
		pos = frame.end
	}
	r.Header, r.value, r.pos, r.objects = header, value, header.Size, int(objects)
	return nil
}

// maxObjects keeps sums of claims within an int.
const maxObjects = 1<<31 - 1

// Objects returns how many objects the blocks of the container claim.
func (r *Reader) Objects() int { return r.objects }

// Next returns the next block, and io.EOF after the last.
func (r *Reader) Next() (Block, error) {
	if r.pos >= len(r.value) {
		return Block{}, io.EOF
	}
	frame, err := parseFrame(r.value, r.pos, r.Sync)
	if err != nil {
		return Block{}, err
	}
	r.pos = frame.end
	block := Block{Objects: int(frame.objects), Data: frame.data, Offset: frame.start}
	if r.Codec != CodecNull {
		block.Inflated = true
		if block.Data, err = r.inflate.block(r.Codec, frame, r.MaxBlock); err != nil {
			return Block{}, err
		}
	}
	if block.Objects > len(block.Data) {
		return Block{}, broken(frame.start, "a block claims %d objects in %d bytes", block.Objects, len(block.Data))
	}
	return block, nil
}

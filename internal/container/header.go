package container

import "bytes"

// SyncSize is the length of the marker that closes the header and each block.
const SyncSize = 16

// The codecs that are read. A header without a codec means null.
const (
	CodecNull    = "null"
	CodecDeflate = "deflate"
	CodecSnappy  = "snappy"
)

const (
	magic     = "Obj\x01"
	schemaKey = "avro.schema"
	codecKey  = "avro.codec"
)

// Header is what stands before the first block. Its slices share the
// container's bytes.
type Header struct {
	// Schema is the writer's schema, as it was written.
	Schema []byte
	// Codec is one of the codecs above.
	Codec string
	Sync  []byte
	// Size is the header's own length: the first block begins there.
	Size int
}

// Is reports whether value begins as a container does.
func Is(value []byte) bool {
	return len(value) >= len(magic) && string(value[:len(magic)]) == magic
}

// ParseHeader reads the header at the start of value.
func ParseHeader(value []byte) (Header, error) {
	h, err := parseHeader(value)
	if err != nil {
		return Header{}, err
	}
	return h, nil
}

func parseHeader(value []byte) (Header, *Error) {
	h := Header{Codec: CodecNull}
	if !Is(value) {
		return h, notContainer(value)
	}
	pos, err := h.parseMetadata(value, len(magic))
	if err != nil {
		return h, err
	}
	if h.Schema == nil {
		return h, broken(len(magic), "the header has no %s", schemaKey)
	}
	h.Size = pos + SyncSize
	if len(value) < h.Size {
		return h, cut(pos, h.Size, "cut short: it ends within the header's sync marker")
	}
	h.Sync = value[pos:h.Size:h.Size]
	return h, nil
}

// parseMetadata reads the header's map, block by block.
func (h *Header) parseMetadata(value []byte, pos int) (int, *Error) {
	for {
		start := pos
		count, pos2, err := long(value, pos, "the header's number of entries")
		if err != nil {
			return pos, err
		}
		pos = pos2
		if count == 0 {
			return pos, nil
		}
		if count < 0 { // then the block's length in bytes follows, which we do not need
			if _, pos, err = long(value, pos, "the length of the header's entries"); err != nil {
				return pos, err
			}
			count = -count
		}
		if count < 0 || count > maxEntries {
			return pos, broken(start, "the header claims %d entries; at most %d are read", count, maxEntries)
		}
		for range count {
			if pos, err = h.parseEntry(value, pos); err != nil {
				return pos, err
			}
		}
	}
}

// maxEntries is far above what any writer has to say of a file.
const maxEntries = 10_000

func (h *Header) parseEntry(value []byte, pos int) (int, *Error) {
	key, pos, err := span(value, pos, "a name in the header")
	if err != nil {
		return pos, err
	}
	start := pos
	entry, pos, err := span(value, pos, "an entry of the header")
	if err != nil {
		return pos, err
	}
	switch string(key) {
	case schemaKey:
		h.Schema = entry
	case codecKey:
		return pos, h.setCodec(entry, start)
	}
	return pos, nil
}

func (h *Header) setCodec(name []byte, pos int) *Error {
	switch string(name) {
	case CodecNull, "":
		h.Codec = CodecNull
	case CodecDeflate:
		h.Codec = CodecDeflate
	case CodecSnappy:
		h.Codec = CodecSnappy
	default:
		return broken(pos, "its blocks are compressed with %.40q; null, deflate and snappy are read", name)
	}
	return nil
}

// notContainer says what the bytes are, as far as their start tells.
func notContainer(value []byte) *Error {
	head := value[:min(len(value), 8)]
	switch {
	case len(value) == 0:
		return cut(0, len(magic), "empty: there is no Avro container in 0 bytes")
	case bytes.HasPrefix(value, []byte("version https://git-lfs")):
		return broken(0, "a Git LFS pointer, not an Avro file: fetch the file itself with git lfs pull")
	case len(value) < len(magic) && magic[:len(value)] == string(value):
		return cut(0, len(magic), "cut short: it ends within the container's magic")
	case value[0] == '{' || value[0] == '[':
		return broken(0, "not an Avro container: it begins with %q, as JSON does", head)
	}
	return broken(0, "not an Avro container: it begins with %q instead of %q; "+
		"if it is a bare Avro datum, its schema must be given", head, magic)
}

package container

import (
	"encoding/binary"
	"io"
)

// blockBytes is how large a written block grows before it is closed.
const blockBytes = 1 << 20

// Writer writes a container of many datums of one schema, with the null codec.
// Datums are gathered into blocks of about a MiB; Flush ends the last.
type Writer struct {
	out     io.Writer
	sync    [SyncSize]byte
	block   []byte
	objects int64
	scratch []byte
}

// NewWriter writes the header to out. The sync marker should be random.
func NewWriter(out io.Writer, schema []byte, sync [SyncSize]byte) (*Writer, error) {
	w := &Writer{out: out, sync: sync}
	_, err := out.Write(appendHeader(nil, schema, sync[:]))
	return w, err
}

// Append adds a datum.
func (w *Writer) Append(datum []byte) error {
	w.block = append(w.block, datum...)
	w.objects++
	if len(w.block) < blockBytes {
		return nil
	}
	return w.Flush()
}

// Flush writes what is gathered as a block.
func (w *Writer) Flush() error {
	if w.objects == 0 {
		return nil
	}
	w.scratch = binary.AppendVarint(binary.AppendVarint(w.scratch[:0], w.objects), int64(len(w.block)))
	for _, part := range [][]byte{w.scratch, w.block, w.sync[:]} {
		if _, err := w.out.Write(part); err != nil {
			return err
		}
	}
	w.block, w.objects = w.block[:0], 0
	return nil
}

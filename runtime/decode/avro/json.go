package avro

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/skysift/skysift/filter"
)

// AppendJSON appends the datum at value[start:], which was written with the
// schema, as JSON, and returns where it ends. A record is an object with its
// fields in their order; a union is the value alone; numbers have every digit
// they need to read back the same, of floats those of 32 bits; NaN and
// infinities are null; bytes and fixed are in base64, enums their symbols.
// What strings have besides UTF-8 becomes U+FFFD.
func (s *Schema) AppendJSON(dst, value []byte, start int) (text []byte, end int, err error) {
	w := jsonWriter{dst: dst}
	w.buf, w.pos = value, start
	w.begin(len(value) - start)
	if err := w.value(s.root); err != nil {
		return dst, 0, fmt.Errorf("avro: %w", err)
	}
	return w.dst, w.pos, nil
}

// jsonWriter reads a datum and writes it as JSON. The schema bounds how deep
// it goes; what takes no bytes of the datum is counted as lists' values are.
type jsonWriter struct {
	cursor
	dst []byte
}

func (w *jsonWriter) value(n *node) error {
	if n.least == 0 {
		if err := w.take(nil, 1); err != nil {
			return err
		}
	}
	switch n.kind {
	case kindNull:
		w.dst = append(w.dst, "null"...)
		return nil
	case kindRecord:
		return w.record(n)
	case kindArray:
		return w.items(n, '[', ']', w.value)
	case kindMap:
		return w.items(n, '{', '}', w.entry)
	case kindUnion:
		start := w.pos
		i, ok := w.long()
		if !ok || i < 0 || i >= int64(len(n.branches)) {
			return w.fault(nil, start, w.badIndex(start, "a union's index", len(n.branches)))
		}
		return w.value(n.branches[i])
	}
	return w.scalar(n)
}

func (w *jsonWriter) record(n *node) error {
	w.dst = append(w.dst, '{')
	first := true
	for i := range n.fields {
		field := &n.fields[i]
		before := len(w.dst)
		if !first {
			w.dst = append(w.dst, ',')
		}
		w.dst = append(filter.AppendJSONString(w.dst, field.name), ':')
		if err := w.value(field.node); err != nil {
			return within(err, field.name)
		}
		if field.shadowed { // a later field has the name
			w.dst = w.dst[:before]
			continue
		}
		first = false
	}
	w.dst = append(w.dst, '}')
	return nil
}

// within names what a fault lies in.
func within(err error, name string) error {
	var f *fault
	if errors.As(err, &f) {
		switch {
		case f.path == "" || f.path[0] == '[':
			f.path = name + f.path
		default:
			f.path = name + "." + f.path
		}
	}
	return err
}

// items writes what an array or a map holds.
func (w *jsonWriter) items(n *node, open, shut byte, item func(*node) error) error {
	least := n.items.least
	if n.kind == kindMap {
		least++ // the key's length
	}
	w.dst = append(w.dst, open)
	first := true
	for {
		count, end, err := w.blockHead(nil, least)
		if err != nil {
			return err
		}
		if count == 0 {
			break
		}
		for ; count > 0; count-- {
			if !first {
				w.dst = append(w.dst, ',')
			}
			first = false
			if err := item(n.items); err != nil {
				return within(err, "[]")
			}
		}
		if err := w.closeBlock(nil, end); err != nil {
			return err
		}
	}
	w.dst = append(w.dst, shut)
	return nil
}

func (w *jsonWriter) entry(n *node) error {
	start := w.pos
	key, ok := w.span()
	if !ok {
		return w.fault(nil, start, w.badSpan(start))
	}
	w.dst = append(filter.AppendJSONString(w.dst, string(key)), ':')
	return w.value(n)
}

// scalar writes a value that holds no others.
func (w *jsonWriter) scalar(n *node) error {
	start := w.pos
	switch n.kind {
	case kindBoolean:
		if b, ok := w.bytes(1); ok && b[0] <= 1 {
			w.dst = strconv.AppendBool(w.dst, b[0] == 1)
			return nil
		}
	case kindInt:
		if i, ok := w.long(); ok {
			w.dst = strconv.AppendInt(w.dst, i, 10)
			return nil
		}
	case kindFloat:
		if b, ok := w.bytes(4); ok {
			w.dst = filter.AppendJSONFloat(w.dst, float64(math.Float32frombits(binary.LittleEndian.Uint32(b))), 32)
			return nil
		}
	case kindDouble:
		if b, ok := w.bytes(8); ok {
			w.dst = filter.AppendJSONFloat(w.dst, math.Float64frombits(binary.LittleEndian.Uint64(b)), 64)
			return nil
		}
	case kindString:
		if b, ok := w.span(); ok {
			w.dst = filter.AppendJSONString(w.dst, string(b))
			return nil
		}
	case kindBytes:
		if b, ok := w.span(); ok {
			w.dst = filter.AppendJSONBytes(w.dst, b)
			return nil
		}
	case kindFixed:
		if b, ok := w.bytes(int64(n.size)); ok {
			w.dst = filter.AppendJSONBytes(w.dst, b)
			return nil
		}
	case kindEnum:
		i, ok := w.long()
		if ok && i >= 0 && i < int64(len(n.symbols)) {
			w.dst = filter.AppendJSONString(w.dst, n.symbols[i])
			return nil
		}
		return w.fault(nil, start, w.badIndex(start, "an enum's index", len(n.symbols)))
	}
	return w.fault(nil, start, fmt.Sprintf("cut short or damaged: %d bytes are left", len(w.buf)-start))
}

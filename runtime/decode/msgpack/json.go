package msgpack

import (
	"fmt"
	"math"
	"strconv"
	"unsafe"

	"github.com/skysift/skysift/filter"
)

// maxListed is how many numbers an array may have to be written out as JSON. A
// spectrum is, an image is not: it would take several times its bytes, and nobody
// reads it.
const maxListed = 10_000

// AppendJSON appends a record's one message as JSON; a name and a document as
// an array of the two. Integers have every digit, floats as many as it takes to
// read back the same, of 32 bits as such; NaN and infinities are null, bytes
// base64. What text has besides UTF-8 becomes U+FFFD. A timestamp is the seconds
// since 1970; another extension is {"extension": its type, "data": base64}.
//
// An array of numpy with up to 10,000 numbers is lists in lists. A larger one is
// what can be told of it: {"shape", "dtype", "min", "max", "mean"}, NaN left out
// of the three; one of no numbers, or of what is no number, its shape and dtype.
func AppendJSON(dst, value []byte) ([]byte, error) {
	w := jsonWriter{dst: dst}
	w.buf = value
	err := w.value(0)
	if err == nil && w.pos < len(value) {
		err = w.fault(w.pos, "another message follows the first")
	}
	if err != nil {
		return dst, fmt.Errorf("msgpack: %w", err)
	}
	return w.dst, nil
}

// jsonWriter reads a message and writes it as JSON.
type jsonWriter struct {
	cursor
	dst []byte
}

func (w *jsonWriter) value(depth int) error {
	start := w.pos
	h, err := w.head()
	if err != nil {
		return err
	}
	switch h.kind {
	case kindList, kindMap:
		if err := w.deeper(depth + 1); err != nil {
			return err
		}
		if h.kind == kindList {
			return w.items(h, depth+1)
		}
		return w.object(h, depth+1)
	case kindString:
		w.text(w.take(h))
	case kindBytes:
		w.dst = filter.AppendJSONBytes(w.dst, w.take(h))
	case kindFloat:
		w.dst = filter.AppendJSONFloat(w.dst, math.Float64frombits(h.bits), 8*(w.pos-start-1))
	case kindUint:
		w.dst = strconv.AppendUint(w.dst, h.bits, 10)
	case kindExtension:
		return w.extension(h)
	default:
		v, err := w.plain(h)
		w.dst = v.AppendJSON(w.dst)
		return err
	}
	return nil
}

func (w *jsonWriter) text(s []byte) {
	w.dst = filter.AppendJSONString(w.dst, unsafe.String(unsafe.SliceData(s), len(s)))
}

func (w *jsonWriter) items(h head, depth int) error {
	w.dst = append(w.dst, '[')
	for i := range h.size {
		if i > 0 {
			w.dst = append(w.dst, ',')
		}
		if err := w.value(depth); err != nil {
			return within(err, item)
		}
	}
	w.dst = append(w.dst, ']')
	return nil
}

func (w *jsonWriter) object(h head, depth int) error {
	if w.isNumpy(h) {
		return w.numpy(h, depth)
	}
	w.dst = append(w.dst, '{')
	for i := range h.size {
		if i > 0 {
			w.dst = append(w.dst, ',')
		}
		key, err := w.key()
		if err != nil {
			return err
		}
		w.text(key)
		w.dst = append(w.dst, ':')
		if err := w.value(depth); err != nil {
			return within(err, key)
		}
	}
	w.dst = append(w.dst, '}')
	return nil
}

func (w *jsonWriter) extension(h head) error {
	if h.bits == timestampType {
		v, err := w.extended(h)
		w.dst = v.AppendJSON(w.dst)
		return err
	}
	w.dst = append(w.dst, `{"extension":`...)
	w.dst = strconv.AppendInt(w.dst, int64(int8(h.bits)), 10)
	w.dst = append(w.dst, `,"data":`...)
	w.dst = append(filter.AppendJSONBytes(w.dst, w.take(h)), '}')
	return nil
}

// numpy writes the array or number behind h.
func (w *jsonWriter) numpy(h head, depth int) error {
	w.shapes = w.shapes[:0]
	b, err := w.block(h, depth)
	if err != nil {
		return err
	}
	if _, err := w.assemble(&b, false); err != nil {
		return err
	}
	t, bigEndian, known := numberType(b.what)
	numbers := filter.Numbers{Type: t, BigEndian: bigEndian, Shape: b.shape, Data: b.data}
	switch {
	case !known:
		w.state(&b, string(b.what), nil)
	case !b.array || len(b.shape) == 0:
		w.dst = numbers.AppendNumber(w.dst, 0)
	case b.count == 0 && len(b.shape) == 1:
		w.dst = append(w.dst, "[]"...)
	case b.count == 0:
		w.state(&b, t.String(), nil) // its shape may be large, and takes no bytes
	case b.count > maxListed:
		w.state(&b, t.String(), &numbers)
	default:
		w.rows(&numbers, b.shape, 0, b.count)
	}
	return nil
}

// rows writes count numbers from the first on, which have this shape.
func (w *jsonWriter) rows(n *filter.Numbers, shape []int, first, count int) {
	if len(shape) == 0 {
		w.dst = n.AppendNumber(w.dst, first)
		return
	}
	w.dst = append(w.dst, '[')
	size := count / shape[0]
	for i := range shape[0] {
		if i > 0 {
			w.dst = append(w.dst, ',')
		}
		w.rows(n, shape[1:], first+i*size, size)
	}
	w.dst = append(w.dst, ']')
}

// state writes what an array is in place of its numbers; numbers may be nil.
func (w *jsonWriter) state(b *block, what string, numbers *filter.Numbers) {
	w.dst = append(w.dst, `{"shape":[`...)
	for i, n := range b.shape {
		if i > 0 {
			w.dst = append(w.dst, ',')
		}
		w.dst = strconv.AppendInt(w.dst, int64(n), 10)
	}
	w.dst = append(w.dst, `],"dtype":`...)
	if what == "" {
		what = "structure"
	}
	w.dst = filter.AppendJSONString(w.dst, what)
	if numbers != nil {
		w.statistics(numbers)
	}
	w.dst = append(w.dst, '}')
}

// statistics writes the smallest and the largest number and the mean; null
// where every number is NaN.
func (w *jsonWriter) statistics(n *filter.Numbers) {
	least, most, sum, counted := -1, -1, 0.0, 0
	low, high := math.Inf(1), math.Inf(-1)
	var some [512]float64
	for from := 0; from < n.Len(); from += len(some) {
		for i, f := range some[:n.Floats(from, some[:])] {
			if math.IsNaN(f) {
				continue
			}
			if f < low || least < 0 {
				low, least = f, from+i
			}
			if f > high || most < 0 {
				high, most = f, from+i
			}
			sum += f
			counted++
		}
	}
	w.member("min", n, least)
	w.member("max", n, most)
	w.dst = append(w.dst, `,"mean":`...)
	w.dst = filter.AppendJSONFloat(w.dst, sum/float64(counted), 64)
}

// member writes number at of n under a name; null where at is negative.
func (w *jsonWriter) member(name string, n *filter.Numbers, at int) {
	w.dst = append(filter.AppendJSONString(append(w.dst, ','), name), ':')
	if at < 0 {
		w.dst = append(w.dst, "null"...)
		return
	}
	w.dst = n.AppendNumber(w.dst, at)
}

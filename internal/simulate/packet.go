package simulate

import (
	"encoding/binary"
	"fmt"
	"math"
)

// packet encodes one alert as Avro, field by field.
//
// Invariant: fields are written in the schema's order, each by its name and
// with its type. The first slip stays in err, and what follows is not written.
type packet struct {
	buf  []byte
	path []cursor
	err  error
}

// cursor is how far a record has been written.
type cursor struct {
	layout *layout
	next   int
}

func (p *packet) reset(root *layout) {
	p.buf, p.path, p.err = p.buf[:0], append(p.path[:0], cursor{layout: root}), nil
}

// step moves on to the field name, which must be next and of one of two kinds.
func (p *packet) step(name, kind, other string) bool {
	if p.err != nil {
		return false
	}
	at := &p.path[len(p.path)-1]
	if at.next == len(at.layout.fields) {
		p.err = fmt.Errorf("field %s: its record is complete", name)
		return false
	}
	f := &at.layout.fields[at.next]
	if f.name != name || f.kind != kind && f.kind != other {
		p.err = fmt.Errorf("field %s (%s) where the schema has %s (%s)", name, kind, f.name, f.kind)
		return false
	}
	at.next++
	if f.nullable {
		p.buf = append(p.buf, 2)
	}
	return true
}

// null writes a nullable field as null.
func (p *packet) null(names ...string) {
	for _, name := range names {
		at := &p.path[len(p.path)-1]
		if p.err != nil || at.next == len(at.layout.fields) || at.layout.fields[at.next].name != name || !at.layout.fields[at.next].nullable {
			p.fail(fmt.Errorf("field %s cannot be null here", name))
			return
		}
		at.next++
		p.buf = append(p.buf, 0)
	}
}

func (p *packet) fail(err error) {
	if p.err == nil {
		p.err = err
	}
}

// long writes an int or a long.
func (p *packet) long(name string, v int64) {
	if p.step(name, "long", "int") {
		p.buf = binary.AppendVarint(p.buf, v)
	}
}

func (p *packet) int(name string, v int) { p.long(name, int64(v)) }

// float writes a float.
func (p *packet) float(name string, v float64) {
	if p.step(name, "float", "float") {
		p.buf = binary.LittleEndian.AppendUint32(p.buf, math.Float32bits(float32(v)))
	}
}

func (p *packet) double(name string, v float64) {
	if p.step(name, "double", "double") {
		p.buf = binary.LittleEndian.AppendUint64(p.buf, math.Float64bits(v))
	}
}

func (p *packet) text(name, v string) {
	if p.step(name, "string", "string") {
		p.buf = binary.AppendVarint(p.buf, int64(len(v)))
		p.buf = append(p.buf, v...)
	}
}

func (p *packet) bytes(name string, v []byte) {
	if p.step(name, "bytes", "bytes") {
		p.buf = binary.AppendVarint(p.buf, int64(len(v)))
		p.buf = append(p.buf, v...)
	}
}

// record opens a record; close ends it.
func (p *packet) record(name string) {
	if p.step(name, "record", "record") {
		p.open()
	}
}

// list writes an array of n records, each written by item.
func (p *packet) list(name string, n int, item func(i int)) {
	if !p.step(name, "array", "array") {
		return
	}
	if n > 0 {
		p.buf = binary.AppendVarint(p.buf, int64(n))
	}
	for i := range n {
		p.open()
		item(i)
		p.close()
	}
	p.buf = append(p.buf, 0)
}

// open enters the record of the field stepped to last.
func (p *packet) open() {
	if p.err != nil {
		return
	}
	at := p.path[len(p.path)-1]
	p.path = append(p.path, cursor{layout: at.layout.fields[at.next-1].record})
}

func (p *packet) close() {
	at := p.path[len(p.path)-1]
	if p.err == nil && at.next != len(at.layout.fields) {
		p.err = fmt.Errorf("record closed before its field %s", at.layout.fields[at.next].name)
	}
	if p.err == nil {
		p.path = p.path[:len(p.path)-1]
	}
}

package avro

import "github.com/skysift/skysift/filter"

// compiler appends the steps of one program.
type compiler struct {
	program
	// joint is the op that a jump may lead to: it is not merged with the ops
	// before it.
	joint int
}

// compile returns the program that reads w of a value of type n.
func compile(n *node, w *want, at *step) *program {
	c := &compiler{}
	c.value(n, w.in(n), at)
	return &c.program
}

// value appends the steps for a value of type n, of which w is wanted.
func (c *compiler) value(n *node, w *want, at *step) {
	switch {
	case n.kind == kindUnion:
		c.union(n, w, at)
	case n.kind == kindRecord:
		c.record(n, w, at)
	case w == nil:
		c.skip(n, at)
	case n.kind == kindArray:
		c.list(n, w, at)
	case n.kind == kindMap:
		c.mapping(n, w, at)
	default:
		c.scalar(n, w, at)
	}
}

func (c *compiler) emit(o op, at *step) {
	if o.code >= readBoolean {
		c.stop = len(c.ops) + 1
	}
	c.ops = append(c.ops, o)
	c.where = append(c.where, at)
}

// read appends the step that fills the first of the wanted slots, and copies
// it to the others.
func (c *compiler) read(o op, w *want, at *step) {
	o.slot = w.slots[0]
	c.emit(o, at)
	c.copies(w, at)
}

func (c *compiler) copies(w *want, at *step) {
	for _, slot := range w.slots[1:] {
		c.emit(op{code: copySlot, slot: slot, n: w.slots[0]}, at)
	}
}

func (c *compiler) record(n *node, w *want, at *step) {
	if w == nil && n.size >= 0 {
		c.skip(n, at)
		return
	}
	if w != nil && len(w.slots) > 0 {
		c.read(op{code: isRecord}, w, at)
	}
	for _, f := range n.fields {
		c.field(f, w, at)
	}
}

func (c *compiler) field(f field, w *want, at *step) {
	var inner *want
	if w != nil && !f.shadowed {
		inner = w.fields[f.name].in(f.node)
	}
	c.value(f.node, inner, &step{up: at, name: f.name})
}

func (c *compiler) union(n *node, w *want, at *step) {
	other, null, ok := n.nullable()
	if !ok {
		c.branches(n, w, at)
		return
	}
	mark := byte(2 * null)
	if code, fused := nullableSkip(other); w == nil && fused {
		c.emit(op{code: code, null: mark, n: int32(other.size)}, at)
		return
	}
	jump := len(c.ops)
	c.emit(op{code: ifNull, null: mark}, at)
	c.joint = len(c.ops)
	c.value(other, w.in(other), at)
	c.joint = len(c.ops)
	c.ops[jump].n = int32(len(c.ops))
}

func nullableSkip(n *node) (opcode, bool) {
	switch {
	case n.size >= 0 && n.size <= maxSkip:
		return skipNullableFixed, true
	case n.kind == kindInt:
		return skipNullableLong, true
	case n.kind == kindString || n.kind == kindBytes:
		return skipNullableBytes, true
	}
	return 0, false
}

// branches appends the step for a union that is more than a nullable type.
func (c *compiler) branches(n *node, w *want, at *step) {
	p := &part{}
	for _, branch := range n.branches {
		p.branches = append(p.branches, compile(branch, w, at))
	}
	stop := c.stop
	c.emit(op{code: anyBranch, part: p}, at)
	if w == nil {
		c.stop = stop
	}
}

func (c *compiler) list(n *node, w *want, at *step) {
	items, columns := w.ofItems()
	inner := &step{up: at, name: "[]"}
	c.emit(op{code: readList, part: &part{
		least: n.items.least, item: compile(n.items, items, inner), columns: columns,
		row: make([]filter.Value, len(columns)), lists: make([][]filter.Value, len(columns)),
	}}, at)
}

func (c *compiler) mapping(n *node, w *want, at *step) {
	one := &want{slots: []int32{0}}
	c.read(op{code: readMap, part: &part{
		least: n.items.least + 1, item: compile(n.items, one, at), row: make([]filter.Value, 1),
	}}, w, at)
}

func (c *compiler) scalar(n *node, w *want, at *step) {
	o := op{}
	switch n.kind {
	case kindNull:
		return
	case kindBoolean:
		o.code = readBoolean
	case kindInt:
		o.code = readLong
	case kindFloat:
		o.code = readFloat
	case kindDouble:
		o.code = readDouble
	case kindString:
		o.code = readString
	case kindBytes:
		o.code = readBytes
	case kindFixed:
		o.code, o.n = readFixed, int32(n.size)
	case kindEnum:
		o.code, o.part = readEnum, &part{symbols: n.symbols}
	}
	c.read(o, w, at)
}

func (c *compiler) skip(n *node, at *step) {
	switch {
	case n.size >= 0:
		c.skipFixed(n.size, at)
	case n.kind == kindInt:
		c.emit(op{code: skipLong}, at)
	case n.kind == kindString || n.kind == kindBytes:
		c.emit(op{code: skipBytes}, at)
	case n.kind == kindEnum:
		c.emit(op{code: skipEnum, part: &part{symbols: n.symbols}}, at)
	case n.kind == kindArray:
		c.emit(op{code: skipList, part: c.items(n, n.items.least, &step{up: at, name: "[]"})}, at)
	case n.kind == kindMap:
		c.emit(op{code: skipMap, part: c.items(n, n.items.least+1, at)}, at)
	}
}

func (c *compiler) items(n *node, least int, at *step) *part {
	return &part{least: least, size: n.items.size, item: compile(n.items, nil, at)}
}

// maxSkip keeps merged sizes within an op's n.
const maxSkip = maxFixed

// skipFixed appends a skip, or lengthens the one before it.
func (c *compiler) skipFixed(size int, at *step) {
	last := len(c.ops) - 1
	if last >= 0 && len(c.ops) != c.joint && c.ops[last].code == skipFixed && int(c.ops[last].n)+size <= maxSkip {
		c.ops[last].n += int32(size)
		return
	}
	for ; size > maxSkip; size -= maxSkip {
		c.emit(op{code: skipFixed, n: maxSkip}, at)
	}
	if size > 0 {
		c.emit(op{code: skipFixed, n: int32(size)}, at)
	}
}

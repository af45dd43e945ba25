package expression

import (
	"github.com/skysift/skysift/filter"
)

// valueFunc and testFunc are compiled nodes. A test is a value that is never
// missing: a missing boolean counts as false.
type (
	valueFunc func(*machine) filter.Value
	testFunc  func(*machine) bool
)

// emitter turns nodes into closures. Each node is turned once.
type emitter struct {
	slots  map[string]int // field path → slot
	bases  []base
	memos  int
	shared map[*node]valueFunc
}

func newEmitter(slots map[string]int, bases []base) *emitter {
	return &emitter{slots: slots, bases: bases, shared: map[*node]valueFunc{}}
}

// The estimated costs from which on a shared value is kept. That of a row is kept
// for the row, which the others that share it may not be at: it has to be dear.
const memoCost, rowMemoCost = 12, 60

// worthKeeping reports whether a node's value is kept: it stands in several
// places, or in a loop on whose items it does not depend.
func (n *node) worthKeeping(level int) bool {
	switch deepest := n.deepest(); {
	case deepest < level:
		return n.cost >= memoCost
	case deepest > 0:
		return n.cost >= rowMemoCost && n.uses > 1
	}
	return n.cost >= memoCost && n.uses > 1
}

// value returns a node's closure, which keeps its value where others share it.
func (e *emitter) value(n *node) valueFunc { return e.valueAt(n, 0) }

func (e *emitter) valueAt(n *node, level int) valueFunc {
	if n.op == opView {
		return e.view(n)
	}
	if !n.worthKeeping(level) {
		return e.plain(n, level)
	}
	if kept, ok := e.shared[n]; ok {
		return kept
	}
	kept := e.keep(n.deepest(), e.plain(n, level))
	e.shared[n] = kept
	return kept
}

// keep computes a value at most once per item of the loop it depends on. A
// value that ran out of ticks is not kept: another clause has ticks of its own.
func (e *emitter) keep(level int, compute valueFunc) valueFunc {
	slot := e.memos
	e.memos++
	return func(m *machine) filter.Value {
		id := m.frames[level].id
		if kept := &m.memo[slot]; kept.id == id {
			m.charge(kept.ticks)
			if kept.failure != nil {
				m.fail(kept.failure)
			}
			return kept.value
		}
		if m.failure != nil {
			return filter.Value{}
		}
		before := m.ticks
		v := compute(m)
		if m.failure != ErrBudget {
			m.memo[slot] = memo{id, v, m.ticks - before, m.failure}
		}
		return v
	}
}

// plain returns the closure of the node's own operation.
func (e *emitter) plain(n *node, level int) valueFunc {
	switch n.op {
	case opConst:
		v := n.value
		return func(*machine) filter.Value { return v }
	case opField:
		return e.field(n)
	case opItems:
		return e.items(n)
	case opRow:
		at := n.level
		return func(m *machine) filter.Value { return m.frames[at].row }
	case opPosition:
		at := n.level
		return func(m *machine) filter.Value { return filter.IntOf(int64(m.frames[at].position)) }
	case opColumn:
		return e.column(n, level)
	case opAnd, opOr, opNot, opCompare, opIn, opBetween, opMissing, opText, opMatches:
		test := e.condition(n, level)
		return func(m *machine) filter.Value { return filter.BoolOf(test(m)) }
	case opLoop:
		return e.loop(n, level)
	case opExtreme:
		return e.extreme(n, level)
	case opRows:
		return e.rows(n, level)
	case opRegion:
		return e.region(n, level)
	case opCall:
		if center := conePlace(n); center != nil {
			return center.emit(e, n, level)
		}
		return e.call(n, level)
	}
	return e.operation(n, level)
}

// operation returns the closure of the remaining operations.
func (e *emitter) operation(n *node, level int) valueFunc {
	args := e.values(n.args, level)
	if n.op == opIndex && n.args[1].isConst() && n.args[1].value.Kind() == filter.Int && n.args[1].value.Int() >= 0 {
		return emitItem(args[0], int(n.args[1].value.Int()))
	}
	switch n.op {
	case opIf:
		test := e.testAt(n.args[0], level)
		return func(m *machine) filter.Value {
			if test(m) {
				return args[1](m)
			}
			return args[2](m)
		}
	case opCoalesce:
		return func(m *machine) filter.Value {
			if v := args[0](m); !v.IsMissing() {
				return v
			}
			return args[1](m)
		}
	case opArith:
		return emitArithmetic(n, args[0], args[1])
	case opNegate:
		return func(m *machine) filter.Value { return negate(args[0](m)) }
	case opList:
		return emitList(args)
	case opRange:
		return emitRange(args[0], args[1])
	case opIndex:
		return emitIndex(args[0], args[1])
	case opSlice:
		return emitSlice(args[0], args[1], args[2])
	case opKey:
		return emitKey(args[0], args[1])
	}
	return func(*machine) filter.Value { return filter.Value{} }
}

func (e *emitter) values(nodes []*node, level int) []valueFunc {
	made := make([]valueFunc, len(nodes))
	for i, n := range nodes {
		made[i] = e.valueAt(n, level)
	}
	return made
}

// call evaluates the arguments onto the machine's stack.
func (e *emitter) call(n *node, level int) valueFunc {
	fn, args := n.fn, e.values(n.args, level)
	if f := fn.float; f != nil {
		x := args[0]
		return func(m *machine) filter.Value {
			v := x(m)
			if !v.IsNumber() {
				return filter.Value{}
			}
			return filter.FloatOf(f(v.Float()))
		}
	}
	if !fn.mayFail() {
		return emitNumeric(fn, args)
	}
	return func(m *machine) filter.Value {
		base := len(m.stack)
		for _, arg := range args {
			v := arg(m)
			m.stack = append(m.stack, v)
		}
		v := fn.apply(m, m.stack[base:])
		m.stack = m.stack[:base]
		return v
	}
}

// emitNumeric is a call of a function that takes numbers alone, which is missing
// where one of them is none.
func emitNumeric(fn *Function, args []valueFunc) valueFunc {
	return func(m *machine) (v filter.Value) {
		base, numbers := len(m.stack), true
		for _, arg := range args {
			v := arg(m)
			numbers = numbers && v.IsNumber()
			m.stack = append(m.stack, v)
		}
		if numbers {
			v = fn.call(m, m.stack[base:])
		}
		m.stack = m.stack[:base]
		return v
	}
}

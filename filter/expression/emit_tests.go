package expression

import (
	"regexp"
	"strings"

	"github.com/skysift/skysift/filter"
)

func (e *emitter) test(n *node) testFunc { return e.testAt(n, 0) }

func (e *emitter) testAt(n *node, level int) testFunc {
	if n.worthKeeping(level) {
		v := e.valueAt(n, level)
		return func(m *machine) bool { return v(m).True() }
	}
	return e.condition(n, level)
}

// condition returns the test of the node's own operation.
func (e *emitter) condition(n *node, level int) testFunc {
	switch n.op {
	case opAnd:
		return all(e.tests(n.args, level))
	case opOr:
		return anyOf(e.tests(n.args, level))
	case opNot:
		test := e.testAt(n.args[0], level)
		return func(m *machine) bool { return !test(m) }
	case opCompare:
		return e.compare(n, level)
	case opLoop:
		if test := e.quantifier(n); test != nil {
			return test
		}
	case opMatches:
		v, pattern := e.valueAt(n.args[0], level), regexp.MustCompile(n.text)
		return func(m *machine) bool {
			text := v(m)
			m.charge(len(text.Text()) / 16)
			return text.Kind() == filter.String && pattern.MatchString(text.Text())
		}
	case opMissing, opIn, opBetween, opText:
		return emitTest(n, e.values(n.args, level))
	}
	v := e.plain(n, level)
	return func(m *machine) bool { return v(m).True() }
}

func emitTest(n *node, args []valueFunc) testFunc {
	switch n.op {
	case opMissing:
		return func(m *machine) bool { return args[0](m).IsMissing() }
	case opIn:
		if set := hashed(n.args[1].value); set != nil {
			return func(m *machine) bool { return set.has(args[0](m)) }
		}
		return func(m *machine) bool { return contains(m, args[1](m), args[0](m)) }
	case opBetween:
		return func(m *machine) bool { return inRange(args[0](m), args[1](m), args[2](m)) }
	}
	look := strings.Contains
	switch n.text {
	case "startsWith":
		look = strings.HasPrefix
	case "endsWith":
		look = strings.HasSuffix
	}
	return func(m *machine) bool {
		text, part := args[0](m), args[1](m)
		return text.Kind() == filter.String && part.Kind() == filter.String && look(text.Text(), part.Text())
	}
}

func contains(m *machine, list, item filter.Value) bool {
	items := m.itemsOf(list)
	m.charge(len(items) / 8)
	if item.Kind() == filter.Int {
		return containsInt(items, item)
	}
	for i := range items {
		if same(items[i], item) {
			return true
		}
	}
	return false
}

// containsInt looks for a number among others, most of them integers.
func containsInt(items []filter.Value, item filter.Value) bool {
	n := item.Int()
	for i := range items {
		if items[i].Kind() == filter.Int {
			if items[i].Int() == n {
				return true
			}
		} else if equal(items[i], item) {
			return true
		}
	}
	return false
}

func (e *emitter) tests(nodes []*node, level int) []testFunc {
	made := make([]testFunc, len(nodes))
	for i, n := range nodes {
		made[i] = e.testAt(n, level)
	}
	return made
}

func all(tests []testFunc) testFunc {
	return func(m *machine) bool {
		for _, test := range tests {
			if !test(m) {
				return false
			}
		}
		return true
	}
}

func anyOf(tests []testFunc) testFunc {
	return func(m *machine) bool {
		for _, test := range tests {
			if test(m) {
				return true
			}
		}
		return false
	}
}
